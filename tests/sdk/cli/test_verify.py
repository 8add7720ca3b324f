"""Laws: what verify writes, judge judges; a baseline fails on what got worse; bad files are refused before any work."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest

from unfilter.cli import main
from unfilter.run import runtimes

Refused = Callable[..., str]


@pytest.fixture(autouse=True)
def _onnx_alone(monkeypatch: pytest.MonkeyPatch, elsewhere: Path) -> None:
    """The quickest runtime; in an empty folder."""
    monkeypatch.setattr(runtimes, "NAMES", ("onnx", "torch"))


@pytest.fixture(scope="module")
def made_once(lean_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of one runtime, saved."""
    path = tmp_path_factory.mktemp("report") / "report.json"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runtimes, "NAMES", ("onnx", "torch"))
        assert main(["verify", str(lean_bundle), "--runtime", "onnx", "--json", str(path), "--note", "a test"]) == 0
    return path


@pytest.fixture
def report(made_once: Path, elsewhere: Path) -> Path:
    """The same, in the current folder."""
    shutil.copyfile(made_once, "report.json")
    return Path("report.json")


def test_a_saved_report_is_judged_again_under_other_tolerances(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("strict.toml").write_text("[fp32]\nlevels = 0\n")
    capsys.readouterr()
    assert main(["judge", str(report)]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "OK: 15 pass"
    assert main(["judge", str(report), "--tolerances", "strict.toml", "--json", "again.json"]) == 1
    assert "FAIL onnx fp32 inverse: error" in capsys.readouterr().out
    assert json.loads(Path("again.json").read_text())["tolerances"]["fp32"]["reasons"]["levels"] == "set in strict.toml"
    assert main(["judge", "again.json"]) == 0  # the numbers are the same as before


def test_a_baseline_fails_on_what_got_worse_and_says_by_how_much(
    report: Path, altered_bundle: Path, lean_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    again = ["--runtime", "onnx", "--baseline", str(report)]
    capsys.readouterr()
    assert main(["verify", str(lean_bundle), *again]) == 0
    assert "nothing is worse than in the baseline" in capsys.readouterr().out
    assert main(["verify", str(altered_bundle), *again, "--junit", "junit.xml", "--html", "page.html"]) == 1
    out = capsys.readouterr().out.splitlines()
    table = out[out.index(next(line for line in out if line.startswith("worse than the baseline"))) :]
    assert any(line.startswith("onnx fp32 -> onnx fp32") and "restored" in line for line in table)
    assert "worse than the baseline" in out[-1]
    suites = {suite.get("name"): suite for suite in ElementTree.parse("junit.xml").getroot()}
    assert int(suites["l0 baseline"].get("failures", "0")) >= 3
    assert '"metric":"restored"' in Path("page.html").read_text()


def test_a_regression_fails_though_every_tolerance_admits_it(report: Path, capsys: pytest.CaptureFixture[str]) -> None:
    fields = json.loads(report.read_text())
    fields["reference_db"] -= 0.06
    for trip in fields["round_trips"]:
        trip["restored_db"] -= 0.06
    for photo in fields["photos"]:
        photo["reference_db"] -= 0.06
    Path("now.json").write_text(json.dumps(fields))
    assert main(["judge", "now.json"]) == 0
    assert main(["judge", "now.json", "--baseline", str(report)]) == 1
    assert "the reference" in capsys.readouterr().out


def test_photos_of_a_folder_are_measured_on(shipped_bundle: Path, golden_photos: Path) -> None:
    Path("photos").mkdir()
    shutil.copy(golden_photos / "rocket.webp", "photos")
    assert main(["verify", str(shipped_bundle), "--photos", "photos", "--json", "report.json"]) == 0
    written = json.loads(Path("report.json").read_text())
    assert [photo["name"] for photo in written["photos"]] == ["rocket.webp"]
    assert written["reference"] == "torch fp32"


def test_no_photos_are_refused(shipped_bundle: Path, refused: Refused) -> None:
    Path("photos").mkdir()
    assert "photos: no photos there" in refused("verify", shipped_bundle, "--photos", "photos")


@pytest.mark.parametrize("option", ["--tolerances", "--baseline"])
def test_files_to_judge_by_are_read_before_any_work(option: str, shipped_bundle: Path, refused: Refused) -> None:
    Path("given").write_text("}")
    assert refused("verify", shipped_bundle, option, "given").startswith("unfilter: given: ")


def test_a_report_that_is_none_is_refused(refused: Refused) -> None:
    assert "absent.json: cannot be read as a report" in refused("judge", "absent.json")
