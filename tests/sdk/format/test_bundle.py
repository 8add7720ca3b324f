"""Laws: a broken manifest is one line that says where; no byte of any file changes unseen; nothing outside is touched."""

import contextlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from unfilter.errors import BundleError, UnfilterError
from unfilter.format.bundle import Bundle, digest
from unfilter.format.manifest import MANIFEST, Manifest

Fields = dict[str, Any]
EditManifest = Callable[[Path, Callable[[Fields], Any]], None]


def refusal(folder: Path) -> str:
    """The message that opening or checking `folder` ends with."""
    with pytest.raises(BundleError) as caught:
        Bundle(folder).check()
    message = str(caught.value)
    assert "\n" not in message
    assert str(folder) in message
    return message


def test_manifest_survives_json(shipped_bundle: Path) -> None:
    manifest = Bundle(shipped_bundle).manifest
    assert Manifest.model_validate_json(manifest.model_dump_json()) == manifest


def test_manifest_is_frozen(shipped_bundle: Path) -> None:
    with pytest.raises(ValidationError):
        Bundle(shipped_bundle).manifest.filter = "other"  # type: ignore[misc]


def test_manifest_lists_every_file_of_the_shipped_bundle(shipped_bundle: Path) -> None:
    present = {path.relative_to(shipped_bundle).as_posix() for path in shipped_bundle.rglob("*") if path.is_file()}
    assert present == {entry.path for entry in Bundle(shipped_bundle).manifest.files} | {MANIFEST}


def test_a_missing_folder_is_no_bundle(tmp_path: Path) -> None:
    assert "no bundle here" in refusal(tmp_path / "absent")


def test_a_file_is_no_bundle(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(b"")
    refusal(tmp_path / "photo.png")


@pytest.mark.parametrize(
    "content",
    [b"", b"not json", b'{"schema_version": 1', b"\xff\xfe\x00", b"[" * 100_000, b"[1]", b"null", b'"text"', b"{}"],
    ids=lambda content: repr(content[:12]),
)
def test_a_manifest_that_is_none_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / MANIFEST).write_bytes(content)
    assert MANIFEST in refusal(tmp_path)


@pytest.mark.parametrize("version", [0, -1, True, 1.5, "1", None])
def test_what_is_no_number_of_a_schema_is_named(bundle_copy: Path, edit_manifest: EditManifest, version: object) -> None:
    edit_manifest(bundle_copy, lambda fields: fields.update(schema_version=version))
    assert repr(version) in refusal(bundle_copy)


@pytest.mark.parametrize(
    ("change", "where"),
    [
        (lambda m: m.pop("goldens"), "goldens"),
        (lambda m: m.update(filter=7), "filter"),
        (lambda m: m.update(filter="../l0"), "filter"),
        (lambda m: m.update(restoration="6813"), "restoration"),
        (lambda m: m.update(files={}), "files"),
        (lambda m: m["files"][0].update(bytes=-1), "files.0.bytes"),
        (lambda m: m["files"][0].update(sha256="?"), "files.0.sha256"),
        (lambda m: m["tiles"].update(tile="large"), "tiles.tile"),
        (lambda m: m["artifacts"][0].update(format=7), "artifacts.0.format"),
        (lambda m: m["artifacts"][0].pop("precision"), "artifacts.0.precision"),
        (lambda m: m.update(requires="later"), "requires"),
    ],
)
def test_a_field_that_is_not_of_the_schema_is_named(
    bundle_copy: Path, edit_manifest: EditManifest, change: Callable[[Fields], Any], where: str
) -> None:
    edit_manifest(bundle_copy, change)
    assert f": {where}: " in refusal(bundle_copy)


@pytest.mark.parametrize(
    "plan",
    [
        {"tile": 100, "halo": 60, "alignment": 2},  # no larger than two halos: nothing would be kept
        {"tile": 767, "halo": 60, "alignment": 2},
        {"tile": 768, "halo": 61, "alignment": 2},
        {"tile": 768, "halo": 60, "alignment": 2, "forward_halo": 62},  # graphs would reach beyond what readers of halo give
        {"tile": 768, "halo": 60, "alignment": 2, "forward_halo": 31},
    ],
)
def test_a_tile_plan_that_cannot_cut_photos_is_refused(
    bundle_copy: Path, edit_manifest: EditManifest, plan: dict[str, int]
) -> None:
    edit_manifest(bundle_copy, lambda fields: fields.update(tiles=plan))
    refusal(bundle_copy)


