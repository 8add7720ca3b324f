"""Laws: equal bundles pack to equal bytes; nothing is written outside of the folder; a hostile archive is one line."""

import contextlib
import io
import shutil
import stat
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from unfilter.errors import BundleError
from unfilter.find import archive
from unfilter.find.archive import Archive, pack
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import MANIFEST, is_inside

Members = list[tuple[zipfile.ZipInfo, bytes]]


@pytest.fixture(scope="session")
def packed(small_bundle: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """`small_bundle` as one file. Read only."""
    path = tmp_path_factory.mktemp("packed") / "l0.unfilter"
    pack(Bundle(small_bundle), path)
    return path


def members_of(path: Path) -> Members:
    with zipfile.ZipFile(path) as opened:
        return [(member, opened.read(member)) for member in opened.infolist()]


def write(path: Path, members: Members) -> Path:
    with zipfile.ZipFile(path, "w") as opened:
        for member, content in members:
            opened.writestr(member, content)
    return path


def refusal(path: Path, folder: Path) -> str:
    """The message that opening or unpacking ends with; nothing outside of `folder` is written."""
    with pytest.raises(BundleError) as caught:
        Archive(path).put_into(folder)
    assert "\n" not in str(caught.value)
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_packing_gives_the_same_bytes_wherever_and_whenever(small_bundle: Path, packed: Path, tmp_path: Path) -> None:
    copy = tmp_path / "another name"
    shutil.copytree(small_bundle, copy)
    for path in copy.rglob("*"):
        path.chmod(0o700)
        path.touch()
    pack(Bundle(copy), tmp_path / "again.unfilter")
    assert (tmp_path / "again.unfilter").read_bytes() == packed.read_bytes()


def test_unpacking_gives_back_every_file_and_no_other(small_bundle: Path, packed: Path, tmp_path: Path) -> None:
    Archive(packed).put_into(tmp_path)
    Bundle(tmp_path).check()
    files = [path.relative_to(tmp_path) for path in tmp_path.rglob("*") if path.is_file()]
    assert sorted(files) == sorted(path.relative_to(small_bundle) for path in small_bundle.rglob("*") if path.is_file())
    assert all((tmp_path / file).read_bytes() == (small_bundle / file).read_bytes() for file in files)


def test_a_changed_bundle_is_not_packed(small_bundle: Path, tmp_path: Path, flip_byte: Callable[[Path], None]) -> None:
    shutil.copytree(small_bundle, copy := tmp_path / "l0")
    flip_byte(copy / "onnx/forward.onnx")
    with pytest.raises(BundleError, match="sha256 differs"):
        pack(Bundle(copy), tmp_path / "l0.unfilter")
    assert list(tmp_path.iterdir()) == [copy]


def test_a_compressed_archive_of_another_tool_opens_too(packed: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "l0.unfilter", "w", zipfile.ZIP_DEFLATED) as opened:
        opened.mkdir("onnx")
        for member, content in reversed(members_of(packed)):
            opened.writestr(member.filename, content)
    (tmp_path / "out").mkdir()
    Archive(tmp_path / "l0.unfilter").put_into(tmp_path / "out")
    Bundle(tmp_path / "out").check()


def _named(name: str) -> Callable[[Members], Members]:
    return lambda members: [*members, (zipfile.ZipInfo(name), b"x")]


def _link(members: Members) -> Members:
    member = zipfile.ZipInfo("onnx/link")
    member.create_system, member.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    return [*members, (member, b"/etc/passwd")]


def _lzma(members: Members) -> Members:
    member = zipfile.ZipInfo("tool.json")
    member.compress_type = zipfile.ZIP_LZMA
    return [*members[:-1], (member, members[-1][1])]


def _twice(members: Members) -> Members:
    return [*members, (zipfile.ZipInfo("ONNX/Forward.onnx"), b"x")]


def _nested(members: Members) -> Members:
    return [(zipfile.ZipInfo("l0/" + member.filename), content) for member, content in members]


def _larger(members: Members) -> Members:
    return [(member, content + b"x" * member.filename.endswith(".onnx")) for member, content in members]


def _manifest_lists(path: str) -> Callable[[Members], Members]:
    def change(members: Members) -> Members:
        return [
            (member, content.replace(b'"CARD.md"', f'"{path}"'.encode()) if member.filename == MANIFEST else content)
            for member, content in members
        ]

    return change


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (_named("../outside"), "leads out of it"),
        (_named("onnx/../../outside"), "leads out of it"),
        (_named("/outside"), "leads out of it"),
        (_named("C:/outside"), "leads out of it"),
        (_named("..\\outside"), "leads out of it"),
        (_named("onnx/two\nlines"), "leads out of it"),
        (_named("onnx/extra.onnx"), "does not list"),
        (_named("__MACOSX/._CARD.md"), "does not list"),
        (_link, "is a link"),
        (_twice, "stands in it twice"),
        (_lzma, "compressed in a way"),
        (_nested, f"no {MANIFEST} at its top"),
        (_larger, "where its manifest says"),
        (lambda members: members[:-1], "lacks 'tool.json'"),
        (_manifest_lists("../outside"), "leads out of it"),
        (lambda _: [], f"no {MANIFEST} at its top"),
    ],
)
def test_a_hostile_archive_is_refused_and_writes_nothing_outside(
    packed: Path, tmp_path: Path, change: Callable[[Members], Members], reason: str
) -> None:
    path = write(tmp_path / "bad.unfilter", change(members_of(packed)))
    (tmp_path / "out").mkdir()
    assert reason in refusal(path, tmp_path / "out")
    assert sorted(entry.name for entry in tmp_path.iterdir()) == ["bad.unfilter", "out"]
    assert not any(entry.is_symlink() for entry in tmp_path.rglob("*"))


