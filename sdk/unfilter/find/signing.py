"""Signatures of bundles: who made one is proven by a key that the user pins, not by where the bundle came from.

What is signed is the manifest, which has the sha256 of every other file. The signature stands beside it as `signature.json`,
a DSSE envelope (https://github.com/secure-systems-lab/dsse, the envelope of in-toto and sigstore) by securesystemslib. Keys
are PEM files: Ed25519, ECDSA or RSA.

Law: with a key demanded, a bundle is opened only if that key signed the very bytes of the manifest that is read.
"""

import json
import os
from pathlib import Path
from typing import Any, Protocol

from unfilter.errors import BundleError, UnfilterError
from unfilter.files import replacing
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import SIGNATURE
from unfilter.run.runtimes import missing

VARIABLE = "UNFILTER_PUBLIC_KEY"
"""Environment variable: a PEM file; where it is set, every bundle that is opened or installed must be signed by that key."""

PAYLOAD_TYPE = "application/vnd.unfilter.manifest+json"


class Signed(Protocol):
    """A bundle, in a folder or packed. `signature` is the content of its `signature.json`; None where it has none."""

    manifest_bytes: bytes

    @property
    def signature(self) -> bytes | None: ...


def demanded() -> Path | None:
    """The key that the user pinned by the environment; None where nothing is demanded."""
    named = os.environ.get(VARIABLE)
    return Path(named) if named else None


def sign(bundle: Bundle, private_key: Path, passphrase: str | None = None) -> Path:
    """Compare every file with the manifest, then write `signature.json` into the bundle; one that stood there is replaced.

    Raises:
        BundleError: a file is missing or changed, or the folder cannot be written to.
        UnfilterError: no private key in that file, or another passphrase.
        RuntimeUnavailable: the extra `sign` is missing.
    """
    _refuse_without_library()
    from cryptography.hazmat.primitives.serialization import load_pem_private_key
    from securesystemslib.dsse import Envelope
    from securesystemslib.signer import CryptoSigner

    bundle.check()
    secret = passphrase.encode() if passphrase else None
    signer = _loaded(private_key, "private", lambda content: CryptoSigner(load_pem_private_key(content, secret)))
    envelope = Envelope(bundle.manifest_bytes, PAYLOAD_TYPE, {})
    envelope.sign(signer)
    target = bundle.folder / SIGNATURE
    try:
        with replacing(target) as temporary:
            temporary.write_text(json.dumps(envelope.to_dict(), indent=2) + "\n", encoding="utf-8")
    except OSError as error:
        raise BundleError(f"{target}: cannot be written ({error.strerror})") from None
    return target


def check(bundle: Signed, public_key: Path, source: Path) -> None:
    """Refuse `bundle`, which lies at `source`, unless the owner of `public_key` signed its manifest.

    Raises:
        BundleError: it is not signed, by another key, or not as it is.
        UnfilterError: no public key in that file.
        RuntimeUnavailable: the extra `sign` is missing.
    """
    _refuse_without_library()
    from cryptography.hazmat.primitives.serialization import load_pem_public_key
    from securesystemslib.dsse import Envelope
    from securesystemslib.exceptions import VerificationError
    from securesystemslib.signer import SSlibKey

    key = _loaded(public_key, "public", lambda content: SSlibKey.from_crypto(load_pem_public_key(content)))
    signature = bundle.signature
    if signature is None:
        raise BundleError(f"{source}: is not signed, and {public_key} is demanded; do not use it, or demand no signature")
    try:
        envelope = Envelope.from_dict(json.loads(signature))
        envelope.verify([key], 1)
    except VerificationError:
        raise BundleError(f"{source}: is not signed by {public_key}; do not use it") from None
    except Exception as error:  # a hostile file makes the library raise whatever its parts do
        raise BundleError(f"{source}: {SIGNATURE} is no signature ({type(error).__name__}); do not use it") from None
    if (envelope.payload_type, envelope.payload) != (PAYLOAD_TYPE, bundle.manifest_bytes):
        raise BundleError(f"{source}: was altered after it was signed: its manifest is another one; do not use it")


def _refuse_without_library() -> None:
    from unfilter.errors import RuntimeUnavailable

    for package in ("securesystemslib", "cryptography"):
        if reason := missing(package, "sign"):
            raise RuntimeUnavailable(f"signatures: {reason}")


def _loaded(path: Path, kind: str, load: Any) -> Any:
    try:
        return load(path.read_bytes())
    except OSError as error:
        raise UnfilterError(f"{path}: cannot be read ({error.strerror})") from None
    except (ValueError, TypeError) as error:  # TypeError: a passphrase is missing, or superfluous
        reason = " ".join(str(error).split())
        raise UnfilterError(f"{path}: is no {kind} key in PEM ({reason}); make one with openssl genpkey") from None
    except Exception as error:  # cryptography and securesystemslib have classes of their own for keys they do not take
        raise UnfilterError(f"{path}: is a {kind} key of a kind that is not taken ({error}); use Ed25519") from None