SMOOTHNESS = {"name": "smoothness", "low": 0.01, "high": 0.04, "default": 0.02}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.update(hyper_parameters=[SMOOTHNESS]), "takes 2 hyper-parameters, not 1"),
        (lambda m: m.update(hyper_parameters=[]), "takes 2 hyper-parameters, not 0"),
        (lambda m: m.update(hyper_parameters=[SMOOTHNESS, SMOOTHNESS]), "named twice"),
        (lambda m: m.update(hyper_parameters=[SMOOTHNESS | {"default": 1}] * 2), "hyper_parameters.0: "),
        (lambda m: m["artifacts"][0].update(parameters=None), "(forward) takes 0 hyper-parameters, not 2"),
        (lambda m: m["artifacts"][1].update(parameters=m["artifacts"][0]["parameters"]), "(inverse) takes 2"),
        (lambda m: m["goldens"][1].update(parameters={"sigma": 0.1}), "golden chelsea: no value of factor"),
        (lambda m: m["goldens"][1]["parameters"].update(hue=1), "golden chelsea: this filter has no parameter 'hue'"),
        (lambda m: m["goldens"][1]["parameters"].update(sigma=9), "golden chelsea: sigma must lie in 0.05..0.4"),
    ],
)
def test_hyper_parameters_that_do_not_agree_are_refused(
    variable_bundle: Path, tmp_path: Path, edit_manifest: EditManifest, change: Callable[[Fields], Any], words: str
) -> None:
    (tmp_path / MANIFEST).write_bytes((variable_bundle / MANIFEST).read_bytes())
    edit_manifest(tmp_path, change)
    assert words in refusal(tmp_path)


