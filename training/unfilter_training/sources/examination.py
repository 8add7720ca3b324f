"""What can be told of a look before hours of training.

Does it keep the size, is it the same every time, how far does it see, how strong is it, and does it leave anything that a
photo can be restored from?
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import UnfilterError
from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.operators import Symmetry
from unfilter_training.sources import LookSource, filtered

FEW = 3
"""Photos that are looked at, in their middles."""

SIDE = 384
"""Side of those middles, pixels."""

SAME = 45.0
"""PSNR in dB above which two results count as the same picture."""

WEAK = 50.0
"""PSNR in dB of photo and result above which a look changes nothing that anyone sees."""

MARGINS = (0, 16, 64)
"""Widths of the border that a tile's result is compared without, pixels."""

STRIP = 8
"""Width of what is compared inside such a border, pixels."""

PLAIN_DETAIL = 0.75
"""A picture whose neighbouring pixels differ by fewer levels, root mean square, holds nothing to restore from."""


@dataclass(frozen=True)
class Examined:
    """What was found. `seconds` is the time of one megapixel. Pairs cannot be `asked`: their strength alone is known."""

    deterministic: bool
    between_runs: float
    reach: int | None
    symmetry: Symmetry
    unfiltered: float
    seconds: float
    asked: bool = True

    @property
    def lines(self) -> tuple[str, ...]:
        """For people, the most important first."""
        strength = f"doing nothing scores {self.unfiltered:.1f} dB, which is how strong the look is"
        if not self.asked:
            return strength, "pairs alone do not tell how far their tool looks, or whether it draws anew every time"
        same = (
            "gives the same result every time"
            if self.deterministic
            else f"draws anew every time ({self.between_runs:.1f} dB between two runs): a learned filter can make "
            "the mean of its results only; --guided takes each as it is"
        )
        sees = {
            None: "looks at the whole photo (a part's result differs from the whole's): a network sees a hundred pixels and "
            "learns the usual case; --guided takes each result as it is",
            0: "looks at single pixels, or nearly",
        }.get(self.reach, f"looks {self.reach} pixels far or less")
        return (
            strength,
            same,
            sees,
            "commutes with flips and turns"
            if self.symmetry == "square"
            else "does not commute with flips and turns: photos are shown to it upright only",
        )


def examine(source: LookSource, photos: Sequence[NDArray[np.uint8]]) -> Examined:
    """Run the source on the middles of a few photos (uint8, height x width x 3).

    Raises:
        UnfilterError: it changes the size, changes nothing, or leaves nothing that a photo could be restored from.
    """
    middles = [_middle(photo) for photo in photos[:FEW]]
    began = time.monotonic()
    results = [levels(source, middle) for middle in middles]
    seconds = (time.monotonic() - began) / sum(middle.size / 3e6 for middle in middles)
    refuse(middles, results)
    again = psnr(levels(source, middles[0]), results[0])
    deterministic = again >= SAME
    return Examined(
        deterministic=deterministic,
        between_runs=again,
        reach=_reach(source, middles[0], results[0], min(again, SAME)),
        symmetry=_symmetry(source, middles[0], results[0], min(again, SAME)),
        unfiltered=_strength(middles, results),
        seconds=seconds,
    )


def examine_pairs(source: LookSource, photos: Sequence[NDArray[np.uint8]]) -> Examined:
    """The same of pairs, which know whole photos alone: how strong they are."""
    few = photos[:: max(1, len(photos) // 8)]
    results = [levels(source, photo) for photo in few]
    refuse(few, results)
    return Examined(True, float("inf"), 0, "square", _strength(few, results), 0.0, asked=False)


def refuse(photos: Sequence[NDArray[np.uint8]], results: Sequence[NDArray[np.uint8]]) -> None:
    """Raises UnfilterError where no training can help."""
    detailed = [photo for photo in photos if _detail(photo) > PLAIN_DETAIL]
    if detailed and all(_detail(result) < PLAIN_DETAIL for result in results):
        raise UnfilterError(
            "the look leaves a plain picture, without detail: it throws away what nothing can bring back. Mix it with the "
            "photo, or choose another look"
        )
    sizes = {result.shape for result in results}
    alike = len(results) > 1 and len(sizes) == 1 and all(psnr(result, results[0]) > SAME for result in results[1:])
    if alike and psnr(photos[0], photos[1]) < SAME:
        raise UnfilterError("the look gives the same picture whatever the photo: nothing of the photo is left in it")
    if all(psnr(*pair) > WEAK for pair in zip(photos, results, strict=True)):
        raise UnfilterError(f"the look changes nothing (more than {WEAK:g} dB): there is nothing to restore")


def levels(source: LookSource, photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The look of a photo as a file holds it."""
    return np.floor(np.clip(filtered(source, photo), 0, 1) * 255 + 0.5).astype(np.uint8)


def _strength(photos: Sequence[NDArray[np.uint8]], results: Sequence[NDArray[np.uint8]]) -> float:
    """Mean PSNR of photo and result, those that are the same counted as `WEAK`."""
    return float(np.mean([min(WEAK, psnr(*pair)) for pair in zip(photos, results, strict=True)]))


def _middle(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    top, left = (max(0, (side - SIDE) // 2) for side in photo.shape[:2])
    return np.ascontiguousarray(photo[top : top + SIDE, left : left + SIDE])


def _detail(picture: NDArray[np.uint8]) -> float:
    rows, columns = (np.diff(picture.astype(np.float64), axis=axis) for axis in (0, 1))
    return float(np.sqrt((np.square(rows).mean() + np.square(columns).mean()) / 2))


def _reach(source: LookSource, photo: NDArray[np.uint8], result: NDArray[np.uint8], same: float) -> int | None:
    """How far inside the cut the upper left part's own result is the whole's; None where it nowhere is."""
    height, width = (3 * side // 4 for side in photo.shape[:2])
    part = levels(source, np.ascontiguousarray(photo[:height, :width]))
    for margin in MARGINS:
        bottom, right = height - margin, width - margin
        strips = np.s_[bottom - STRIP : bottom, :right], np.s_[:bottom, right - STRIP : right]
        if all(psnr(part[strip], result[strip]) >= same - 1 for strip in strips):
            return margin
    return None


def _symmetry(source: LookSource, photo: NDArray[np.uint8], result: NDArray[np.uint8], same: float) -> Symmetry:
    turned = np.ascontiguousarray(np.rot90(photo[:, ::-1]))
    back = np.rot90(levels(source, turned), -1)[:, ::-1]
    return "square" if psnr(back, result) >= same - 1 else "none"
