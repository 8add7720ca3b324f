"""`unfilter card`: the model card of a filter."""

from argparse import ArgumentParser, Namespace

SUMMARY = "print the model card of a filter: what it was trained on, what it costs, how well it restores"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="FILTER", help="name of a filter, bundle folder, or packed bundle (.unfilter)")


def run(arguments: Namespace) -> int:
    from unfilter.errors import BundleError
    from unfilter.find.search_path import open_bundle

    bundle = open_bundle(arguments.bundle)
    try:
        text = bundle.card.read_text(encoding="utf-8") if bundle.card else None
    except (OSError, ValueError) as error:
        raise BundleError(f"{bundle.card}: cannot be read ({error})") from None
    if text is None:
        raise BundleError(f"{bundle.folder}: has no model card")
    # A card may come from anywhere, and a terminal obeys what is not printable.
    print("\n".join("".join(filter(str.isprintable, line)) for line in text.splitlines()))
    return 0
