"""Chains write real files: what arrives has the site's size and its JPEG's quantisation, and is reproducible."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from unfilter_training.chains import CHAINS, Chain


@pytest.fixture
def photo() -> np.ndarray:
    rows, columns = np.indices((60, 90))
    return np.stack([rows * 4, columns * 2, (rows + columns) % 64 * 3], -1).astype(np.uint8)


@pytest.mark.parametrize("chain", [*CHAINS, Chain(90, 1.0, 75), Chain(85, 0.4, 85, "box")], ids=lambda chain: chain.name)
def test_what_arrives_has_the_size_of_what_it_is_compared_with(chain: Chain, photo: np.ndarray, tmp_path: Path) -> None:
    arrived = chain.arrived(photo, tmp_path)
    assert arrived.shape == chain.reference(photo).shape
    assert np.array_equal(arrived, chain.arrived(photo, tmp_path))
    assert np.abs(arrived.astype(int) - chain.reference(photo)).mean() < 12


def test_names_say_what_happens() -> None:
    assert [chain.name for chain in CHAINS] == ["JPEG 90, x 0.75, JPEG 85", "JPEG 90, x 0.5, JPEG 75"]
    assert Chain(90, 1.0, 75).name == "JPEG 90, JPEG 75"
    assert Chain(85, 0.4, 85, "box").name == "JPEG 85, x 0.4 box, JPEG 85"


def test_nothing_but_the_site_s_file_is_read(photo: np.ndarray, tmp_path: Path) -> None:
    Chain(90, 0.5, 75).arrived(photo, tmp_path)
    with Image.open(tmp_path / "shared.jpg") as file:
        assert file.size == (45, 30)
