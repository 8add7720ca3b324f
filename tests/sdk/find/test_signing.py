"""Laws: with a key demanded, only what that key signed is opened, in every form and by every way in; without, all is."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from unfilter import Filter
from unfilter.cli import main
from unfilter.errors import BundleError, UnfilterError
from unfilter.find import signing, store
from unfilter.find.archive import Archive, pack
from unfilter.find.search_path import open_bundle
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import SIGNATURE

pytest.importorskip("securesystemslib", reason="the extra sign is not installed")
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa, x25519

EditManifest = Callable[[Path, Callable[[dict[str, Any]], Any]], None]
pytestmark = pytest.mark.usefixtures("elsewhere")


def write_keys(folder: Path, key: Any, passphrase: bytes | None = None) -> tuple[Path, Path]:
    """Private and public PEM files."""
    folder.mkdir(exist_ok=True)
    private, public = folder / "private.pem", folder / "public.pem"
    secret = serialization.BestAvailableEncryption(passphrase) if passphrase else serialization.NoEncryption()
    private.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, secret))
    public.write_bytes(
        key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    )
    return private, public


@pytest.fixture
def keys(elsewhere: Path) -> tuple[Path, Path]:
    return write_keys(elsewhere / "mine", ed25519.Ed25519PrivateKey.generate())


@pytest.fixture
def other(elsewhere: Path) -> Path:
    """Somebody else's public key."""
    return write_keys(elsewhere / "other", ed25519.Ed25519PrivateKey.generate())[1]


@pytest.fixture
def unsigned(small_bundle: Path, elsewhere: Path) -> Path:
    shutil.copytree(small_bundle, folder := elsewhere / "l0_bundle")
    return folder


@pytest.fixture
def signed(unsigned: Path, keys: tuple[Path, Path]) -> Path:
    assert main(["sign", str(unsigned), "--key", str(keys[0])]) == 0
    return unsigned


def test_a_signed_bundle_opens_by_the_key_that_signed_it(signed: Path, keys: tuple[Path, Path]) -> None:
    assert Filter.open(signed, runtime="onnx", public_key=keys[1]).bundle.id == Bundle(signed).id


def test_an_unsigned_bundle_opens_only_where_nothing_is_demanded(unsigned: Path, keys: tuple[Path, Path]) -> None:
    assert open_bundle(unsigned).manifest.filter == "l0"
    with pytest.raises(BundleError, match="is not signed, and"):
        open_bundle(unsigned, keys[1])


def test_a_signature_by_another_key_is_refused(signed: Path, other: Path) -> None:
    with pytest.raises(BundleError, match="is not signed by"):
        open_bundle(signed, other)


def test_a_manifest_that_was_altered_is_refused(signed: Path, keys: tuple[Path, Path], edit_manifest: EditManifest) -> None:
    edit_manifest(signed, lambda fields: fields.update(filter="l1"))
    with pytest.raises(BundleError, match="altered after it was signed"):
        open_bundle(signed, keys[1])


def test_an_artifact_that_was_altered_never_loads_even_with_the_manifest_hashed_again(
    signed: Path, keys: tuple[Path, Path], flip_byte: Callable[[Path], None]
) -> None:
    flip_byte(signed / "onnx/forward.onnx")
    with pytest.raises(BundleError, match="sha256 differs"):
        Filter.open(signed, runtime="onnx", public_key=keys[1]).graph("forward")


def test_the_signature_of_one_bundle_does_not_vouch_for_another(
    signed: Path, keys: tuple[Path, Path], small_bundle: Path, tmp_path: Path, edit_manifest: EditManifest
) -> None:
    shutil.copytree(small_bundle, another := tmp_path / "another")
    edit_manifest(another, lambda fields: fields.update(restoration="1" * 64))
    shutil.copyfile(signed / SIGNATURE, another / SIGNATURE)
    with pytest.raises(BundleError, match="altered"):
        open_bundle(another, keys[1])


def test_a_signature_travels_packed_unpacked_and_installed(signed: Path, keys: tuple[Path, Path]) -> None:
    pack(Bundle(signed), packed := signed.parent / "l0.unfilter")
    pack(Bundle(signed), again := signed.parent / "again.unfilter")
    assert packed.read_bytes() == again.read_bytes()
    assert Archive(packed).signature == (signed / SIGNATURE).read_bytes()
    assert open_bundle(packed, keys[1]).signature == Archive(packed).signature
    installed, _ = store.install(packed, keys[1])
    assert open_bundle("l0", keys[1]).folder == installed.folder


def test_a_packed_bundle_that_is_not_signed_as_demanded_is_never_unpacked(
    unsigned: Path, keys: tuple[Path, Path], refused: Callable[..., str]
) -> None:
    pack(Bundle(unsigned), packed := unsigned.parent / "l0.unfilter")
    assert "is not signed" in refused("install", packed, "--public-key", keys[1])
    with pytest.raises(BundleError, match="is not signed"):
        open_bundle(packed, keys[1])
    assert not store.installed().exists()
    assert not any(store.unpacked().iterdir())


