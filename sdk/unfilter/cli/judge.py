"""`unfilter judge`: a saved report under other tolerances, against another baseline, or in another form; nothing is run."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unfilter.cli.reporting import add_report_arguments

SUMMARY = "judge a saved report again, under other tolerances or against a baseline, without measuring anew"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("report", metavar="REPORT", type=Path, help="JSON that `unfilter verify --json` wrote")
    add_report_arguments(parser)


def run(arguments: Namespace) -> int:
    from unfilter.cli.reporting import baseline, check_targets, deliver, tolerances
    from unfilter.proof.fidelity import judge, read_report

    check_targets(arguments)
    report = judge(read_report(arguments.report), tolerances(arguments))
    return deliver(report, baseline(arguments), arguments)
