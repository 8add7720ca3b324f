"""What measurements share: networks that are loaded, the photo at hand, the operator's output, the filtered photo."""

import hashlib
import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.files import replacing
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training import checkpoint
from unfilter_training.data import image_tensor
from unfilter_training.evaluation.pictures import Picture
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.network import RestorableNetwork
from unfilter_training.network.whole_photo import run_again, run_whole
from unfilter_training.operators import operator
from unfilter_training.operators.saving import saved_levels
from unfilter_training.scoring import Task

Values = tuple[tuple[str, float | int], ...]
"""Hyper-parameters by name, as a thing that can be a key."""


class Bench:
    """Photos are uint8 RGB, height x width x 3. Only the last ones are held; the operators' outputs are kept on disk too.

    Attributes:
        folder: for the files that photos are saved to and read back from.
    """

    def __init__(self, folder: Path, targets: Path, code: str) -> None:
        self.folder = folder
        self._targets, self._code = targets, code
        self.network = lru_cache(maxsize=None)(_network)
        self.photo = lru_cache(maxsize=2)(Picture.read)
        self.filtered = lru_cache(maxsize=2)(self._filtered)
        self._target = lru_cache(maxsize=2)(self._made_target)

    def target(self, task: Task, picture: Picture) -> NDArray[np.uint8]:
        """The operator's output in 8 bits, as its authors' program would save it."""
        return self._target(task.operator, tuple(sorted(task.parameters.items())), picture)

    def _made_target(
        self, name: str, parameters: tuple[tuple[str, float | int], ...], picture: Picture
    ) -> NDArray[np.uint8]:
        key = json.dumps([self._code, name, parameters, picture.layout, picture.digest])
        path = self._targets / f"{hashlib.sha256(key.encode()).hexdigest()}.png"
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            levels = saved_levels(operator(name)(image_tensor(self.photo(picture)), **dict(parameters)))
            with replacing(path) as temporary:
                write_photo(temporary, Photo(levels))
        return read_photo(path).pixels

    def _filtered(self, subject: Subject, values: Values, picture: Picture) -> NDArray[np.uint8]:
        """The network's output, as bytes."""
        task = subject.task(dict(values))
        output = self.target(task, picture)
        return run_whole(self.network(subject), "forward", self.photo(picture), task.normalised, output)

    def restored(self, subject: Subject, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The photo as restored once from those pixels, which is all that the inverse gets."""
        return run_whole(self.network(subject), "inverse", pixels)

    def restored_again(self, subject: Subject, values: Values, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """The same from pixels that kept every level (`unfilter.run.again`)."""
        return run_again(self.network(subject), pixels, subject.task(dict(values)).normalised)


def _network(subject: Subject) -> RestorableNetwork:
    return checkpoint.load(subject.folder)[0]


def frozen(values: Mapping[str, float]) -> Values:
    """Hyper-parameters as a key, sorted by name."""
    return tuple(sorted(values.items()))
