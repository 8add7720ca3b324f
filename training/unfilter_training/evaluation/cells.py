"""Cells: what was measured once is kept on disk under a key of all that it depends on, and never measured again."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

from unfilter.errors import UnfilterError
from unfilter.files import replacing
from unfilter_training.evaluation.bench import Bench
from unfilter_training.evaluation.pictures import Picture

Value = dict[str, float]
"""Numbers by name. Decibels may be infinite."""


@runtime_checkable
class Cell(Protocol):
    """One measurement. Frozen and hashable: equal cells have equal values."""

    @property
    def picture(self) -> Picture | None:
        """The photo that it is measured on, if any: cells of one photo are measured together."""
        ...

    def key(self) -> dict[str, Any]:
        """JSON values of all that it depends on but the code."""
        ...

    def measure(self, bench: Bench) -> Value:
        """Do it."""
        ...


class Cells:
    """Values on disk, one small JSON file each, complete under its final name.

    Law: a value that is found again is the value that was measured, and by the same code (`code`).
    """

    def __init__(self, folder: Path, code: str) -> None:
        self.folder, self.code = folder, code

    def path(self, cell: Cell) -> Path:
        """Where the value of a cell is, or will be, kept."""
        key = json.dumps([self.code, cell.key()], sort_keys=True)
        digest = hashlib.sha256(key.encode()).hexdigest()
        return self.folder / digest[:2] / f"{digest[2:]}.json"

    def get(self, cell: Cell) -> Value | None:
        """The value where it was measured before.

        Raises:
            UnfilterError: the file is damaged; the message names it.
        """
        path = self.path(cell)
        try:
            return {name: float(number) for name, number in json.loads(path.read_text(encoding="utf-8"))["value"].items()}
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError, AttributeError, OSError):
            raise UnfilterError(f"{path}: not a measured value; delete the file, and it is measured again") from None

    def put(self, cell: Cell, value: Value) -> None:
        """Keep a value; what it belongs to stands beside it, for readers."""
        path = self.path(cell)
        path.parent.mkdir(parents=True, exist_ok=True)
        with replacing(path) as temporary:
            temporary.write_text(json.dumps({"cell": cell.key(), "value": value}), encoding="utf-8")


def measure(
    wanted: Iterable[Cell],
    cells: Cells,
    bench: Bench,
    progress: Callable[[list[Cell]], Iterable[Cell]] = lambda missing: missing,
) -> Mapping[Cell, Value]:
    """Values of all wanted cells; `progress` sees those that are missing, in the order in which they are measured.

    Interrupting loses the cell that is being measured and no other.
    """
    values: dict[Cell, Value] = {}
    missing: dict[Cell, None] = {}
    for cell in wanted:
        if cell in values or cell in missing:
            continue
        value = cells.get(cell)
        if value is None:
            missing[cell] = None
        else:
            values[cell] = value
    for cell in progress(_by_picture(missing)):
        values[cell] = cell.measure(bench)
        cells.put(cell, values[cell])
    return values


def _by_picture(missing: Iterable[Cell]) -> list[Cell]:
    """Photo by photo, and for each as the sections ask: so each is read and filtered once, and a killed run has all of some.

    The order within one photo goes by what is filtered: cells with equal `key()["weights"]` and values follow each other.
    """
    photos: dict[Picture | None, dict[str, list[Cell]]] = {}
    for cell in missing:
        key = cell.key()
        state = json.dumps([key.get("weights"), key.get("values")])
        photos.setdefault(cell.picture, {}).setdefault(state, []).append(cell)
    return [cell for states in photos.values() for state in states.values() for cell in state]
