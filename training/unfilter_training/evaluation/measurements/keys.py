"""What several measurements depend on."""

from typing import Any

from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.scoring import Task


def photo_key(picture: Picture) -> dict[str, Any]:
    """The pixels of a photo: its file, and how that is read."""
    return {"photo": picture.digest, "layout": picture.layout}


def target_key(task: Task, picture: Picture) -> dict[str, Any]:
    """The operator's output on a photo."""
    return {"operator": task.operator, "parameters": task.parameters, **photo_key(picture)}


def written_key(subject: Subject) -> dict[str, Any]:
    """A network's JPEG with 4:2:0 chroma: its weights, and the quantiser tables that it is written with."""
    tables = subject.quantisation.get("4:2:0")
    return {
        "weights": subject.weights,
        "network": subject.description.network.model_dump(),
        **({"quantisation": tables.model_dump(mode="json")} if tables else {}),
    }
