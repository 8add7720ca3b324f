"""What a bundle must be before its numbers mean anything: faults of the manifest and of goldens that agree with each other.

Comparisons with goldens cannot see these. A halo that is too narrow leaves seams where tiles meet, and the goldens are
single tiles; goldens that a wrong inverse made agree with that inverse.
"""

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from unfilter.format import remainder, rounding
from unfilter.format.artifact import DIRECTIONS
from unfilter.format.bundle import Bundle
from unfilter.format.tiles import TilePlan
from unfilter.jobs.filter import Filter
from unfilter.photo import read_photo
from unfilter.proof.fidelity.metrics import psnr
from unfilter.proof.fidelity.results import Engine
from unfilter.proof.fidelity.weights import weights_apart, wrong_weights
from unfilter.run.runtimes import BoundGraph

LOSS_DB = 3.0
"""Most by which goldens may restore worse than the photos that the filter was scored on. Those of every filter that ships
restored 0.3 dB worse at most. The inverse of another training may lose less (that of `l0_variable`, 1.3 dB on the goldens of
`l0`): `weights_apart` tells it wherever the files' weights can be read, and this bound is for the others.
"""

_MARGIN = 8
"""Pixels around the reach that is expected, so that a longer one is seen."""


def contradictions(bundle: Bundle, filters: Mapping[Engine, Filter]) -> Iterator[str]:
    """In what a bundle contradicts itself or this version, whatever its graphs compute, a line each: other rules than this
    version's, goldens that do not restore, weights that are not those of fp32 rounded, an inverse with weights of another
    forward graph, a halo narrower than a graph's reach.

    Args:
        bundle: the bundle.
        filters: it opened on every engine that runs; the reach is measured on the reference, or else on the first that takes
            any size.
    """
    yield from _other_rules(bundle)
    yield from _wrong_goldens(bundle)
    yield from wrong_weights(bundle)
    yield from weights_apart(bundle)
    for engine in sorted(filters, key=lambda each: each.runtime != "torch"):
        if not _takes_any_size(filters[engine]):
            continue
        for direction in DIRECTIONS:
            channels = 6 if bundle.manifest.guided and direction == "forward" else 3
            plan = bundle.manifest.tiles.of(direction)
            found = reach(filters[engine].graph(direction), plan, channels)
            if found > plan.halo:
                yield f"{direction} reaches {found} pixels or more, the halo has {plan.halo}: tiles would show seams"
        return


def reach(graph: BoundGraph, plan: TilePlan, channels: int = 3) -> int:
    """How far one squeeze cell of the photo is felt in the result, pixels; at most a little more than the plan's halo.

    The cell is not-a-number, which every operation passes on, however small the weight that it meets: what is felt in
    numbers alone ends far earlier.
    """
    before = -(-(plan.halo + _MARGIN) // plan.step) * plan.step
    side = 2 * before + plan.step
    photo = np.full((side, side, channels), 0.5, np.float32)
    if not np.isfinite(graph(photo)).all():
        return 0  # broken in another way, which any comparison shows
    # How far a network of several scales reaches hangs on the place in its coarsest cell: each is one of rows or of columns.
    cells = [slice(start, start + plan.alignment) for start in range(before, before + plan.step, plan.alignment)]
    pairs = list(zip(cells, reversed(cells), strict=True))[: -(-len(cells) // 2)]
    return max(_reach_from(pair, graph, photo.copy()) for pair in pairs)


def _reach_from(cell: tuple[slice, slice], graph: BoundGraph, photo: NDArray[np.float32]) -> int:
    photo[cell] = np.nan
    with np.errstate(invalid="ignore"):
        result = graph(photo)
    felt = np.nonzero(np.isnan(result).any(axis=2))
    return max(_extent(places, span) for places, span in zip(felt, cell, strict=True))


def _extent(places: NDArray[np.intp], cell: slice) -> int:
    return max(cell.start - int(places.min()), int(places.max()) - (cell.stop - 1)) if len(places) else 0


def _other_rules(bundle: Bundle) -> Iterator[str]:
    manifest = bundle.manifest
    for name, rule, ours in (
        ("rounding", manifest.rounding, rounding.RULE),
        ("remainder", manifest.remainder, remainder.RULE),
    ):
        if rule != ours:
            yield f"the rule of {name} is {rule!r}, ours is {ours!r}"


def _wrong_goldens(bundle: Bundle) -> Iterator[str]:
    if bundle.manifest.guided:
        return  # goldens have a look that any machine makes, which is not the look of the scores
    told = bundle.manifest.provenance.scores
    scored = [score.get("restoration_once") or score["restoration"] for score in told if "restoration" in score]
    scores = [score for score in scored if isinstance(score, float)]
    goldens = [golden for golden in bundle.manifest.goldens if golden.round_trip]
    if not scores or not goldens:
        return  # nobody says how well this filter restores
    pairs = [[read_photo(bundle.path(part)).pixels for part in (one.restored, one.photo)] for one in goldens]
    restored = float(np.mean([psnr(*pair) for pair in pairs]))
    if restored < min(scores) - LOSS_DB:
        yield (
            f"goldens restore to {restored:.1f} dB where the filter was scored {min(scores):.1f}: "
            "the inverse does not belong to the forward"
        )


def _takes_any_size(opened: Filter) -> bool:
    return not any(opened.fixed_size(direction) for direction in DIRECTIONS)
