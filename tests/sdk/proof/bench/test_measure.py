"""Laws: every subject runs each round; ratios are within the run; what cannot be opened is one line. No time is judged."""

import json
from pathlib import Path

import pytest

from unfilter.errors import RuntimeUnavailable, UnfilterError
from unfilter.format.bundle import Bundle
from unfilter.proof.bench import BenchCase, BenchReport, measure, render
from unfilter.run.runtimes import THREADS, threads


def subject(folder: Path, runtime: str = "onnx", count: int = 1) -> BenchCase:
    return BenchCase("l0", Bundle(folder), runtime, "fp32", "inverse", count)


@pytest.fixture(scope="module")
def report(small_bundle: Path) -> BenchReport:
    return measure([subject(small_bundle), subject(small_bundle, count=2)], 96, 64, 2, "a test")


def test_each_subject_has_a_row_with_positive_numbers(report: BenchReport) -> None:
    assert [row.threads for row in report.rows] == [1, 2]
    for row in report.rows:
        assert 0 < row.fastest <= row.seconds
        assert row.megapixels_per_second == pytest.approx(96 * 64 / 1e6 / row.seconds)
        assert row.share_of_matrix_product is not None
        assert 0 < row.own_bytes < row.peak_bytes < 1 << 30
    assert set(report.matrix_product_macs_per_second) == {"1", "2"}


def test_ratios_are_of_the_same_direction_and_threads(report: BenchReport) -> None:
    first, second = report.rows
    assert report.times(first, "l0", "onnx") == 1
    faster = second.model_copy(update={"seconds": first.seconds / 2, "threads": 1})
    assert report.times(faster, "l0", "onnx") == pytest.approx(2)
    assert report.times(first, "l0", "torch") is None
    assert report.times(first, "paper preset", "onnx") is None


def test_the_table_has_a_line_for_each_row(report: BenchReport) -> None:
    lines = render(report, "l0").splitlines()
    assert sum(line.startswith("l0 onnx fp32 inverse") for line in lines) == 2
    assert lines[-1].endswith("1.00")
    assert "96 x 64, median of 2 rounds in turn" in lines[0]


def test_survives_json(report: BenchReport) -> None:
    assert BenchReport.model_validate_json(report.model_dump_json()) == report
    assert json.loads(report.model_dump_json())["schema_version"] == 1


def test_what_cannot_be_opened_is_one_line(small_bundle: Path) -> None:
    with pytest.raises(UnfilterError, match="holds no pt2 forward") as caught:
        measure([subject(small_bundle, "torch")], 96, 64, 1, "a test")
    assert "\n" not in str(caught.value)


def test_threads_are_all_cores_or_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(THREADS, raising=False)
    assert threads() >= 1
    monkeypatch.setenv(THREADS, "3")
    assert threads() == 3


@pytest.mark.parametrize("value", ["0", "-1", "many", "1.5"])
def test_no_number_of_threads_is_refused(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(THREADS, value)
    with pytest.raises(RuntimeUnavailable, match=f"{THREADS}={value}"):
        threads()
