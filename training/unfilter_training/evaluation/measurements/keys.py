"""What several measurements depend on."""

from typing import Any

from unfilter_training.evaluation.pictures import Picture
from unfilter_training.scoring import Task


def photo_key(picture: Picture) -> dict[str, Any]:
    """The pixels of a photo: its file, and how that is read."""
    return {"photo": picture.digest, "layout": picture.layout}


def target_key(task: Task, picture: Picture) -> dict[str, Any]:
    """The operator's output on a photo."""
    return {"operator": task.operator, "parameters": task.parameters, **photo_key(picture)}
