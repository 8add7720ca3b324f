"""Oracles: what the operators' authors' own programs gave."""

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
import torch
from torch import Tensor

from unfilter.photo import read_photo
from unfilter.proof.fidelity import psnr
from unfilter_training.operators.saving import saved_levels


class Oracle(NamedTuple):
    """One photo and the authors' result on it, 8-bit RGB (grey results are repeated three times)."""

    name: str
    photo: np.ndarray
    expected: np.ndarray

    def images(self, dtype: torch.dtype) -> Tensor:
        return torch.from_numpy(self.photo.astype(np.float64) / 255).permute(2, 0, 1)[None].to(dtype)

    def psnr(self, result: Tensor) -> float:
        """PSNR of an operator's result (one image), rounded to 8 bits; 99 where every byte is equal."""
        return min(99.0, psnr(saved_levels(result), self.expected))


@pytest.fixture(scope="session")
def oracles(data: Path) -> Callable[[str], list[Oracle]]:
    """Gives the oracles of one folder of data/oracles, such as "L0"."""

    def load(operator: str) -> list[Oracle]:
        files = sorted((data / "oracles" / operator).glob("*.png"))
        assert files
        return [
            Oracle(path.stem, read_photo(data / "oracles" / "input" / path.name).pixels, read_photo(path).pixels)
            for path in files
        ]

    return load
