"""From measured files to a detector: classes' means, their common covariance, and a threshold that few own files miss."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter.format.manifest import CarrierKind
from unfilter.jobs.detection.detector import MADE, CarrierModel, Detector, powers_of
from unfilter.jobs.detection.evidence import NAMES
from unfilter_training.checkpoint import Description
from unfilter_training.detection.alterations import HELD_OUT
from unfilter_training.detection.samples import Measured

FALSE_ALARMS = 0.01
"""Share of the filter's own files, of photos that the classes were not fitted to, that lie below where the guard begins."""

GUARD = 0.2
"""How much farther below, in shares of its distance from the median: other collections have photos unlike any of these."""

SHRINKAGE = 0.1
"""Share of each measure's variance that is added to it: some measures nearly follow from others."""

FOLDS = 10
"""Of cross-validation, by photo."""


def calibrate(files: Sequence[Measured], description: Description) -> Detector:
    """A detector for the weights that `files` were measured with.

    Raises:
        UnfilterError: fewer photos than folds: there is nothing to set the threshold by.
    """
    photos = sorted({one.photo for one in files})
    if len(photos) < FOLDS:
        raise UnfilterError(f"{len(photos)} photos that can be measured; a detector needs {FOLDS} at least, and better 50")
    degradation = description.recipe.degradation
    return Detector(
        weights_sha256=description.weights_sha256,
        photos=len(photos),
        measures=NAMES,
        lowest_quality=min(degradation.qualities) if degradation.jpeg else None,
        carriers={name: _fit(some, photos) for name, some in by_carrier(files).items()},
    )


def by_carrier(files: Sequence[Measured]) -> dict[CarrierKind, list[Measured]]:
    """Exact and JPEG files apart; a carrier without files is left out."""
    split: dict[CarrierKind, list[Measured]] = {
        "exact": [one for one in files if one.quality is None],
        "jpeg": [one for one in files if one.quality is not None],
    }
    return {name: some for name, some in split.items() if some}


def _fit(files: list[Measured], photos: list[str]) -> CarrierModel:
    fold_of = {photo: index % FOLDS for index, photo in enumerate(photos)}
    own = []
    for fold in range(FOLDS):
        model = _classes([one for one in files if fold_of[one.photo] != fold])
        apart = [one for one in files if fold_of[one.photo] == fold and one.name == MADE]
        own += [model.ratio(np.array(one.measures), one.quality) for one in apart]
    lowest = float(np.quantile(own, FALSE_ALARMS, method="lower"))
    threshold = lowest - GUARD * (float(np.median(own)) - lowest)
    return _classes(files).model_copy(update={"threshold": threshold})


def _classes(files: list[Measured]) -> CarrierModel:
    means: dict[str, NDArray[np.float64]] = {}
    apart = []
    for name in sorted({one.name for one in files} - {HELD_OUT}):
        values = np.array([one.measures for one in files if one.name == name])
        powers = np.array([powers_of(one.quality) for one in files if one.name == name])
        means[name] = np.linalg.lstsq(powers, values, rcond=None)[0]  # what no power reaches gets zero: the least norm
        apart.append(values - powers @ means[name])
    within = np.concatenate(apart)
    freedom = sum(np.linalg.matrix_rank(mean) for mean in means.values())
    covariance = within.T @ within / max(1, len(within) - freedom)
    covariance += SHRINKAGE * np.diag(np.diag(covariance))
    return CarrierModel(
        means={name: tuple(map(tuple, mean.round(5).tolist())) for name, mean in means.items()},
        precision=tuple(map(tuple, np.linalg.inv(covariance).round(3).tolist())),
        threshold=0,
    )
