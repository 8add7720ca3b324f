"""What an evaluation writes: `results.json`, `tables.md` and the plots, each under its final name only when complete."""

from collections.abc import Iterable
from pathlib import Path
from typing import Literal

from pydantic import Field

from unfilter.files import replacing
from unfilter_training.evaluation.averages import Measured
from unfilter_training.evaluation.curves.file_sizes import Row as FileSizeRow
from unfilter_training.evaluation.curves.rate_term import Row as RateTermRow
from unfilter_training.evaluation.curves.robustness import Row as RobustnessRow
from unfilter_training.evaluation.curves.worth import Row as WorthRow
from unfilter_training.evaluation.machine import code_digest, machine, tool_versions
from unfilter_training.evaluation.pictures import PictureSetRecord
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.sections import SECTIONS
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.subjects import SubjectRecord
from unfilter_training.evaluation.tables.compression import Row as CompressionRow
from unfilter_training.evaluation.tables.shared import Row as SharedRow
from unfilter_training.evaluation.tables.speed import Row as SpeedRow
from unfilter_training.evaluation.tables.table_1 import Row as Table1Row
from unfilter_training.evaluation.tables.table_2 import Row as Table2Row
from unfilter_training.evaluation.tables.table_3 import Row as Table3Row
from unfilter_training.evaluation.tables.table_4 import Row as Table4Row
from unfilter_training.evaluation.tables.table_5 import Row as Table5Row
from unfilter_training.evaluation.tables.top_up import Row as TopUpRow

RESULTS, TABLES = "results.json", "tables.md"


class Results(Record):
    """`results.json`. A section that was not asked for is null. Another version or an unknown field is refused.

    Law: `Results.model_validate_json(results.model_dump_json()) == results`.
    """

    version: Literal[1] = 1
    code: str = Field(description="sha256 over the code that measures and the versions of its tools")
    tools: dict[str, str] = Field(description="versions of what measured")
    machine: str = Field(description="processor, threads, version of torch")
    photos: tuple[PictureSetRecord, ...]
    subjects: tuple[SubjectRecord, ...]
    table_1: tuple[Table1Row, ...] | None = None
    table_2: tuple[Table2Row, ...] | None = None
    table_3: tuple[Table3Row, ...] | None = None
    table_4: tuple[Table4Row, ...] | None = None
    table_5: tuple[Table5Row, ...] | None = None
    shared: tuple[SharedRow, ...] | None = None
    worth: tuple[WorthRow, ...] | None = None
    top_up: tuple[TopUpRow, ...] | None = None
    compression: tuple[CompressionRow, ...] | None = None
    speed: tuple[SpeedRow, ...] | None = None
    robustness: tuple[RobustnessRow, ...] | None = None
    file_sizes: tuple[FileSizeRow, ...] | None = None
    rate_term: tuple[RateTermRow, ...] | None = None
    pareto: tuple[Table4Row, ...] | None = None


def results(study: Study, measured: Measured, names: Iterable[str]) -> Results:
    """The rows of these sections, with what they were measured on."""
    return Results(
        code=code_digest(),
        tools=tool_versions(),
        machine=machine(),
        photos=tuple(map(PictureSetRecord.of, study.sets)),
        subjects=tuple(map(SubjectRecord.of, study.subjects)),
        **{name: SECTIONS[name].rows(study, measured) for name in names},
    )


def write(found: Results, folder: Path) -> None:
    """Write the results, the plots, and the page that shows both."""
    with replacing(folder / RESULTS) as temporary:
        temporary.write_text(found.model_dump_json(indent=1) + "\n", encoding="utf-8")
    page = _head(found)
    for name, section in SECTIONS.items():
        rows = getattr(found, name)
        if rows is None:
            continue
        page += [f"## {section.TITLE}", section.NOTE, section.markdown(rows)]
        plot = getattr(section, "plot", None)
        page += [f"![{picture}]({picture})" for picture in (plot(rows, folder) if plot else [])]
    with replacing(folder / TABLES) as temporary:
        temporary.write_text("\n\n".join(page) + "\n", encoding="utf-8")


def _head(found: Results) -> list[str]:
    photos = "; ".join(
        f"{one.name}: {len(one.pictures)}{'' if len(one.pictures) == one.found else f' (the first of {one.found})'}"
        for one in found.photos
    )
    research = [one.label for one in found.subjects if one.research_only]
    notice = [f"For research only: {', '.join(research)}."] if research else []
    tools = ", ".join(f"{name} {version}" for name, version in found.tools.items())
    return [
        "# Evaluation",
        "Made by `unfilter evaluate`; everything is measured through files that were saved and read back.",
        f"Photos: {photos}. Machine: {found.machine}. Tools: {tools}. All figures: `{RESULTS}`.",
        *notice,
    ]
