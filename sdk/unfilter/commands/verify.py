"""`unfilter verify`: prove that a bundle restores, on every runtime of this machine."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unfilter import runtimes

SUMMARY = "prove that a bundle restores, every forward against every inverse"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("bundle", metavar="BUNDLE", help="bundle folder, packed bundle, or name of a filter")
    parser.add_argument(
        "--require",
        action="append",
        default=[],
        choices=runtimes.NAMES,
        help="fail unless this runtime was verified on its vendor's own runtime (may be repeated)",
    )
    parser.add_argument("--public-key", metavar="PEM", type=Path, help="fail unless this key signed the bundle")
    parser.add_argument(
        "--locate",
        action="store_true",
        help="of each graph that failed, walk it beside one that is right and name the first operation that departs",
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the report there too")


def run(arguments: Namespace) -> int:
    from unfilter.commands.progress import announce, finish
    from unfilter.errors import UnfilterError
    from unfilter.fidelity import render, verify
    from unfilter.files import replacing
    from unfilter.search_path import open_bundle

    if arguments.json and not arguments.json.parent.is_dir():
        raise UnfilterError(f"{arguments.json}: the folder {arguments.json.parent} does not exist; create it first")
    if arguments.json and arguments.json.is_dir():
        raise UnfilterError(f"{arguments.json}: is a folder; name a file for the report")
    bundle = open_bundle(arguments.bundle, arguments.public_key)
    report = verify(bundle, required=arguments.require, report=announce)
    finish()
    print(render(report))
    if arguments.locate:
        from unfilter.locate import locate_failures

        found = [str(each) for each in locate_failures(bundle, report, announce)]
        finish()
        print("\n".join(["", *(found or ["nothing to locate: no graph failed"])]))
    if arguments.json:
        with replacing(arguments.json) as temporary:
            temporary.write_text(report.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return 1 if report.failures else 0
