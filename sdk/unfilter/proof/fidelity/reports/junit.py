"""A report as JUnit XML, which continuous integration shows as tests: suites for graphs, round trips, engines, what the
bundle says of itself, and for what got worse.

What is unverified or not engaged is *skipped* there, with the reason, so that no dashboard counts it as passed. Source of
the form: the schema of Jenkins' xUnit plug-in, in the fields that other readers document too.
"""

from collections.abc import Iterable, Sequence
from xml.etree import ElementTree

from unfilter.proof.fidelity.baseline import Regression
from unfilter.proof.fidelity.report import FidelityReport, error_text
from unfilter.proof.fidelity.results import Verdict

Case = tuple[str, str | None, str | None]
"""A test: its name, the message of its failure, and why it was skipped; None for neither."""


def junit(report: FidelityReport, regressions: Sequence[Regression] | None = None) -> str:
    """The XML document; `regressions` is None where nothing was compared."""
    suites = {
        "graphs": list(_graphs(report)),
        "round trips": list(_round_trips(report)),
        "engines": list(_engines(report)),
        "bundle": list(_bundle(report)),
    }
    if regressions is not None:
        suites["baseline"] = list(_baseline(regressions))
    root = ElementTree.Element("testsuites", name=f"unfilter verify {report.filter}")
    for name, cases in suites.items():
        _suite(root, f"{report.filter} {name}", cases, report)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _suite(root: ElementTree.Element, name: str, cases: list[Case], report: FidelityReport) -> None:
    failures, skipped = (sum(case[place] is not None for case in cases) for place in (1, 2))
    suite = ElementTree.SubElement(
        root,
        "testsuite",
        name=name,
        tests=str(len(cases)),
        failures=str(failures),
        errors="0",
        skipped=str(skipped),
        time="0",
    )
    properties = ElementTree.SubElement(suite, "properties")
    facts = {"machine": report.machine, "restoration": report.restoration, "note": report.note or ""} | report.tools
    for key, value in facts.items():
        ElementTree.SubElement(properties, "property", name=key, value=value)
    for case, failure, skip in cases:
        element = ElementTree.SubElement(suite, "testcase", classname=name, name=case, time="0")
        if failure is not None:
            ElementTree.SubElement(element, "failure", type="fidelity", message=failure).text = failure
        if skip is not None:
            ElementTree.SubElement(element, "skipped", message=skip)


def _case(name: str, verdict: Verdict, numbers: str) -> Case:
    if verdict is Verdict.FAIL:
        return name, numbers, None
    return name, None, None if verdict is Verdict.PASS else f"{verdict}: {numbers}"


def _graphs(report: FidelityReport) -> Iterable[Case]:
    for r in report.graphs:
        tolerance = report.tolerances[r.engine.precision]
        numbers = (
            f"error {error_text(r.error)} (at most {error_text(tolerance.error)}), "
            f"{r.levels} levels (at most {tolerance.levels}), "
            f"{r.differing:.4%} of bytes differ (at most {tolerance.differing:.4%})"
        )
        yield _case(f"{r.engine} {r.direction}", r.verdict, numbers)


def _round_trips(report: FidelityReport) -> Iterable[Case]:
    for trip in report.round_trips:
        numbers = f"restores {trip.restored_db:.2f} dB, the reference {report.reference_db:.2f}"
        yield _case(str(trip), trip.verdict, numbers)


def _engines(report: FidelityReport) -> Iterable[Case]:
    for absent in report.not_run:
        yield f"{absent.runtime} runs", None, absent.reason
    for broken in report.broken:
        yield f"{broken.engine} runs", broken.reason, None
    missing = set(report.missing())
    for name in report.required:
        failure = "required, but not verified on its own runtime here" if name in missing else None
        yield f"{name} is verified", failure, None


def _bundle(report: FidelityReport) -> Iterable[Case]:
    if not report.unsound:
        yield "agrees with itself", None, None
    for line in report.unsound:
        yield line.partition(":")[0], line, None


def _baseline(regressions: Sequence[Regression]) -> Iterable[Case]:
    if not regressions:
        yield "nothing is worse", None, None
    for one in regressions:
        yield f"{one.what}: {one.metric}", f"{one.before} before, {one.now} now, {one.allowed} allowed", None
