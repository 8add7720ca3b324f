"""Laws: exit code 0, 1 or 2; an error is one line on standard error, never a traceback; nothing is half-written."""

import json
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

import unfilter.cli
from unfilter.cli import commands, main
from unfilter.cli.command import GROUP
from unfilter.photo import read_photo, write_photo
from unfilter.proof.fidelity import psnr
from unfilter.run import runtimes

COMMANDS = {
    "apply", "bench", "card", "convert", "faults", "filters", "inspect", "install", "judge", "pack", "restore", "score",
    "sign", "train", "uninstall", "verify",
}  # fmt: skip

pytestmark = pytest.mark.usefixtures("elsewhere")


@pytest.fixture
def photo(golden_photos: Path) -> Path:
    return golden_photos / "chelsea.webp"


def test_apply_inspect_and_restore_without_naming_the_bundle_again(
    photo: Path, shipped_bundle: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["apply", "--filter", str(shipped_bundle), str(photo), "f.png"]) == 0
    assert capsys.readouterr().out.startswith("f.png: l0 applied with ")
    assert main(["inspect", "f.png"]) == 0
    assert "not in the search path" in capsys.readouterr().out
    monkeypatch.setenv("UNFILTER_BUNDLES", str(shipped_bundle.parent))
    assert main(["inspect", "f.png"]) == 0
    inspected = capsys.readouterr().out
    assert "301 x 225" in inspected
    assert str(shipped_bundle) in inspected
    assert json.loads((shipped_bundle / "manifest.json").read_text())["restoration"] in inspected
    assert main(["restore", "f.png", "r.png"]) == 0
    assert str(shipped_bundle) in capsys.readouterr().out
    assert psnr(read_photo(Path("r.png")).pixels, read_photo(photo).pixels) > 40


def test_inspect_of_a_bundle_lists_its_artifacts(shipped_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(shipped_bundle)]) == 0
    out = capsys.readouterr().out
    assert out.count("\nartifact ") == len(json.loads((shipped_bundle / "manifest.json").read_text())["artifacts"])


@pytest.mark.parametrize("name", ["f.png", "f.webp", "f.heic", "f.jpg"])
def test_inspect_shows_the_tag_of_every_kind(
    name: str, photo: Path, jpeg_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if name == "f.heic":
        pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    assert main(["apply", "--filter", str(jpeg_bundle), "--quality", "93", str(photo), name]) == 0
    capsys.readouterr()
    assert main(["inspect", name]) == 0
    lines = dict(line.split(maxsplit=1) for line in capsys.readouterr().out.splitlines())
    codec = {"jpg": "jpeg"}.get(name[2:], name[2:])
    assert lines["file"] == f"{name}, {codec}, 301 x 225"
    assert lines["filter"] == "l0"
    assert lines["restoration"] == json.loads((jpeg_bundle / "manifest.json").read_text())["restoration"]
    assert lines["saved"] == ("as      jpeg, quality 93" if codec == "jpeg" else f"as      {codec}")


def test_notes_are_said_on_standard_error_and_limits_and_conversions_reach_the_reader(
    shipped_bundle: Path, refused: Callable[..., str], capfd: pytest.CaptureFixture[str]
) -> None:
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).convert("CMYK").save("p.jpg")
    assert "--convert" in refused("apply", "--filter", shipped_bundle, "p.jpg", "f.png")
    assert "declares 30 x 20" in refused("apply", "--filter", shipped_bundle, "--limit", "0.0001", "p.jpg", "f.png")
    assert main(["apply", "--filter", str(shipped_bundle), "--convert", "p.jpg", "f.png"]) == 0
    assert capfd.readouterr().err == "unfilter: p.jpg: CMYK was converted to sRGB without a profile\n"
    for command in (["inspect"], ["restore", "--filter", shipped_bundle]):
        arguments = ["f.png"] if command[0] == "inspect" else ["f.png", "r.png"]
        assert "declares 30 x 20" in refused(*command, "--limit", "0.0001", *arguments)


def test_inspect_shows_what_apply_would_refuse(capsys: pytest.CaptureFixture[str]) -> None:
    Image.fromarray(np.zeros((20, 30, 3), np.uint8)).convert("CMYK").save("p.jpg")
    assert main(["inspect", "p.jpg"]) == 0
    assert "note          CMYK was converted" in capsys.readouterr().out


