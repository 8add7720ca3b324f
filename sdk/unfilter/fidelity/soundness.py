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
from unfilter.filter import Filter
from unfilter.photo import read_photo
from unfilter.runtimes import BoundGraph

GAIN_DB = 3.0
"""Least by which a restored golden must be nearer to its photo than the filtered one. Shipped filters gain 13 dB and more; an
inverse of another training leaves the photo as far away as it was.
"""

_MARGIN = 8
"""Pixels around the reach that is expected, so that a longer one is seen."""


def check(bundle: Bundle, filters: Mapping[Engine, Filter]) -> None:
    """Check rules, goldens and tile plan.

    Args:
        bundle: the bundle.
        filters: it opened on every engine at hand; the reach is measured on the reference, or else on the first that takes
            any size.

    Raises:
        BundleError: other rules than this version's, goldens that do not restore, or a halo narrower than the graphs' reach.
    """
    _check_rules(bundle)
    _check_goldens(bundle)
    for engine in sorted(filters, key=lambda each: each.runtime != "torch"):
        if not _takes_any_size(bundle, engine):
            continue
        for direction in ("forward", "inverse"):
            found = reach(filters[engine].graph(direction), bundle.manifest.tiles)
            if found > bundle.manifest.tiles.halo:
                raise BundleError(
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
    cell = slice(before, before + plan.alignment)
    photo[cell, cell] = np.nan
    with np.errstate(invalid="ignore"):
        felt = np.isnan(graph(photo)).any(axis=2)
    extents = [_extent(felt.any(axis=axis), cell) for axis in (0, 1)]
    return max(extents)


def _extent(felt: NDArray[np.bool_], cell: slice) -> int:
    places = np.flatnonzero(felt)
    return int(max(cell.start - places[0], places[-1] - (cell.stop - 1))) if len(places) else 0


def _check_rules(bundle: Bundle) -> None:
    manifest = bundle.manifest
    for name, rule, ours in (
        ("rounding", manifest.rounding, rounding.RULE),
        ("remainder", manifest.remainder, remainder.RULE),
    ):
        if rule != ours:
            raise BundleError(f"{bundle.folder}: its rule of {name} is {rule!r}, ours is {ours!r}; update unfilter")


def _check_goldens(bundle: Bundle) -> None:
    if not bundle.manifest.provenance.scores:
        return  # nobody says that this filter was trained to restore
    gains = []
    for golden in bundle.manifest.goldens:
        photo, filtered, restored = (
            read_photo(bundle.path(part)).pixels for part in (golden.photo, golden.filtered, golden.restored)
        )
        before, after = psnr(filtered, photo), psnr(restored, photo)
        gains.append(np.inf if np.isinf(after) else after - before)
    if gains and np.mean(gains) < GAIN_DB:
        raise BundleError(
            f"{bundle.folder}: restored goldens are {np.mean(gains):.1f} dB nearer to the photos than the filtered ones, "
            f"where {GAIN_DB:g} are the least: its inverse does not belong to its forward; convert the filter again"
        )


def _takes_any_size(bundle: Bundle, engine: Engine) -> bool:
    format = runtimes.sibling(engine.runtime).FORMAT
    artifacts = [bundle.artifact(format, direction, engine.precision) for direction in ("forward", "inverse")]
    return not any(artifact.fixed_size for artifact in artifacts)
