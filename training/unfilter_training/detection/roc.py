"""How well a detector tells files of photos that it was not set on: a table, and the curve of every class."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unfilter.files import replacing
from unfilter.format.manifest import CarrierKind
from unfilter.jobs.detection.detector import MADE, Detector
from unfilter_training.detection.calibration import by_carrier
from unfilter_training.detection.samples import Measured


class Row(NamedTuple):
    """One class of files in one carrier.

    `refused` is the share refused at the detector's own threshold; `at_one_per_cent` the share at the threshold that refuses
    one per cent of the filter's own files among those tested; `area` lies under the curve.
    """

    carrier: CarrierKind
    name: str
    files: int
    refused: float
    at_one_per_cent: float
    area: float


Scores = dict[str, NDArray[np.float64]]


def scores(detector: Detector, files: Sequence[Measured]) -> dict[CarrierKind, Scores]:
    """Scores of the files by carrier and class."""
    found: dict[CarrierKind, Scores] = {}
    for carrier, some in by_carrier(files).items():
        verdicts = [(one.name, detector.judge(one.measures, one.quality)) for one in some]
        names = dict.fromkeys(name for name, _ in verdicts)
        found[carrier] = {name: np.array([v.score for n, v in verdicts if n == name and v]) for name in names}
    return found


def rows(detector: Detector, files: Sequence[Measured]) -> list[Row]:
    """A row per carrier and class, the filter's own files first: what is refused of them is a false alarm."""
    found = []
    for carrier, of_class in scores(detector, files).items():
        own = of_class[MADE]
        threshold = np.quantile(own, 0.01, method="lower")
        found += [
            Row(
                carrier,
                name,
                len(values),
                refused=float(np.mean(values < 0)),
                at_one_per_cent=float(np.mean(values < threshold)),
                area=float(np.mean(own[:, None] > values) + np.mean(own[:, None] == values) / 2),
            )
            for name, values in of_class.items()
        ]
    return found


def table(results: Mapping[str, list[Row]]) -> str:
    """Markdown: classes down, filters across; the share refused at the shipped threshold, and the area under the curve."""
    kinds = dict.fromkeys((row.carrier, row.name, row.files) for found in results.values() for row in found)
    lines = [f"| carrier | files | number | {' | '.join(results)} |", "|---|---|---|" + "---|" * len(results)]
    for carrier, name, count in kinds:
        cells = []
        for found in results.values():
            row = next((row for row in found if row[:3] == (carrier, name, count)), None)
            area = "" if row is None or name == MADE else f" ({row.area:.4f})"
            cells.append("" if row is None else f"{row.refused:.1%}{area}")
        shown = f"{name}, as saved: false alarms" if name == MADE else name
        lines.append(f"| {carrier} | {shown} | {count} | {' | '.join(cells)} |")
    return "\n".join(lines)


def plot(results: Mapping[str, dict[CarrierKind, Scores]], path: Path) -> None:
    """A picture: for each filter and carrier, detection over false alarms, a line per class of altered files."""
    from matplotlib.figure import Figure

    carriers: tuple[CarrierKind, ...] = ("exact", "jpeg")
    figure = Figure(figsize=(10, 3.2 * len(results)), layout="constrained")
    grid = figure.subplots(len(results), len(carriers), squeeze=False)
    for across, (name, of_carrier) in zip(grid, results.items(), strict=True):
        for axes, carrier in zip(across, carriers, strict=True):
            own = np.sort(of_carrier.get(carrier, {}).get(MADE, np.zeros(0)))
            for altered, values in of_carrier.get(carrier, {}).items():
                if altered != MADE:
                    detected = np.searchsorted(np.sort(values), own) / len(values)
                    axes.plot(np.arange(len(own)) / len(own), detected, label=altered, linewidth=1.2)
            axes.axvline(0.01, color="grey", linewidth=0.6)
            axes.set(xlim=(0, 0.2), ylim=(0, 1.02), title=f"{name}, {carrier}", xlabel="false alarms", ylabel="detected")
            axes.grid(alpha=0.3)
    grid[0, 0].legend(fontsize=7, loc="lower right")
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=90)
