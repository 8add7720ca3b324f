"""Laws: every number that ships has its reason; a user's file overrides what it names and nothing else."""

from pathlib import Path

import pytest

from unfilter.errors import UnfilterError
from unfilter.proof.fidelity import TOLERANCES, read_tolerances
from unfilter.proof.fidelity.tolerances import METRICS, of_pair, of_precision


def test_every_number_that_ships_has_its_reason() -> None:
    assert {"fp32", "fp16"} <= set(TOLERANCES)
    for tolerance in TOLERANCES.values():
        assert set(tolerance.reasons) == set(METRICS)
        assert all(len(reason) > 20 for reason in tolerance.reasons.values())


def test_a_file_overrides_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("[fp16]\nround_trip_db = 0.5\nlevels = 3\n[fp16.reasons]\nlevels = 'ours'\n")
    changed = read_tolerances(path, TOLERANCES)
    assert changed["fp32"] == TOLERANCES["fp32"]
    assert changed["fp16"].round_trip_db == 0.5
    assert changed["fp16"].error == TOLERANCES["fp16"].error
    # the shipped reason is none for another number
    assert changed["fp16"].reasons["round_trip_db"] == "set in mine.toml"
    assert changed["fp16"].reasons["levels"] == "ours"
    assert changed["fp16"].reasons["error"] == TOLERANCES["fp16"].reasons["error"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "cannot be read as tolerances"),
        (b"[fp16", "cannot be read as tolerances"),
        (b"\xff", "cannot be read as tolerances"),
        (b"fp16 = 3", "fp16 must be a table"),
        (b"[fp16]\nerorr = 1", "fp16.erorr: Extra inputs are not permitted; the metrics are error, levels"),
        (b"[fp16]\nerror = -1", "fp16.error: "),
        (b"[fp16]\nerror = nan", "fp16.error: "),
        (b"[fp16]\ndiffering = 1.5", "fp16.differing: "),
        (b"[fp16]\nreasons = 3", "fp16.reasons must be a table"),
        (b"[int4]\nerror = 1", "int4.levels: Field required; the metrics are"),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_one_line(content: bytes | None, said: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnfilterError, match=r"mine\.toml: ") as caught:
        read_tolerances(path, TOLERANCES)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_pair_is_judged_by_the_looser_of_both() -> None:
    assert of_pair(TOLERANCES, "fp32", "fp16") == of_pair(TOLERANCES, "fp16", "fp32") == TOLERANCES["fp16"]


def test_a_precision_without_tolerance_is_an_error_that_says_what_to_do() -> None:
    with pytest.raises(UnfilterError, match=r"no tolerance for precision int4.*add a table \[int4\]"):
        of_precision(TOLERANCES, "int4")
