"""What a bundle must be before its numbers mean anything: faults of the manifest and of goldens that agree with each other.

Comparisons with goldens cannot see these. A halo that is too narrow leaves seams where tiles meet, and the goldens are
single tiles; goldens that a wrong inverse made agree with that inverse.
"""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from unfilter import remainder, rounding, runtimes
from unfilter.bundle import Bundle, TilePlan
from unfilter.errors import BundleError
from unfilter.fidelity.metrics import psnr
from unfilter.fidelity.report import Engine
from unfilter.fidelity.weights import wrong_weights
from unfilter.filter import Filter
from unfilter.photo import read_photo
from unfilter.runtimes import BoundGraph

LOSS_DB = 8.0
"""Most by which goldens may restore worse than the photos that the filter was scored on. Photos differ by a few dB; an
inverse of another training restores 11 dB less.
"""

_MARGIN = 8
"""Pixels around the reach that is expected, so that a longer one is seen."""


class UnsoundBundle(BundleError):
    """A bundle that contradicts itself or this version, whatever its graphs compute."""


def check(bundle: Bundle, filters: Mapping[Engine, Filter]) -> None:
    """Check rules, goldens, weights and tile plan.

    Args:
        bundle: the bundle.
        filters: it opened on every engine at hand; the reach is measured on the reference, or else on the first that takes
            any size.

    Raises:
        UnsoundBundle: other rules than this version's, goldens that do not restore, weights that are not those
            of fp32 rounded, a halo narrower than a graph's reach.
    """
    _check_rules(bundle)
    _check_goldens(bundle)
    if wrong := wrong_weights(bundle):
        raise UnsoundBundle(f"{wrong[0]}; convert the filter again")
    for engine in sorted(filters, key=lambda each: each.runtime != "torch"):
        if not _takes_any_size(bundle, engine):
            continue
        for direction in ("forward", "inverse"):
            found = reach(filters[engine].graph(direction), bundle.manifest.tiles)
            if found > bundle.manifest.tiles.halo:
                raise UnsoundBundle(
                    f"{bundle.folder}: {direction} reaches {found} pixels or more, its halo has "
                    f"{bundle.manifest.tiles.halo}: tiles would show seams; convert the filter again"
                )
        return


def reach(graph: BoundGraph, plan: TilePlan) -> int:
    """How far one squeeze cell of the photo is felt in the result, pixels; at most a little more than the plan's halo.

    The cell is not-a-number, which every operation passes on, however small the weight that it meets: what is felt in
    numbers alone ends far earlier.
    """
    before = -(-(plan.halo + _MARGIN) // plan.alignment) * plan.alignment
    side = 2 * before + plan.alignment
    photo = np.full((side, side, 3), 0.5, np.float32)
    if not np.isfinite(graph(photo)).all():
        return 0  # broken in another way, which any comparison shows
    cell = slice(before, before + plan.alignment)
    photo[cell, cell] = np.nan
    with np.errstate(invalid="ignore"):
        result = graph(photo)
    return max(_extent(places, cell) for places in np.nonzero(np.isnan(result).any(axis=2)))


def _extent(places: NDArray[np.intp], cell: slice) -> int:
    return max(cell.start - int(places.min()), int(places.max()) - (cell.stop - 1)) if len(places) else 0


def _check_rules(bundle: Bundle) -> None:
    manifest = bundle.manifest
    for name, rule, ours in (
        ("rounding", manifest.rounding, rounding.RULE),
        ("remainder", manifest.remainder, remainder.RULE),
    ):
        if rule != ours:
            raise UnsoundBundle(f"{bundle.folder}: its rule of {name} is {rule!r}, ours is {ours!r}; update unfilter")


def _check_goldens(bundle: Bundle) -> None:
    scored = [score["restoration"] for score in bundle.manifest.provenance.scores if "restoration" in score]
    scores = [score for score in scored if isinstance(score, float)]
    goldens = [golden for golden in bundle.manifest.goldens if golden.round_trip]
    if not scores or not goldens:
        return  # nobody says how well this filter restores
    pairs = [[read_photo(bundle.path(part)).pixels for part in (one.restored, one.photo)] for one in goldens]
    restored = float(np.mean([psnr(*pair) for pair in pairs]))
    if restored < min(scores) - LOSS_DB:
        raise UnsoundBundle(
            f"{bundle.folder}: its goldens restore to {restored:.1f} dB where the filter was scored {min(scores):.1f}: "
            "its inverse does not belong to its forward; convert the filter again"
        )


def _takes_any_size(bundle: Bundle, engine: Engine) -> bool:
    format = runtimes.sibling(engine.runtime).FORMAT
    artifacts = [bundle.artifact(format, direction, engine.precision) for direction in ("forward", "inverse")]
    return not any(artifact.fixed_size for artifact in artifacts)
