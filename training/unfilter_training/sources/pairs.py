"""Photos before and after: folders `before` and `after` whose files are matched by their names without suffix.

Results are known for the photos of `before` alone, which is what such a source is asked for. Pairs that do not lie on one
another are found: resized, cropped, turned, or shifted.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import PhotoError, UnfilterError
from unfilter_training.photo_sets.plain import PLAIN
from unfilter_training.sources.specification import Specification

BEFORE, AFTER = "before", "after"

SHIFTED = 0.1
"""By how much the correlation of a shifted pair must be better than as it lies to be called shifted."""

SIDE = 512
"""Side of the middle that is looked at for a shift, pixels."""


class Matched(NamedTuple):
    """Pairs that can be learned from, by the path before; and what is wrong with the others, a line each."""

    pairs: Mapping[Path, Path]
    problems: tuple[str, ...]


class PairsSource:
    """What an unknown tool made of known photos. `photos` are those of whole pairs."""

    def __init__(self, specification: Specification, path: Path) -> None:
        self.folder = path
        self.matched = match(path)
        self.photos = tuple(self.matched.pairs)
        self._after = {_digest(PLAIN.read(before)): after for before, after in self.matched.pairs.items()}

    def __call__(self, photo: NDArray[np.uint8], /) -> NDArray[np.uint8]:
        return PLAIN.read(self._made_of(photo))

    def files(self, photo: NDArray[np.uint8]) -> tuple[Path, ...]:
        """See `MadeOfFiles`."""
        return (self._made_of(photo),)

    def _made_of(self, photo: NDArray[np.uint8]) -> Path:
        after = self._after.get(_digest(photo))
        if after is None:
            raise UnfilterError(
                f"{self.folder}: has no pair for this photo; pairs know what became of their own photos only"
            )
        return after


def match(folder: Path) -> Matched:
    """The pairs of a folder, each looked at.

    Raises:
        UnfilterError: `before` or `after` is missing, or holds no photo.
    """
    before, after = ({path.stem: path for path in PLAIN.files(folder / part)} for part in (BEFORE, AFTER))
    pairs: dict[Path, Path] = {}
    problems = [f"{before[name]}: has no partner in {folder / AFTER}" for name in sorted(before.keys() - after.keys())]
    problems += [f"{after[name]}: has no partner in {folder / BEFORE}" for name in sorted(after.keys() - before.keys())]
    for name in sorted(before.keys() & after.keys()):
        try:
            problem = misfit(PLAIN.read(before[name]), PLAIN.read(after[name]))
        except PhotoError as error:
            problems.append(str(error))
            continue
        if problem:
            problems.append(f"{after[name]}: {problem}")
        else:
            pairs[before[name]] = after[name]
    return Matched(pairs, tuple(problems))


def misfit(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> str | None:
    """Why two photos (uint8, height x width x 3) do not lie on one another, in words; None where they do."""
    (height, width), (new_height, new_width) = before.shape[:2], after.shape[:2]
    sizes = f"it has {new_width} x {new_height} pixels, the photo {width} x {height}"
    if (height, width) == (new_width, new_height) and height != width:
        return f"is turned: {sizes}"
    if (height, width) != (new_height, new_width):
        part_high, part_wide = new_height / height, new_width / width
        same_form = abs(part_high - part_wide) < 1.5 / min(height, width)
        return f"is resized or cropped: {sizes}" if same_form else f"is cropped: {sizes}"
    down, right = shift(before, after)
    if down or right:
        return f"is shifted by {right} pixels to the right and {down} down; align it, or leave it out"
    return None


def shift(before: NDArray[np.uint8], after: NDArray[np.uint8]) -> tuple[int, int]:
    """By how many pixels `after` lies below and right of `before`; 0, 0 where no shift fits clearly better than none.

    The edges of both, which most looks keep, are correlated at all shifts of a fourth of the middle's side at most.
    """
    first, second = (_edges(picture) for picture in (before, after))
    spectrum = np.conj(np.fft.rfft2(first)) * np.fft.rfft2(second)
    correlation = np.fft.irfft2(spectrum, first.shape)
    correlation /= max(float(np.linalg.norm(first) * np.linalg.norm(second)), 1e-9)
    reach = [max(1, side // 4) for side in first.shape]
    near = np.zeros(first.shape, dtype=bool)
    rows, columns = (np.r_[0 : far + 1, -far:0] for far in reach)
    near[np.ix_(rows, columns)] = True
    best = np.unravel_index(int(np.argmax(np.where(near, correlation, -np.inf))), first.shape)
    if correlation[best] < correlation[0, 0] + SHIFTED:
        return 0, 0
    down, right = (int(place if place <= side // 2 else place - side) for place, side in zip(best, first.shape, strict=True))
    return down, right


def _edges(picture: NDArray[np.uint8]) -> NDArray[np.float64]:
    height, width = picture.shape[:2]
    top, left = max(0, (height - SIDE) // 2), max(0, (width - SIDE) // 2)
    luma = picture[top : top + SIDE, left : left + SIDE].astype(np.float64).mean(axis=-1)
    strength = np.hypot(*np.gradient(luma)) if min(luma.shape) > 1 else luma
    return np.asarray(strength - strength.mean())


def _digest(photo: NDArray[np.uint8]) -> str:
    return hashlib.sha256(repr(photo.shape).encode() + photo.tobytes()).hexdigest()