def test_a_manifest_from_before_hyper_parameters_has_none(shipped_bundle: Path) -> None:
    fields = json.loads((shipped_bundle / MANIFEST).read_text())
    fields.pop("hyper_parameters", None)
    for entry in (*fields["artifacts"], *fields["goldens"]):
        entry.pop("parameters", None)
    old = Manifest.model_validate(fields)
    assert old == Bundle(shipped_bundle).manifest
    assert old.hyper_parameters == ()


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def places(value: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Where every value in nested JSON stands."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(place for key, inner in items for place in places(inner, (*path, key)))]


@given(content=st.binary(max_size=200) | json_values.map(lambda value: json.dumps(value).encode()))
def test_no_bytes_make_the_manifest_reader_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.getbasetemp() / "fuzzed"
    folder.mkdir(exist_ok=True)
    (folder / MANIFEST).write_bytes(content)
    refusal(folder)


OLD = Path(__file__).parents[2] / "fixtures/bundle-schema-1"


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_no_change_of_a_value_makes_a_bundle_raise_anything_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.getbasetemp() / "changed"
    shutil.copytree(OLD, folder, dirs_exist_ok=True)
    fields = json.loads((OLD / MANIFEST).read_text())
    for _ in range(data.draw(st.integers(1, 3))):
        *path, last = data.draw(st.sampled_from(places(fields)[1:]))
        inner = fields
        for key in path:
            inner = inner[key]
        inner[last] = data.draw(json_values | st.sampled_from(["../x", "/etc/passwd", "a" * 5000, "\0", "", ".", "onnx"]))
    (folder / MANIFEST).write_text(json.dumps(fields))
    with contextlib.suppress(UnfilterError):
        bundle = Bundle(folder)
        bundle.check()
    with contextlib.suppress(UnfilterError):
        bundle = Bundle(folder)
        for artifact in bundle.manifest.artifacts:
            bundle.check_artifact(artifact)


def test_what_a_manifest_says_cannot_break_the_line(bundle_copy: Path, edit_manifest: EditManifest) -> None:
    edit_manifest(bundle_copy, lambda fields: fields.update({"requires": ["two\nlines"]}))
    refusal(bundle_copy)


@pytest.mark.parametrize("path", ["../outside", "a/../../outside", "/etc/hostname", "link", "nul\0byte"])
def test_a_path_that_leaves_the_bundle_is_refused(bundle_copy: Path, edit_manifest: EditManifest, path: str) -> None:
    outside = bundle_copy.parent / "outside"
    outside.write_bytes(b"secret")
    (bundle_copy / "link").symlink_to(outside)
    entry = {"path": path, "sha256": digest(outside), "bytes": 6}
    edit_manifest(bundle_copy, lambda fields: fields["files"].insert(0, entry))
    refusal(bundle_copy)


def _names(bundle: Bundle, path: Path) -> bool:
    """Whether the check fails, and with that file's name."""
    try:
        bundle.check()
    except BundleError as error:
        return str(path) in str(error)
    return False


def test_one_changed_byte_in_any_file_is_seen(bundle_copy: Path, flip_byte: Callable[[Path], None]) -> None:
    bundle = Bundle(bundle_copy)
    bundle.check()
    unseen = []
    for entry in bundle.manifest.files:
        flip_byte(path := bundle_copy / entry.path)
        if not _names(bundle, path):
            unseen.append(entry.path)
        flip_byte(path)
    assert unseen == []
    bundle.check()


def test_a_volatile_file_may_be_written_again_but_not_changed(bundle_copy: Path) -> None:
    volatile = [bundle_copy / entry.path for entry in Bundle(bundle_copy).manifest.files if entry.volatile]
    assert {path.name for path in volatile} == {"Manifest.json"}  # Core ML's own
    for path in volatile:
        content = json.loads(path.read_text())
        path.write_text(json.dumps(dict(reversed(content.items())), indent=3))
    Bundle(bundle_copy).check()
    for changed in (json.dumps(content | {"more": 1}), "[" * 100_000, "", "\0"):
        path.write_text(changed)
        assert str(path) in refusal(bundle_copy)


def test_a_missing_file_is_named(bundle_copy: Path) -> None:
    for entry in Bundle(bundle_copy).manifest.files:
        path = bundle_copy / entry.path
        path.rename(path.with_name("moved"))
        assert f"{path}: missing" in refusal(bundle_copy)
        path.with_name("moved").rename(path)


@pytest.mark.parametrize("resize", [lambda content: content[:-1], lambda content: content + b"\0", lambda content: b""])
def test_a_changed_size_is_told_with_both_sizes(bundle_copy: Path, resize: Callable[[bytes], bytes]) -> None:
    path = bundle_copy / "onnx/inverse.onnx"
    before = path.read_bytes()
    path.write_bytes(resize(before))
    message = refusal(bundle_copy)
    assert f"{len(resize(before))} bytes where the manifest says {len(before)}" in message


def test_an_artifact_that_the_manifest_has_no_digest_of_is_refused(bundle_copy: Path, edit_manifest: EditManifest) -> None:
    def forget(fields: Fields) -> None:
        fields["files"] = [entry for entry in fields["files"] if entry["path"] != "onnx/inverse.onnx"]

    edit_manifest(bundle_copy, forget)
    refusal(bundle_copy)


def test_check_of_an_artifact_looks_at_its_own_files_only(bundle_copy: Path, flip_byte: Callable[[Path], None]) -> None:
    bundle = Bundle(bundle_copy)
    flip_byte(bundle_copy / "coreml/inverse_fp32.mlpackage/Data/com.apple.CoreML/weights/weight.bin")
    bundle.check_artifact(bundle.artifact("mlpackage", "inverse", "fp16"))
    with pytest.raises(BundleError, match=r"inverse_fp32\.mlpackage.*weight\.bin"):
        bundle.check_artifact(bundle.artifact("mlpackage", "inverse", "fp32"))


def test_every_artifact_is_found_by_format_direction_and_precision(shipped_bundle: Path) -> None:
    bundle = Bundle(shipped_bundle)
    for artifact in bundle.manifest.artifacts:
        assert bundle.artifact(artifact.format, artifact.direction, artifact.precision) is artifact


def test_a_precision_that_is_not_there_is_named(shipped_bundle: Path) -> None:
    with pytest.raises(BundleError, match="no pt2 inverse in fp16"):
        Bundle(shipped_bundle).artifact("pt2", "inverse", "fp16")


def test_digest_is_sha256_of_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "abc").write_bytes(b"abc")  # FIPS 180-4, example
    assert digest(tmp_path / "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_manifest_on_disk_is_json_with_its_schema_first(shipped_bundle: Path) -> None:
    """Another version must be able to see which schema it is before it knows any other field."""
    assert next(iter(json.loads((shipped_bundle / MANIFEST).read_text()).items())) == ("schema_version", 1)