def test_a_name_that_stands_twice_is_refused(packed: Path, tmp_path: Path) -> None:
    with pytest.warns(UserWarning, match="Duplicate name"):
        path = write(tmp_path / "bad.unfilter", [*(members := members_of(packed)), members[-1]])
    assert "stands in it twice" in refusal(path, tmp_path)


def test_an_encrypted_member_is_refused(packed: Path, tmp_path: Path) -> None:
    content = bytearray(packed.read_bytes())
    for signature, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):  # every header; APPNOTE 4.4.4, bit 0
        place = content.find(signature)
        while place >= 0:
            content[place + flags] |= 1
            place = content.find(signature, place + 4)
    (tmp_path / "bad.unfilter").write_bytes(content)
    assert "is encrypted" in refusal(tmp_path / "bad.unfilter", tmp_path)


def test_a_bomb_is_refused_by_its_declared_size(
    packed: Path, tmp_path: Path, small_bundle: Path, edit_manifest: Callable[[Path, Callable[[Any], Any]], None]
) -> None:
    (tmp_path / MANIFEST).write_bytes((small_bundle / MANIFEST).read_bytes())

    def volatile_only(fields: dict[str, Any]) -> None:
        fields["files"] = [entry for entry in fields["files"] if entry["volatile"]]

    edit_manifest(tmp_path, volatile_only)
    bomb = zipfile.ZipInfo("tool.json")
    bomb.compress_type = zipfile.ZIP_DEFLATED
    manifest = (zipfile.ZipInfo(MANIFEST), (tmp_path / MANIFEST).read_bytes())
    path = write(tmp_path / "bad.unfilter", [manifest, (bomb, bytes(64 << 20))])
    assert path.stat().st_size < 100_000
    assert "which no bundle does" in refusal(path, tmp_path)


def test_a_member_that_is_larger_than_it_declares_is_cut_or_refused_never_written_whole(
    packed: Path, tmp_path: Path
) -> None:
    """The size that a deflated stream declares is a lie; what is checked is what is written."""
    members = [(member, content) for member, content in members_of(packed) if member.filename != "tool.json"]
    lying = zipfile.ZipInfo("tool.json")
    lying.compress_type = zipfile.ZIP_DEFLATED
    path = write(tmp_path / "bad.unfilter", [*members, (lying, bytes(32 << 20))])
    content = bytearray(path.read_bytes())
    directory = content.rfind(b"PK\x01\x02")
    struct.pack_into("<I", content, directory + 24, 16)  # uncompressed size, APPNOTE 4.3.12
    path.write_bytes(content)
    (tmp_path / "out").mkdir()
    assert "damaged" in refusal(path, tmp_path / "out")
    assert sum(entry.stat().st_size for entry in (tmp_path / "out").rglob("*.json")) <= 16


def test_too_many_members_are_refused(packed: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "_MEMBERS", 3)
    assert "members" in refusal(packed, tmp_path)


@pytest.mark.parametrize("content", [b"", b"text", b"PK\x05\x06" + bytes(18), b"PK\x03\x04" + bytes(100)])
def test_what_is_no_archive_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "bad.unfilter").write_bytes(content)
    assert "no packed bundle" in refusal(tmp_path / "bad.unfilter", tmp_path)


@pytest.fixture(scope="module")
def tiny(packed: Path) -> bytes:
    """An archive of a manifest and two small files, whose every byte may be changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as opened:
        for member, content in members_of(packed):
            if not member.filename.endswith(".onnx"):
                opened.writestr(member.filename, content)
    return file.getvalue()


@given(data=st.data())
def test_no_change_of_bytes_makes_an_archive_raise_anything_else_or_write_outside(
    tmp_path_factory: pytest.TempPathFactory, tiny: bytes, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("fuzzed")
    content = bytearray(tiny)
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    cut = data.draw(st.none() | st.integers(0, len(content)))
    (folder / "bad.unfilter").write_bytes(content[:cut])
    (folder / "out").mkdir()
    with contextlib.suppress(BundleError):
        Archive(folder / "bad.unfilter").put_into(folder / "out")
    assert sorted(entry.name for entry in folder.iterdir()) == ["bad.unfilter", "out"]
    shutil.rmtree(folder)


@given(st.text(st.characters(), max_size=30) | st.text("./\\:ab ", max_size=12))
def test_a_path_that_counts_as_inside_is_below_the_folder(name: str) -> None:
    if is_inside(name):
        path = Path("/folder", name)
        assert path.is_relative_to("/folder")
        assert ".." not in path.parts
