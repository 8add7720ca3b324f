"""What `verify` and `judge` share: tolerances to judge by, a baseline to compare with, the forms of a report."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unfilter.proof.fidelity import FidelityReport, Tolerance
    from unfilter.proof.fidelity.gallery import Gallery

FORMS = ("json", "junit", "html")


def add_report_arguments(parser: ArgumentParser) -> None:
    """Options that `tolerances`, `check_targets` and `deliver` read."""
    parser.add_argument(
        "--tolerances", metavar="FILE", type=Path, help="TOML that overrides some of the tolerances (docs/verify.md)"
    )
    parser.add_argument(
        "--baseline", metavar="REPORT", type=Path, help="JSON of an earlier report: fail where anything is worse than there"
    )
    parser.add_argument("--json", metavar="FILE", type=Path, help="write the report there too, to be judged again later")
    parser.add_argument("--junit", metavar="FILE", type=Path, help="write it as JUnit XML, for continuous integration")
    parser.add_argument("--html", metavar="FILE", type=Path, help="write it as one page that needs nothing else")


def check_targets(arguments: Namespace) -> None:
    """Before anything is measured: can the reports be written?

    Raises:
        UnfilterError: a folder does not exist, or a folder stands there.
    """
    from unfilter.errors import UnfilterError

    for path in (getattr(arguments, form) for form in FORMS):
        if path and not path.parent.is_dir():
            raise UnfilterError(f"{path}: the folder {path.parent} does not exist; create it first")
        if path and path.is_dir():
            raise UnfilterError(f"{path}: is a folder; name a file for the report")


def tolerances(arguments: Namespace) -> "dict[str, Tolerance]":
    """Those that ship, with what the user's file says otherwise.

    Raises:
        UnfilterError: the file is no file of tolerances.
    """
    from unfilter.proof.fidelity import TOLERANCES, read_tolerances

    return read_tolerances(arguments.tolerances, TOLERANCES) if arguments.tolerances else TOLERANCES


def baseline(arguments: Namespace) -> "FidelityReport | None":
    """The earlier report, read before anything is measured.

    Raises:
        UnfilterError: the file is no report.
    """
    from unfilter.proof.fidelity import read_report

    return read_report(arguments.baseline) if arguments.baseline else None


def deliver(
    report: "FidelityReport", earlier: "FidelityReport | None", arguments: Namespace, gallery: "Gallery | None" = None
) -> int:
    """Print and write the report; the exit code is 1 for a failure or a regression.

    Raises:
        UnfilterError: the baseline cannot be compared with the report.
    """
    from unfilter.proof.fidelity.baseline import regressions
    from unfilter.proof.fidelity.reports.junit import junit
    from unfilter.proof.fidelity.reports.page import page
    from unfilter.proof.fidelity.reports.terminal import render

    if arguments.json:  # first, so that what was measured is kept whatever the baseline is
        _write(arguments.json, report.model_dump_json(indent=2) + "\n")
    worse = None if earlier is None else regressions(report, earlier)
    print(render(report, worse))
    if arguments.junit:
        _write(arguments.junit, junit(report, worse))
    if arguments.html:
        _write(arguments.html, page(report, gallery, worse))
    return 1 if report.failures or worse else 0


def _write(path: Path, content: str) -> None:
    from unfilter.files import replacing

    with replacing(path) as temporary:
        temporary.write_text(content, encoding="utf-8")
