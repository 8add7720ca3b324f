"""The sections of an evaluation, in the order in which `tables.md` shows them."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Protocol, runtime_checkable

from unfilter_training.evaluation.averages import Measured
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.curves import file_sizes, pareto, rate_term, robustness, worth
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.study import Study
from unfilter_training.evaluation.tables import (
    compression,
    shared,
    speed,
    table_1,
    table_2,
    table_3,
    table_4,
    table_5,
    top_up,
)


@runtime_checkable
class Section(Protocol):
    """What each module of `tables` and `curves` is; those of `curves` have `plot` too."""

    TITLE: str
    NOTE: str

    def cells(self, study: Study) -> Iterator[Cell]: ...

    def rows(self, study: Study, measured: Measured) -> Sequence[Record]: ...

    def markdown(self, rows: Sequence[Any]) -> str: ...


SECTIONS: dict[str, Section] = {
    "table_1": table_1,
    "table_2": table_2,
    "table_3": table_3,
    "table_4": table_4,
    "table_5": table_5,
    "shared": shared,
    "worth": worth,
    "top_up": top_up,
    "compression": compression,
    "speed": speed,
    "robustness": robustness,
    "file_sizes": file_sizes,
    "rate_term": rate_term,
    "pareto": pareto,
}
"""By the name that `results.json` and `--only` have for them."""


def all_cells(names: Iterable[str], study: Study) -> Iterator[Cell]:
    """What these sections need; many cells are wanted by several."""
    for name in names:
        yield from SECTIONS[name].cells(study)
