"""What a filter costs: multiply-accumulates per pixel and time per 480p picture, one row per form of network."""

from collections.abc import Iterator, Sequence

from pydantic import Field

from unfilter_training.evaluation.averages import Measured
from unfilter_training.evaluation.cells import Cell
from unfilter_training.evaluation.cost import cost
from unfilter_training.evaluation.machine import machine
from unfilter_training.evaluation.markdown import table
from unfilter_training.evaluation.measurements.speed import HEIGHT, ROUNDS, WIDTH, Speed
from unfilter_training.evaluation.record import Record
from unfilter_training.evaluation.study import Study
from unfilter_training.network import MethodConfig, preset

TITLE = "Speed"
NOTE = (
    f"Seconds per picture of {WIDTH} x {HEIGHT} pixels in torch, float32, median of {ROUNDS} rounds, all forms in turn "
    "in one run. `paper` is the network of the authors' released code, for comparison. kMAC: thousand "
    "multiply-accumulates per pixel. Steganography needs the operator's output, whose time comes on top."
)


class Row(Record):
    """One form of network."""

    networks: tuple[str, ...] = Field(description="the recipes that have it")
    machine: str = Field(description="processor, threads, version of torch")
    kmac_forward: float
    kmac_inverse: float
    forward_seconds: float
    inverse_seconds: float


def _forms(study: Study) -> dict[MethodConfig, list[str]]:
    """Labels by form; the paper's last."""
    forms: dict[MethodConfig, list[str]] = {}
    for subject in study.subjects:
        forms.setdefault(subject.description.network, []).append(subject.label)
    forms.setdefault(preset("paper"), []).append("paper")
    return forms


def cells(study: Study) -> Iterator[Cell]:
    """See `tables`."""
    yield Speed(tuple(_forms(study)))


def rows(study: Study, measured: Measured) -> tuple[Row, ...]:
    """See `tables`."""
    forms = _forms(study)
    seconds = measured[Speed(tuple(forms))]
    found = []
    for index, (form, labels) in enumerate(forms.items()):
        counted = cost(form)
        found.append(
            Row(
                networks=tuple(labels),
                machine=machine(),
                kmac_forward=counted.forward,
                kmac_inverse=counted.inverse,
                forward_seconds=seconds[f"{index} forward"],
                inverse_seconds=seconds[f"{index} inverse"],
            )
        )
    return tuple(found)


def markdown(rows: Sequence[Row]) -> str:
    """See `tables`."""
    head = ("networks", "forward", "inverse", "kMAC forward", "kMAC inverse", "machine")
    return table(head, map(_line, rows))


def _line(row: Row) -> tuple[str, ...]:
    return (
        ", ".join(f"`{name}`" for name in row.networks),
        f"{row.forward_seconds:.3f} s",
        f"{row.inverse_seconds:.3f} s",
        f"{row.kmac_forward:.1f}",
        f"{row.kmac_inverse:.1f}",
        row.machine,
    )
