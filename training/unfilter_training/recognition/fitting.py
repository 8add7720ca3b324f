"""From measured pictures to a recogniser: regularised least squares between a filter's own pictures and all others.

Source: Hastie, Tibshirani, Friedman, "The Elements of Statistical Learning", second edition, sections 3.4.1 and 4.2: ridge
regression on an indicator, which for two classes is linear discriminant analysis. The thresholds are those of photos that
the weights were not fitted on.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter.jobs.recognition import traces
from unfilter.jobs.recognition.recognizer import Layer, Quality, Recognizer
from unfilter_training.checkpoint import Description
from unfilter_training.recognition.samples import Picture

FALSE_ALARMS = 0.01
"""Share of foreign pictures, of each kind by itself, that may reach `own`."""

GUARD = 0.1
"""How much farther above, in shares of the distance from there to the median of the filter's own pictures."""

MISSES = 0.01
"""Share of the filter's own pictures that may lie below `foreign`."""

FOLDS = 5
"""Of cross-validation, by photo."""

RIDGE = 0.01
"""Weight of the squared weights, beside a mean squared error."""

Floats = NDArray[np.float64]


def fit(own: Sequence[Picture], others: Sequence[Picture], description: Description) -> Recognizer:
    """A recogniser of a filter.

    Args:
        own: `measure_pictures` of it: its own pictures, the operator's, and photos.
        others: pictures of other filters, of which their own are looked at.
        description: of the filter's checkpoint.

    Raises:
        UnfilterError: fewer than 10 photos.
    """
    foreign = [one for one in own if one.kind != "own"] + [one._replace(kind="other") for one in others if one.kind == "own"]
    mine = [one for one in own if one.kind == "own"]
    photos = sorted({one.photo for one in mine})
    if len(photos) < 2 * FOLDS:
        raise UnfilterError(f"{len(photos)} photos that can be measured; a recogniser needs {2 * FOLDS} at least, better 40")
    pictures = mine + foreign
    measures = np.array([one.measures for one in pictures])
    centre, deviation = measures.mean(0).round(4), (measures.std(0) + 0.01).round(4)
    usual = np.clip((measures - centre) / deviation, -5, 5)
    kinds = np.array([one.kind for one in pictures], np.object_)
    fold_of = {photo: index % FOLDS for index, photo in enumerate(sorted({one.photo for one in pictures}))}
    folds = np.array([fold_of[one.photo] for one in pictures])

    def regress(rows: NDArray[np.bool_]) -> Floats:
        target = np.where(kinds[rows] == "own", 1.0, -1.0)
        return _ridge(usual[rows], target, _weighed(kinds[rows]))

    apart = _cross_validated(usual, folds, regress)
    mean_own = float(np.median(apart[kinds == "own"]))
    highest = max(float(np.quantile(apart[kinds == kind], 1 - FALSE_ALARMS)) for kind in set(kinds.tolist()) - {"own"})
    threshold = highest + GUARD * max(0.0, mean_own - highest)
    lowest = float(np.quantile(apart[kinds == "own"], MISSES))
    scale = _per_natural_unit(apart, kinds)
    weights = regress(np.ones(len(pictures), bool)) * scale
    shared = np.array([one.restored_db is not None for one in pictures])
    return Recognizer(
        weights_sha256=description.weights_sha256,
        photos=len(photos),
        traces=traces.VERSION,
        centre=tuple(centre.tolist()),
        deviation=tuple(deviation.tolist()),
        layers=(Layer(weights=(tuple(weights[:-1].round(5).tolist()),), bias=(round(float(weights[-1]), 5),)),),
        own=threshold * scale,
        foreign=min(lowest, threshold) * scale,
        recognised=float(np.mean(apart[shared] >= threshold)),
        restored=_quality(usual[shared], folds[shared], [one.restored_db for one in pictures]),
        arrived=_quality(usual[shared], folds[shared], [one.arrived_db for one in pictures]),
    )


def _weighed(kinds: NDArray[np.object_]) -> Floats:
    """A weight per picture: the filter's own weigh as much as all others, and those as much kind by kind."""
    weights = np.zeros(len(kinds))
    foreign = sorted(set(kinds.tolist()) - {"own"})
    for kind, share in (("own", 0.5), *((kind, 0.5 / len(foreign)) for kind in foreign)):
        weights[kinds == kind] = share / max(1, int(np.sum(kinds == kind)))
    return weights


def _ridge(usual: Floats, target: Floats, weights: Floats, ridge: float = RIDGE) -> Floats:
    """Weights of the measures, and of 1 at last, which is not held small."""
    rows = np.column_stack([usual, np.ones(len(usual))])
    penalty = ridge * np.diag([*np.ones(usual.shape[1]), 0.0])
    solved = np.linalg.solve(rows.T @ (rows * weights[:, None]) + penalty, rows.T @ (weights * target))
    return solved.astype(np.float64)


def _cross_validated(usual: Floats, folds: NDArray[np.int64], regress: Callable[[NDArray[np.bool_]], Floats]) -> Floats:
    """What each row gets from weights that were fitted on other photos."""
    values = np.zeros(len(usual))
    for fold in range(FOLDS):
        weights = regress(folds != fold)
        values[folds == fold] = usual[folds == fold] @ weights[:-1] + weights[-1]
    return values


def _per_natural_unit(apart: Floats, kinds: NDArray[np.object_]) -> float:
    """What makes a log-likelihood ratio of a score, where both classes are normal with one deviation."""
    own, foreign = apart[kinds == "own"], apart[kinds != "own"]
    variance = (float(own.var()) + float(foreign.var())) / 2
    return max(0.1, float(own.mean() - foreign.mean()) / max(variance, 1e-6))


def _quality(usual: Floats, folds: NDArray[np.int64], given: Sequence[float | None]) -> Quality:
    db = np.array([value for value in given if value is not None]).clip(0, 99)

    def regress(rows: NDArray[np.bool_]) -> Floats:
        count = int(rows.sum())
        return _ridge(usual[rows], db[rows], np.full(count, 1 / max(1, count)), ridge=1.0)

    apart = _cross_validated(usual, folds, regress)
    weights = regress(np.ones(len(db), bool))
    return Quality(
        weights=tuple(weights[:-1].round(5).tolist()),
        bias=round(float(weights[-1]), 4),
        least=float(db.min()),
        most=float(db.max()),
        off=float(np.sqrt(np.mean(np.square(apart - db)))),
    )


def judged(recognizer: Recognizer, pictures: Sequence[Picture]) -> Iterator[tuple[Picture, float]]:
    """Each picture with its score, 0 at the threshold."""
    for one in pictures:
        yield one, recognizer.score(np.array([one.measures])) - recognizer.own
