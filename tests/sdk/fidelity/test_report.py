"""Laws: failures follow from the verdicts; a report survives JSON; what is no report is refused in one line."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from unfilter.errors import UnfilterError
from unfilter.fidelity import FidelityReport, Verdict, read_report
from unfilter.fidelity.report import Broken, Engine

MakeReport = Callable[..., FidelityReport]


@pytest.mark.parametrize(
    ("graph", "trip", "count"),
    [
        (Verdict.PASS, Verdict.PASS, 0),
        (Verdict.UNVERIFIED, Verdict.UNVERIFIED, 0),
        (Verdict.NOT_ENGAGED, Verdict.NOT_ENGAGED, 0),
        (Verdict.FAIL, Verdict.UNVERIFIED, 1),
        (Verdict.PASS, Verdict.FAIL, 3),
        (Verdict.FAIL, Verdict.FAIL, 4),
    ],
)
def test_each_failed_verdict_is_a_failure(graph: Verdict, trip: Verdict, count: int, make_report: MakeReport) -> None:
    assert len(make_report(graph, trip).failures) == count


@pytest.mark.parametrize(
    ("required", "graph", "fails"),
    [
        ("onnx", Verdict.UNVERIFIED, False),
        ("mil", Verdict.UNVERIFIED, True),  # ran, but not on its vendor's runtime
        ("mil", Verdict.NOT_ENGAGED, True),
        ("coreml", Verdict.PASS, True),  # did not run
        ("mil", Verdict.FAIL, True),
    ],
)
def test_a_required_runtime_must_have_passed(required: str, graph: Verdict, fails: bool, make_report: MakeReport) -> None:
    line = f"{required}: required, but not verified on its own runtime here"
    assert (line in make_report(graph, required=(required,)).failures) == fails


def test_an_engine_that_broke_off_is_a_failure(make_report: MakeReport) -> None:
    broken = Broken(engine=Engine(runtime="litert", precision="fp32"), reason="forward breaks off: no such operation")
    failed = make_report().model_copy(update={"broken": (broken,)})
    assert failed.failures == ("litert fp32: forward breaks off: no such operation",)


def test_a_failed_round_trip_names_the_photo_that_fares_worst(make_report: MakeReport) -> None:
    failed = make_report(trip=Verdict.FAIL, restored_db=20.0)
    assert "restores 20.00 dB, the reference 45.70; chelsea fares worst, 20.00 for 45.70" in failed.failures[0]


@pytest.mark.parametrize("restored_db", [45.5, math.inf])
def test_survives_json(restored_db: float, tmp_path: Path, make_report: MakeReport) -> None:
    """A photo that is restored to the last bit has an infinite PSNR, which JSON has no number for."""
    written = make_report(Verdict.FAIL, Verdict.PASS, restored_db=restored_db)
    (tmp_path / "report.json").write_text(written.model_dump_json())
    assert read_report(tmp_path / "report.json") == written


def test_json_holds_the_failures_and_unknown_fields_are_refused(make_report: MakeReport) -> None:
    failed = make_report(Verdict.FAIL, Verdict.PASS)
    assert failed.model_dump(mode="json")["failures"] == list(failed.failures)
    with pytest.raises(ValidationError):
        Engine(runtime="onnx", precision="fp32", device="gpu")  # type: ignore[call-arg]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda fields: fields.update(schema_version=2), "report schema 2, this unfilter reads 1"),
        (lambda fields: fields.pop("schema_version"), "report schema None"),
        (lambda fields: fields.pop("graphs"), "graphs: Field required"),
        (lambda fields: fields["round_trips"][0].update(photos_db=[1.0]), "numbers of 1 photos, where 2 have round trips"),
    ],
)
def test_what_is_no_report_is_refused_in_one_line(
    change: Callable[[dict[str, Any]], object], said: str, tmp_path: Path, make_report: MakeReport
) -> None:
    fields = json.loads(make_report().model_dump_json())
    change(fields)
    (tmp_path / "report.json").write_text(json.dumps(fields))
    with pytest.raises(UnfilterError, match="verify --json") as caught:
        read_report(tmp_path / "report.json")
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("content", [None, b"", b"[1]", b"\xff\xfe", b"{" * 100])
def test_a_file_that_is_no_json_report_is_refused_in_one_line(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnfilterError, match=r"report\.json: ") as caught:
        read_report(path)
    assert "\n" not in str(caught.value)
