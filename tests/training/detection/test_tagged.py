"""Laws: with its tag every altered file is refused and none as it was saved, in both carriers; through another decoder none
as it was saved either, and what changes colours, size or place is refused.
"""

from pathlib import Path

import numpy as np
import pytest

from unfilter.jobs.detection.detector import MADE
from unfilter.photo import read_photo
from unfilter_training.detection import tagged
from unfilter_training.detection.alterations import HELD_OUT
from unfilter_training.detection.tagged import AGAIN, READERS, Judged, table

GOLDEN = Path(__file__).parents[3] / "converters/unfilter_converters/golden_photos/coffee.webp"
SUBTLE = {"one level of one pixel", *AGAIN, *(f"{name}, then saved at its own quality" for name in AGAIN)}


@pytest.mark.parametrize("seed", range(3))
def test_every_altered_file_is_refused_and_none_as_it_was_saved(seed: int) -> None:
    pytest.importorskip("jpeglib", reason="jpeglib, another decoder, is not installed")
    photo = read_photo(GOLDEN).pixels
    random = np.random.default_rng(seed)
    filtered = np.clip(photo.astype(int) + random.integers(-2, 3, photo.shape), 0, 255).astype(np.uint8)
    judged = [*tagged._exact(random, photo, filtered), *tagged._jpeg(random, photo, filtered)]
    assert {one.reader for one in judged} == set(READERS)
    assert {HELD_OUT, "resized", "recoloured", "unfiltered", "turned"} <= {one.name for one in judged}
    for one in judged:
        if one.name == MADE:
            assert not one.refused, one
        elif one.reader != READERS[2] or one.name not in SUBTLE:
            assert one.refused, one


def test_the_table_has_a_row_per_class_and_a_column_per_filter() -> None:
    own, altered = Judged("exact", MADE, False), Judged("jpeg", "resized", True)
    assert table({"l0": [own, own, altered], "wmf": [own]}).splitlines() == [
        "| carrier | files, tag and all | number | l0 | wmf |",
        "|---|---|---|---|---|",
        f"| exact | {MADE}: false alarms | 2 | 0.0% | 0.0% |",
        "| jpeg | resized | 1 | 100.0% |  |",
    ]
