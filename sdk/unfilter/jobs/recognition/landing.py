"""Whether a file with a filter's mark may be what the filter made: anybody can paint a mark into any picture.

What is restored from the filter's own file, filtered again, lands near that file, whatever sites did to it. From another
picture it lands far, where the filter is a strong one; of a weak one, whose files are like photos, this tells nothing.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from unfilter.jobs.origin import Origin, Recognition
from unfilter.run.graphs import Graphs

SIDE = 384
"""Side of the square in the middle that is restored and filtered again, pixels at most."""

MOST = 17.0
"""Root mean square, levels, of what a file that the filter made is away; docs/sharing.md has what was measured."""

_BLOCK = 8
"""Side of the blocks whose means are compared, pixels: what compression and resizing do to details counts for nothing."""

Pixels = NDArray[np.uint8]


def distance(graphs: Graphs, pixels: Pixels) -> float | None:
    """How far `pixels` (uint8, height x width x 3), upright and without a mark, are from what they restore to, filtered
    again: root mean square of means over blocks, levels. None where the forward graph needs more than pixels: of a guided
    filter, or one with hyper-parameters, which went with the tag.
    """
    if graphs.guided or graphs.bundle.manifest.hyper_parameters:
        return None
    starts = [max(0, (length - SIDE) // 2) for length in pixels.shape[:2]]
    square = np.ascontiguousarray(pixels[starts[0] : starts[0] + SIDE, starts[1] : starts[1] + SIDE])
    again = graphs.run("forward", graphs.run("inverse", square))
    return float(np.sqrt(np.square(block_means(again) - block_means(square)).mean()))


def landed(graphs: Graphs, pixels: Pixels, found: Recognition) -> Recognition:
    """`found`, of a file that has the filter's mark; or that its pixels do not tell, where the filter cannot have made it.

    `pixels` are as for `distance`. Turn, mark and bars stay in the verdict, for those who name the filter all the same.

    Raises:
        BundleError: a file of the bundle is missing or changed.
    """
    away = distance(graphs, pixels)
    if away is None or away <= MOST:
        return found
    name = graphs.bundle.manifest.filter
    reason = (
        f"its pixels have the mark of {name}, but do not look like its file: what is restored, filtered again, is "
        f"{away:.0f} levels away (at most {MOST:.0f}), so they do not tell whether {name} made it"
    )
    return replace(
        found,
        origin=Origin.CANNOT_TELL,
        reason=reason,
        filter=None,
        confidence=None,
        expected_db=None,
        arrived_db=None,
        candidates=(graphs.bundle.manifest.restoration,),
    )


def block_means(pixels: Pixels) -> NDArray[np.float64]:
    """Over whole blocks: no picture with a mark is smaller than one."""
    height, width = (length // _BLOCK for length in pixels.shape[:2])
    blocks = pixels[: height * _BLOCK, : width * _BLOCK].reshape(height, _BLOCK, width, _BLOCK, 3)
    means: NDArray[np.float64] = blocks.mean((1, 3), dtype=np.float64)
    return means
