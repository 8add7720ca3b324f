"""Laws: a way's file gives its photo back; what an event takes away is gone, measured on real files; the network alone
survives all of them.
"""

from collections.abc import Callable

import numpy as np
import pytest

from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.cells import Cell, Value
from unfilter_training.evaluation.curves import worth
from unfilter_training.evaluation.measurements.topped_up import ToppedUp
from unfilter_training.evaluation.measurements.worth import LOST, Worth
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.subjects import Subject
from unfilter_training.evaluation.tables import top_up
from unfilter_training.evaluation.ways import Way, files
from unfilter_training.evaluation.ways.events import EVENTS
from unfilter_training.evaluation.ways.low_bits import LowBits
from unfilter_training.evaluation.ways.ours import Network
from unfilter_training.evaluation.ways.segment import Segment

Measure = Callable[[list[Cell]], dict[Cell, Value]]
SURVIVES = {
    LowBits(70): {"stripped", "converted"},
    LowBits(None): {"stripped", "converted"},
    Segment("AVIF", 60): set(),
    Segment("HEIC", 60): set(),
    Segment("JPEG", 90): set(),
    Network(".png"): {"stripped", "converted", "jpeg", "resized"},
    Network(".jpg"): {"stripped", "converted", "jpeg", "resized"},
    Network(".jpg", 1.0): {"stripped", "converted", "jpeg", "resized"},
}


@pytest.mark.parametrize("way", SURVIVES, ids=lambda way: way.name)
def test_what_survives_is_what_the_way_says(way: Way, tiny: Subject, study: Study, bench: Bench) -> None:
    if way == Segment("HEIC", 60):
        pytest.importorskip("pillow_heif")
    value = Worth(tiny, study.pictures[0], way).measure(bench)
    assert {name for name in EVENTS if value[f"{name}_db"] != LOST} == SURVIVES[way]
    assert value["bytes"] > 0


def test_lossless_low_bits_give_every_byte(tiny: Subject, study: Study, bench: Bench) -> None:
    value = Worth(tiny, study.pictures[0], LowBits(None)).measure(bench)
    assert value["restored_db"] == np.inf
    assert value["converted_db"] == np.inf


def test_a_top_up_restores_more_by_what_was_asked_for(tiny: Subject, study: Study, bench: Bench) -> None:
    picture = study.pictures[0]
    plain, topped = (Worth(tiny, picture, Network(".jpg", gain)).measure(bench) for gain in (0.0, 1.0))
    assert topped["restored_db"] >= plain["restored_db"] + 0.99
    assert topped["stripped_db"] == pytest.approx(plain["restored_db"])
    assert topped["bytes"] > plain["bytes"]
    value = ToppedUp(tiny, picture, gain=1.0).measure(bench)
    assert value["restored_db"] >= value["base_db"] + 0.99
    assert 0 < value["bytes"] < topped["bytes"]


def test_a_segment_is_read_from_the_file_and_gone_from_what_is_made_of_it(bench: Bench, study: Study) -> None:
    photo = bench.photo(study.pictures[0])
    file = files.jpeg(photo, 80, b"photo")
    assert file.attached == b"photo"
    for event in EVENTS.values():
        arrived = event.happens(file)
        assert arrived.attached is None
        assert arrived.pixels.shape == event.reference(photo).shape
    assert np.array_equal(EVENTS["stripped"].happens(file).pixels, file.pixels)
    assert np.array_equal(EVENTS["converted"].happens(file).pixels, file.pixels)
    assert psnr(EVENTS["jpeg"].happens(file).pixels, file.pixels) > 20


def test_the_sections_have_a_row_for_each_filter_and_way(study: Study, measured: Measure) -> None:
    one = Study(study.subjects[:1], study.sets, 1)
    pytest.importorskip("pillow_heif")
    found = worth.rows(one, measured(list(worth.cells(one))))
    assert [row.way for row in found] == [way.name for way in worth.WAYS]
    page = worth.markdown(found)
    assert page.count("**lost**") == sum(getattr(row, f"{name}_db") is None for row in found for name in EVENTS)
    rows = top_up.rows(one, measured(list(top_up.cells(one))))
    assert [row.goal for row in rows] == list(top_up.GOALS)
    assert f"{rows[0].saved[0]:.0%}" in top_up.markdown(rows)
