"""`unfilter uninstall`: remove a filter that `unfilter install` brought."""

from argparse import ArgumentParser, Namespace

SUMMARY = "remove an installed filter; photos that it filtered need it to be restored"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("name", metavar="NAME", help="such as l0, or l0@13b9 where several are installed")


def run(arguments: Namespace) -> int:
    from unfilter.errors import BundleError
    from unfilter.files import remove_folder
    from unfilter.find import store
    from unfilter.find.search_path import by_name

    bundle = by_name(arguments.name, [store.installed()])
    try:
        remove_folder(bundle.folder)
    except OSError as error:
        raise BundleError(f"{bundle.folder}: cannot be removed ({error})") from None
    print(f"{bundle.name}: removed from {bundle.folder}; photos that it filtered need it to be restored")
    return 0
