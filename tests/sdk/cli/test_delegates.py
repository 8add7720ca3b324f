"""Laws: the table shows what each delegate would run and on whose word; JSON says the same; an older bundle says nothing."""

import json
from pathlib import Path

import pytest

from unfilter.cli import main
from unfilter.errors import BundleError
from unfilter.format.bundle import Bundle
from unfilter.run.delegates.coverage import DelegateFile, Evidence, read_coverage
from unfilter.run.delegates.table import delegates


def test_without_a_bundle_it_lists_every_delegate_with_what_it_lacks_here(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["delegates"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 2 + len(delegates())
    (nnapi,) = (line for line in lines if line.split()[:2] == ["onnx", "nnapi"])
    assert "this onnxruntime has no NnapiExecutionProvider" in nnapi


def test_every_phone_artifact_has_coverage_and_the_json_repeats_the_bundle(
    variable_bundle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle, target = Bundle(variable_bundle), tmp_path / "delegates.json"
    assert main(["delegates", str(variable_bundle), "--no-run", "--json", str(target)]) == 0
    shown = capsys.readouterr().out
    coverage = read_coverage(bundle)
    phones = {(a.path, a.direction) for a in bundle.manifest.artifacts if a.format != "pt2"}
    assert {(each.path, each.direction) for each in coverage} == phones
    assert all(path in shown for path, _ in phones)
    written = json.loads(target.read_text())
    content = {"recipes": written["recipes"], "coverage": written["coverage"]}
    assert DelegateFile.model_validate(content).coverage == coverage
    assert written["trials"] == []


@pytest.mark.parametrize("precision", ["fp32", "fp16", "w8"])
def test_core_ml_nnapi_and_webgpu_take_both_directions(variable_bundle: Path, precision: str) -> None:
    found = [
        each for each in read_coverage(Bundle(variable_bundle)) if each.runtime == "onnx" and each.precision == precision
    ]
    by_delegate = {(each.delegate, each.direction): each for each in found}
    for direction in ("forward", "inverse"):
        for delegate, evidence in (
            ("coreml", Evidence.CHECKED),
            ("nnapi", Evidence.CHECKED),
            ("webgpu", Evidence.PREDICTED),
        ):
            each = by_delegate[delegate, direction]
            assert each.whole, each
            assert each.evidence is evidence


def test_a_bundle_made_without_coverage_says_so(small_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert read_coverage(Bundle(small_bundle)) == ()
    assert main(["delegates", str(small_bundle), "--no-run"]) == 0
    assert "the bundle says nothing of it" in capsys.readouterr().out


def test_a_changed_file_of_coverage_is_refused(variable_bundle: Path, tmp_path: Path) -> None:
    import shutil

    shutil.copytree(variable_bundle, tmp_path / "b")
    (tmp_path / "b/delegates.json").write_text("{}")
    with pytest.raises(BundleError, match=r"delegates\.json: 2 bytes where the manifest says"):
        read_coverage(Bundle(tmp_path / "b"))
