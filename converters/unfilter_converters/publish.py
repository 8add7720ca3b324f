"""Last step: what did not pass is left out, and the manifest is written, once."""

from pathlib import Path

from pydantic import BaseModel

from unfilter.files import replacing
from unfilter.format.manifest import MANIFEST
from unfilter.proof.fidelity.reports.page import page
from unfilter.run.delegates.coverage import FILE as DELEGATES
from unfilter.run.delegates.coverage import DelegateFile
from unfilter.run.delegates.table import read_table
from unfilter_converters.assemble import Draft, file_entries, manifest_bytes
from unfilter_converters.judge import FIDELITY, Judged
from unfilter_converters.shipping import measured, without


def publish(draft: Draft, judged: Judged) -> None:
    """Make the folder of `draft` a bundle of what ships."""
    folder, report = draft.folder, judged.report
    shipped = without(report.refused, draft.manifest.artifacts, folder)
    _write(folder / DELEGATES, DelegateFile(recipes=read_table(), coverage=report.coverage))
    _write(folder / FIDELITY, report.model_copy(update={"speeds": ()}))
    settled = {
        "artifacts": tuple(measured(shipped, report)),
        "refused": report.refused,
        "files": file_entries(folder),
    }
    (folder / MANIFEST).write_bytes(manifest_bytes(draft.manifest.model_copy(update=settled)))


def write_page(bundle: Path, judged: Judged) -> None:
    """Write the report with speeds and pictures beside the bundle; see `page_of`."""
    with replacing(page_of(bundle)) as temporary:
        temporary.write_text(page(judged.report, judged.pictures), encoding="utf-8")


def page_of(bundle: Path) -> Path:
    """The report of a bundle as a page, beside it."""
    return bundle.with_name(bundle.name + ".html")


def _write(path: Path, content: BaseModel) -> None:
    path.write_text(content.model_dump_json(indent=2) + "\n", encoding="utf-8")
