"""How plots look: colours that colour-blind readers tell apart, a marker and a dash of its own for each line."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from unfilter.files import replacing

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
"""Okabe and Ito, "Color Universal Design" (2008), without yellow, which is too pale for lines on white."""

MARKERS = ("o", "s", "^", "D", "v", "P", "X")
DASHES = ("-", "--", ":", "-.")


def style(index: int) -> dict[str, Any]:
    """Colour, marker and dash of the line of that number: 28 lines until all three repeat."""
    return {
        "color": COLOURS[index % len(COLOURS)],
        "marker": MARKERS[index % len(MARKERS)],
        "linestyle": DASHES[index // len(COLOURS) % len(DASHES)],
        "linewidth": 1.5,
        "markersize": 5,
    }


def panels(count: int, *, width: float = 4.6, height: float = 4.0) -> "tuple[Figure, list[Axes]]":
    """A figure of `count` panels side by side, each so many inches wide, with grids."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width * count, height), layout="constrained")
    axes = list(figure.subplots(1, count, squeeze=False)[0])
    for one in axes:
        one.grid(alpha=0.3)
    return figure, axes


def legend_outside(figure: "Figure", axes: "Axes") -> None:
    """One legend at the right of all panels, for the lines of one of them."""
    figure.legend(*axes.get_legend_handles_labels(), fontsize=8, loc="outside right center")


def save(figure: "Figure", path: Path) -> str:
    """Write a PNG file of 120 dots per inch; returns its name."""
    with replacing(path) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
    return path.name