def test_an_unsigned_copy_that_was_unpacked_before_gets_the_signature(unsigned: Path, keys: tuple[Path, Path]) -> None:
    pack(Bundle(unsigned), packed := unsigned.parent / "l0.unfilter")
    assert open_bundle(packed).signature is None
    signing.sign(Bundle(unsigned), keys[0])
    pack(Bundle(unsigned), packed)
    assert open_bundle(packed, keys[1]).signature is not None


@pytest.mark.parametrize(
    "command", [["inspect"], ["verify"], ["pack"], ["card"], ["apply", "photo.png", "out.png", "--filter"]]
)
def test_the_environment_demands_a_signature_of_every_command(
    command: list[str], unsigned: Path, keys: tuple[Path, Path], refused: Callable[..., str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(signing.VARIABLE, str(keys[1]))
    assert "is not signed" in refused(*command, unsigned)


def test_restore_finds_no_unsigned_bundle_by_the_tag(
    unsigned: Path,
    keys: tuple[Path, Path],
    golden_photos: Path,
    refused: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert main(["apply", "--filter", str(unsigned), str(golden_photos / "chelsea.webp"), "f.png"]) == 0
    capfd.readouterr()
    monkeypatch.setenv("UNFILTER_BUNDLES", str(unsigned.parent))
    monkeypatch.setenv(signing.VARIABLE, str(keys[1]))
    assert "is not signed" in refused("restore", "f.png", "r.png")


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"{}", b'{"payload": "", "payloadType": "", "signatures": [{}]}', b"\xff", b'{"payload": 1}', b"[" * 5000],
)
def test_a_signature_file_of_nonsense_is_refused_in_one_line(
    content: bytes, unsigned: Path, keys: tuple[Path, Path]
) -> None:
    (unsigned / SIGNATURE).write_bytes(content)
    with pytest.raises(BundleError) as caught:
        open_bundle(unsigned, keys[1])
    assert "\n" not in str(caught.value)


def test_a_changed_bundle_is_not_signed(
    unsigned: Path, keys: tuple[Path, Path], flip_byte: Callable[[Path], None], refused: Callable[..., str]
) -> None:
    flip_byte(unsigned / "onnx/forward.onnx")
    assert "sha256 differs" in refused("sign", unsigned, "--key", keys[0])
    assert not (unsigned / SIGNATURE).exists()


@pytest.mark.parametrize(
    "make", [lambda: ec.generate_private_key(ec.SECP256R1()), lambda: rsa.generate_private_key(65537, 2048)]
)
def test_other_kinds_of_keys_do_too(make: Callable[[], Any], unsigned: Path, tmp_path: Path) -> None:
    private, public = write_keys(tmp_path / "keys", make())
    signing.sign(Bundle(unsigned), private)
    assert open_bundle(unsigned, public).signature is not None


def test_a_key_with_a_passphrase_needs_it(unsigned: Path, tmp_path: Path, refused: Callable[..., str]) -> None:
    private, public = write_keys(tmp_path / "keys", ed25519.Ed25519PrivateKey.generate(), b"secret")
    assert "private.pem" in refused("sign", unsigned, "--key", private)
    (tmp_path / "passphrase").write_text("secret\n")
    assert main(["sign", str(unsigned), "--key", str(private), "--passphrase-file", str(tmp_path / "passphrase")]) == 0
    assert open_bundle(unsigned, public).signature is not None


def test_a_file_that_is_no_key_is_named(unsigned: Path, keys: tuple[Path, Path], tmp_path: Path) -> None:
    private, _ = write_keys(tmp_path / "x25519", x25519.X25519PrivateKey.generate())
    (tmp_path / "text.pem").write_text("no key")
    for bad in (tmp_path / "missing.pem", tmp_path / "text.pem", keys[1], private):
        with pytest.raises(UnfilterError, match=bad.name):
            signing.sign(Bundle(unsigned), bad)
    for bad in (tmp_path / "missing.pem", tmp_path / "text.pem", keys[0], tmp_path / "x25519/public.pem"):
        with pytest.raises(UnfilterError, match=bad.name):
            signing.check(Bundle(unsigned), bad, unsigned)


def test_a_packed_bundle_is_signed_before_it_is_packed(
    unsigned: Path, keys: tuple[Path, Path], refused: Callable[..., str]
) -> None:
    pack(Bundle(unsigned), packed := unsigned.parent / "l0.unfilter")
    assert "sign the folder" in refused("sign", packed, "--key", keys[0])


def test_the_signature_is_an_envelope_over_the_very_manifest(signed: Path) -> None:
    from base64 import b64decode

    envelope = json.loads((signed / SIGNATURE).read_text())
    assert b64decode(envelope["payload"]) == (signed / "manifest.json").read_bytes()
    assert envelope["payloadType"] == signing.PAYLOAD_TYPE