def test_inspect_warns_of_a_file_that_was_saved_again(
    photo: Path, shipped_bundle: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["apply", "--filter", str(shipped_bundle), str(photo), "f.png"])
    write_photo(Path("f.jpg"), read_photo(Path("f.png")))
    capsys.readouterr()
    assert main(["inspect", "f.jpg"]) == 0
    assert "was saved as png and is now jpeg, so what it carried is damaged" in capsys.readouterr().out


def test_restore_of_an_untagged_file_asks_for_the_bundle(photo: Path, refused: Callable[..., str]) -> None:
    assert "--filter" in refused("restore", photo, "r.png")
    assert not Path("r.png").exists()


@pytest.mark.parametrize("command", ["apply", "inspect", "verify"])
def test_a_missing_bundle(command: str, photo: Path, refused: Callable[..., str]) -> None:
    arguments = {"apply": ["--filter", "absent", photo, "f.png"]}.get(command, ["absent"])
    assert "absent" in refused(command, *arguments)


@pytest.mark.parametrize("command", ["apply", "inspect", "verify", "restore"])
def test_a_changed_byte(
    command: str, photo: Path, bundle_copy: Path, flip_byte: Callable[[Path], None], refused: Callable[..., str]
) -> None:
    for name in ("forward", "inverse"):
        flip_byte(bundle_copy / f"onnx/{name}.onnx")
    arguments: list[object] = [bundle_copy]
    if command in ("apply", "restore"):
        arguments = ["--filter", bundle_copy, "--runtime", "onnx", photo, "out.png"]
    assert "sha256 differs" in refused(command, *arguments)
    assert not Path("out.png").exists()


def test_a_tile_plan_that_cannot_cut_the_photo(
    photo: Path,
    bundle_copy: Path,
    edit_manifest: Callable[[Path, Callable[[dict[str, Any]], Any]], None],
    refused: Callable[..., str],
) -> None:
    edit_manifest(bundle_copy, lambda fields: fields["tiles"].update(tile=100))
    refused("apply", "--filter", bundle_copy, photo, "f.png")


@pytest.mark.parametrize("content", [None, b"", b"text", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff\xe0"])
@pytest.mark.parametrize("command", ["apply", "restore", "inspect"])
def test_an_unreadable_photo(command: str, content: bytes | None, shipped_bundle: Path, refused: Callable[..., str]) -> None:
    if content is not None:
        Path("in.png").write_bytes(content)
    arguments = ["in.png"] if command == "inspect" else ["--filter", shipped_bundle, "in.png", "out.png"]
    assert "in.png" in refused(command, *arguments)
    assert not Path("out.png").exists()


@pytest.mark.parametrize("target", ["absent/f.png", "f.avif", "f"])
def test_an_output_that_cannot_be_written(
    target: str, photo: Path, shipped_bundle: Path, refused: Callable[..., str]
) -> None:
    assert target in refused("apply", "--filter", shipped_bundle, photo, target)
    assert list(Path().iterdir()) == []


def test_a_precision_that_the_bundle_lacks(photo: Path, shipped_bundle: Path, refused: Callable[..., str]) -> None:
    arguments = ["--filter", shipped_bundle, "--runtime", "onnx", "--precision", "w8a16", photo, "f.png"]
    assert "no onnx forward in w8a16" in refused("apply", *arguments)


def test_a_parameter_that_the_filter_lacks(photo: Path, shipped_bundle: Path, refused: Callable[..., str]) -> None:
    said = refused("apply", "--filter", shipped_bundle, "--set", "smoothness=0.03", photo, "f.png")
    assert "no parameter 'smoothness'; it has: none" in said
    assert list(Path().iterdir()) == []


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["appply"],
        ["apply", "in.png", "out.png"],
        ["apply", "--filter", "b"],
        ["apply", "--filter", "b", "--to", "gif", "in", "--out", "out"],
        ["apply", "--filter", "b", "--runtime", "onx", "in.png", "out.png"],
        ["apply", "--filter", "b", "--precision", "int8", "in.png", "out.png"],
        ["apply", "--filter", "b", "--quality", "0", "in.png", "out.jpg"],
        ["apply", "--filter", "b", "--subsampling", "4:2:2", "in.png", "out.jpg"],
        ["apply", "--filter", "b", "--limit", "0", "in.png", "out.png"],
        ["inspect", "--limit", "inf", "in.png"],
        ["apply", "--filter", "b", "--set", "smoothness", "in.png", "out.png"],
        ["apply", "--filter", "b", "--set", "smoothness=much", "in.png", "out.png"],
        ["verify", "b", "--require", "core_ml"],
    ],
    ids=" ".join,
)
def test_wrong_arguments_exit_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(arguments)
    assert caught.value.code == 2
    assert capsys.readouterr().err.startswith("usage: unfilter")


