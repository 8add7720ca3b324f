"""Crops of photos, filtered, and what a JPEG with given quantiser tables makes of them: bytes, restoration, look."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor

from unfilter.format.quantisation import Subsampling
from unfilter.format.rounding import to_bytes, to_floats
from unfilter.photo import read_photo
from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.network import RestorableNetwork
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.scoring import Task

SIDE = 160
"""Of a crop, pixels: a multiple of 16, so that crops one below the other share no block of a JPEG."""

Steps = tuple[Sequence[int], Sequence[int]]
"""Of the quantisers of luma and chroma, 64 each, a row after the other."""


@dataclass(frozen=True)
class Coded:
    """A JPEG of some crops, means over them.

    Attributes:
        bytes: of the file.
        restored: RGB PSNR of what is restored against the photo, dB.
        look: RGB PSNR of the file against the operator's output, dB.
    """

    bytes: int
    restored: float
    look: float


@dataclass(frozen=True)
class Crops:
    """Crops of as many photos.

    Attributes:
        photos, targets, filtered: uint8, count x side x side x 3: the photo, the operator's output, the network's.
    """

    network: RestorableNetwork
    photos: NDArray[np.uint8]
    targets: NDArray[np.uint8]
    filtered: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.photos)

    def __getitem__(self, chosen: slice) -> "Crops":
        return Crops(self.network, self.photos[chosen], self.targets[chosen], self.filtered[chosen])

    def saved(self, steps: Steps, subsampling: Subsampling) -> tuple[int, NDArray[np.uint8]]:
        """Bytes of one JPEG of all crops, one below the other, and the pixels that come back."""
        column = np.concatenate(self.filtered)
        tables = [list(table) for table in steps]
        Image.fromarray(column).save(file := BytesIO(), "JPEG", qtables=tables, subsampling=subsampling, progressive=True)
        return len(file.getvalue()), np.asarray(Image.open(file)).reshape(self.filtered.shape)

    def coded(self, steps: Steps, subsampling: Subsampling) -> Coded:
        """The same, restored and compared."""
        size, saved = self.saved(steps, subsampling)
        with torch.inference_mode():
            restored = to_bytes(self.network.restore(tensor(saved)).permute(0, 2, 3, 1).numpy())
        return Coded(size, _mean_psnr(restored, self.photos), _mean_psnr(saved, self.targets))


def tensor(pixels: NDArray[np.uint8]) -> Tensor:
    """uint8, count x height x width x 3, as float32 images in 0..1, count x 3 x height x width."""
    return torch.from_numpy(to_floats(pixels)).permute(0, 3, 1, 2).contiguous()


def crops_of(network: RestorableNetwork, task: Task, photos: Sequence[Path]) -> Crops:
    """A crop of each photo that is large enough, at a place that its number draws."""
    cut, targets, filtered = [], [], []
    for number, path in enumerate(photos):
        pixels = read_photo(path, convert=True, reduce=True).pixels
        height, width = pixels.shape[:2]
        if min(height, width) < SIDE:
            continue
        random = np.random.default_rng(number)
        top, left = (int(random.integers(length - SIDE + 1)) for length in (height, width))
        photo = np.ascontiguousarray(pixels[top : top + SIDE, left : left + SIDE])
        target = task.target(photo)
        cut.append(photo)
        targets.append(target)
        filtered.append(run_whole(network, "forward", photo, task.normalised, target if network.takes_output else None))
    empty = np.empty((0, SIDE, SIDE, 3), np.uint8)
    return Crops(network, *(np.stack(found) if found else empty for found in (cut, targets, filtered)))


def _mean_psnr(some: NDArray[np.uint8], others: NDArray[np.uint8]) -> float:
    return float(np.mean([psnr(one, other) for one, other in zip(some, others, strict=True)]))
