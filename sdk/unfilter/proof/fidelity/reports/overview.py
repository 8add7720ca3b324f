"""Reports of several filters on one page, with a link to each one's own."""

from collections.abc import Mapping
from pathlib import Path

from unfilter.files import replacing
from unfilter.proof.fidelity.report import FidelityReport
from unfilter.proof.fidelity.reports.page import assemble
from unfilter.proof.fidelity.results import Verdict

NAME = "index.html"


def write_overview(folder: Path, reports: Mapping[str, FidelityReport]) -> Path:
    """Write `index.html` into `folder`, over reports by the names of their pages there; returns its path."""
    rows = [
        {
            "filter": report.filter,
            "page": page,
            "fails": len(report.failures),
            "counts": {str(verdict): report.count(verdict) for verdict in Verdict},
            "reference": report.reference_db,
            "filtered": sum(photo.filtered_db for photo in report.round_trip_photos) / len(report.round_trip_photos),
            "least": report.worst.restored_db if report.worst else None,
            "pair": str(report.worst) if report.worst else "",
            "error": max((r.error for r in report.graphs if r.error is not None), default=None),
            "bytes": sum(one.bytes for one in report.sizes),
        }
        for page, report in reports.items()
    ]
    target = folder / NAME
    machines = sorted({report.machine for report in reports.values()})
    with replacing(target) as temporary:
        content = assemble("overview", "Do the filters restore?", {"rows": rows, "machines": machines})
        temporary.write_text(content, encoding="utf-8")
    return target