def test_a_missing_extra_is_told_with_the_line_that_adds_it(
    monkeypatch: pytest.MonkeyPatch, refused: Callable[..., str]
) -> None:
    monkeypatch.setattr(unfilter.cli, "find_spec", lambda name: None if name == "torch" else object())
    said = refused("convert", "l0")
    assert "`unfilter convert` needs torch" in said
    assert "pip install 'unfilter[convert]'" in said


def test_interruption_exits_130(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupt(arguments: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("unfilter.cli.inspect.run", interrupt)
    assert main(["inspect", "in.png"]) == 130
    assert capsys.readouterr().err == "unfilter: interrupted\n"


@pytest.fixture
def onnx_and_core_ml(monkeypatch: pytest.MonkeyPatch) -> None:
    """The quickest runtime, and one that Linux lacks."""
    monkeypatch.setattr(runtimes, "NAMES", ("onnx", "coreml"))


@pytest.mark.usefixtures("onnx_and_core_ml")
def test_verify_exits_0_and_writes_its_report(shipped_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(shipped_bundle), "--json", "report.json"]) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "OK: 15 pass"
    written = json.loads(Path("report.json").read_text())
    assert (written["failures"], len(written["graphs"]), len(written["round_trips"])) == ([], 6, 9)


@pytest.mark.skipif(sys.platform == "darwin", reason="Core ML runs here")
@pytest.mark.usefixtures("onnx_and_core_ml")
def test_verify_exits_1_where_a_required_runtime_was_not_run(lean_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(lean_bundle), "--require", "coreml"]) == 1
    assert "FAIL coreml: required" in capsys.readouterr().out


@pytest.mark.usefixtures("onnx_and_core_ml")
def test_verify_exits_1_on_weights_that_do_not_restore(altered_bundle: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["verify", str(altered_bundle)]) == 1
    assert "FAIL onnx fp32 inverse" in capsys.readouterr().out


@pytest.mark.usefixtures("onnx_and_core_ml")
@pytest.mark.parametrize("form", ["--json", "--junit", "--html"])
@pytest.mark.parametrize("target", ["absent/report", "folder"])
def test_verify_refuses_a_report_file_that_cannot_be_written(
    target: str, form: str, shipped_bundle: Path, refused: Callable[..., str]
) -> None:
    Path("folder").mkdir()
    assert refused("verify", shipped_bundle, form, target).startswith(f"unfilter: {target}")


def test_every_command_is_known_and_loads_lazily() -> None:
    assert set(commands()) >= COMMANDS
    for command in commands().values():
        assert command.SUMMARY
        assert (command.EXTRA is None) == (command.REQUIRES == ())


def test_a_command_loads_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = []
    load = EntryPoint.load

    def noted(point: EntryPoint) -> Any:
        if point.group == GROUP:
            loaded.append(point.name)
        return load(point)

    monkeypatch.setattr(EntryPoint, "load", noted)
    assert main(["filters"]) == 0
    assert loaded == ["filters"]
    assert main(["--", "filters"]) == 0


def test_the_installed_script_lists_every_command() -> None:
    script = Path(sysconfig.get_path("scripts")) / "unfilter"
    result = subprocess.run([script, "--help"], capture_output=True, text=True, check=True)
    text = " ".join(result.stdout.split())  # argparse breaks long lines
    for name, command in commands().items():
        assert f" {name} {command.SUMMARY}" in text
    assert "exit codes: 0 done, 1 a fidelity failure, 2 bad input" in text
    assert "3 some of several files failed" in text


def test_the_installed_script_exits_2_without_a_traceback() -> None:
    script = Path(sysconfig.get_path("scripts")) / "unfilter"
    result = subprocess.run([script, "inspect", "absent.png"], capture_output=True, text=True, check=False)
    assert (result.returncode, result.stdout, result.stderr) == (2, "", "unfilter: absent.png: no such file\n")
