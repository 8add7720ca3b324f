"""The quantiser's tables are those that stand in files which Pillow's libjpeg wrote."""

import io

import pytest
import torch
from PIL import Image

from unfilter_training.degradation.jpeg_tables import CHROMA_TABLE, LUMA_TABLE, TO_RGB, TO_YCC, scaled


@pytest.mark.parametrize(("number", "table"), [(0, LUMA_TABLE), (1, CHROMA_TABLE)], ids=["luma", "chroma"])
def test_scaled_tables_are_those_of_the_file_at_every_quality(number: int, table: torch.Tensor) -> None:
    for quality in range(1, 101):
        file = io.BytesIO()
        Image.new("RGB", (8, 8)).save(file, "JPEG", quality=quality)
        written = Image.open(file).quantization[number]
        steps = scaled(table, quality)
        assert steps.dtype == torch.float64
        assert steps.flatten().tolist() == written, quality


def test_colours_there_and_back_are_the_identity() -> None:
    torch.testing.assert_close(
        TO_RGB @ TO_YCC, torch.eye(3, dtype=torch.float64), rtol=0, atol=3e-5
    )  # entries are rounded to 2**-16
    assert TO_YCC.sum(1).tolist() == [1, 0, 0]  # grey has no chroma
