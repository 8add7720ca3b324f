"""Photo folder to training patches: the operator runs on whole photos, once, and patches are cut from the results."""

import hashlib
import json
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from unfilter.errors import UnfilterError
from unfilter.files import replacing
from unfilter.photo import read_photo
from unfilter.rounding import to_floats
from unfilter_training.operators import Symmetry, operator
from unfilter_training.recipe import PhotoSource

SUFFIXES = {".png", ".jpg", ".jpeg"}


class Pair(NamedTuple):
    """A photo (uint8, height x width x 3) and the operator's result on it (float16, unclipped, same shape)."""

    photo: NDArray[np.uint8]
    filtered: NDArray[np.float16]


def photo_files(folder: Path, patterns: Iterable[str] = ("*",)) -> list[Path]:
    """Photo files of `folder` whose names match one of the patterns, sorted.

    Raises:
        UnfilterError: no such folder, or nothing in it matches.
    """
    patterns = tuple(patterns)
    if not folder.is_dir():
        raise UnfilterError(f"{folder}: no such folder of photos")
    found = {path for pattern in patterns for path in folder.glob(pattern) if path.suffix.lower() in SUFFIXES}
    if not found:
        raise UnfilterError(f"{folder}: no PNG or JPEG photo matches {', '.join(patterns)}")
    return sorted(found)


def image_tensor(pixels: NDArray[np.uint8], dtype: torch.dtype = torch.float32) -> Float[Tensor, "1 3 height width"]:
    """8-bit RGB pixels, height x width x 3, as one image in 0..1."""
    if dtype == torch.float64:  # the operators' exact form needs levels / 255 in float64, not float32's nearest
        return torch.from_numpy(pixels.astype(np.float64) / 255).permute(2, 0, 1)[None]
    return torch.from_numpy(to_floats(pixels)).permute(2, 0, 1)[None]


def make_pair(path: Path, name: str, parameters: dict[str, float], cache: Path) -> Pair:
    """Photo and filtered photo; the filtered one comes from `cache` where the same bytes met the same operator before."""
    photo = read_photo(path).pixels
    key = hashlib.sha256(
        photo.tobytes() + json.dumps([photo.shape, name, parameters], sort_keys=True, default=str).encode()
    ).hexdigest()
    stored = cache / f"{key}.npy"
    if not stored.exists():
        filtered = operator(name)(image_tensor(photo), **parameters)[0].permute(1, 2, 0)
        with replacing(stored) as temporary:
            np.save(temporary, filtered.numpy().astype(np.float16))
    return Pair(photo, np.load(stored))


def make_pairs(
    folder: Path,
    sources: Iterable[PhotoSource],
    name: str,
    parameters: dict[str, float],
    cache: Path,
    progress: Callable[[list[Path]], Iterable[Path]] = lambda files: files,
) -> list[Pair]:
    """Pairs of all photos that the sources match, in the order of their names."""
    cache.mkdir(parents=True, exist_ok=True)
    files = photo_files(folder, [source.match for source in sources])
    return [make_pair(path, name, parameters, cache) for path in progress(files)]


class Patches:
    """Random patches of pairs. A batch depends on the seed and the step alone, so a resumed run sees the same ones."""

    def __init__(self, pairs: list[Pair], *, size: int, batch: int, seed: int, symmetry: Symmetry) -> None:
        self.pairs = [pair for pair in pairs if min(pair.photo.shape[:2]) >= size]
        if not self.pairs:
            raise UnfilterError(f"no photo is as large as a patch of {size} x {size} pixels")
        self.size, self.batch_size, self.seed, self.symmetry = size, batch, seed, symmetry

    def batch(self, step: int) -> tuple[Float[Tensor, "batch 3 size size"], Float[Tensor, "batch 3 size size"]]:
        """Photo patches and filtered patches of one step, sRGB 0..1."""
        random = np.random.default_rng([self.seed, step])
        photos, targets = [], []
        for _ in range(self.batch_size):
            photo, filtered = self.pairs[random.integers(len(self.pairs))]
            top, left = (random.integers(length - self.size + 1) for length in photo.shape[:2])
            window = np.s_[top : top + self.size, left : left + self.size]
            patches = [to_floats(photo[window]), filtered[window].astype(np.float32)]
            if self.symmetry == "square":
                turns, mirror = random.integers(4), random.integers(2)
                patches = [np.rot90(patch[:, ::-1] if mirror else patch, turns) for patch in patches]
            elif self.symmetry == "transpose" and random.integers(2):
                patches = [patch.transpose(1, 0, 2) for patch in patches]
            photos.append(patches[0])
            targets.append(patches[1])
        # channels_last is how the patches lie already
        stack = [torch.from_numpy(np.stack(part)).permute(0, 3, 1, 2) for part in (photos, targets)]
        return stack[0], stack[1]
