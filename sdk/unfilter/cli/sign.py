"""`unfilter sign`: put a signature beside a bundle's manifest."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

SUMMARY = "sign a bundle, so that others can tell that it is yours and unaltered"
EXTRA: str | None = "sign"
REQUIRES: tuple[str, ...] = ("securesystemslib", "cryptography")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", type=Path, help="bundle folder; pack it afterwards")
    parser.add_argument("--key", metavar="PEM", type=Path, required=True, help="private key (Ed25519, ECDSA or RSA)")
    parser.add_argument("--passphrase-file", metavar="FILE", type=Path, help="its passphrase, where it has one")


def run(arguments: Namespace) -> int:
    from unfilter.errors import BundleError, UnfilterError
    from unfilter.find.archive import is_archive
    from unfilter.find.signing import sign
    from unfilter.format.bundle import Bundle

    if is_archive(arguments.bundle):
        raise BundleError(f"{arguments.bundle}: is packed; sign the folder that it was packed from, and pack it again")
    passphrase = None
    if arguments.passphrase_file:
        try:
            passphrase = arguments.passphrase_file.read_text(encoding="utf-8").rstrip("\r\n")
        except (OSError, UnicodeError) as error:
            raise UnfilterError(f"{arguments.passphrase_file}: cannot be read ({error})") from None
    bundle = Bundle(arguments.bundle)
    print(f"{sign(bundle, arguments.key, passphrase)}: {bundle.name} signed, {len(bundle.manifest.files)} files")
    return 0
