"""The plots of `file_sizes`."""

import math
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from unfilter_training.evaluation.curves.drawing import COLOURS, legend_outside, panels, save, style

if TYPE_CHECKING:
    from unfilter_training.evaluation.curves.file_sizes import Row

ALL = "all filters"
"""Name of the mean over the filters."""


def plot_one(rows: "Sequence[Row]", name: str, folder: Path) -> str:
    """Restored dB over all bytes that it takes, ours and the alternative's, a panel per kind of file."""
    own = [row for row in rows if row.filter == name]
    kinds = list(dict.fromkeys(row.series for row in own))
    figure, axes = panels(len(kinds))
    for one, kind in zip(axes, kinds, strict=True):
        some = [row for row in own if row.series == kind]
        restored = [row.restoration_db for row in some]
        one.plot([row.ours_bpp for row in some], restored, label=f"restorable {kind}", **style(0))
        for index, chroma in ((1, "420"), (2, "444")):
            points = [
                (row.plain_bpp + kept, row.restoration_db) for row in some if (kept := getattr(row, f"avif_{chroma}_bpp"))
            ]
            if points:
                label = f"plain {kind} + original as AVIF {':'.join(chroma)}"
                # Both AVIFs often take the same bytes: the one below is drawn larger, so that it shows.
                shown = {"linewidth": 4, "markersize": 10, "alpha": 0.5} if chroma == "420" else {}
                one.plot(*zip(*points, strict=True), label=label, **style(index) | shown)
        lossless = [row for row in some if row.avif_420_bpp is None and row.avif_444_bpp is None]
        if lossless:
            points = [(row.plain_bpp + row.kept_bpp, row.restoration_db) for row in lossless]
            label = f"plain {kind} + original, some as lossless WebP"
            one.plot(*zip(*points, strict=True), label=label, **style(3) | {"linestyle": ""})
        one.set(title=kind, xlabel="all bytes, bits per pixel", ylabel="restored photo, PSNR in dB")
        one.set_xlim(0, 1.06 * max(max(row.ours_bpp, row.plain_bpp + row.kept_bpp) for row in some))
        if len(some) == 1 and math.isfinite(restored[0]):  # one point alone would be framed by a thousandth of a dB
            one.set_ylim(restored[0] - 1, restored[0] + 1)
        one.legend(fontsize=8, loc="lower right")
    figure.suptitle(f"{name}: bytes that one filtered and one restored photo take (further left and up is better)")
    return save(figure, folder / f"file_sizes_{name.replace(' ', '_')}.png")


def plot_all(rows: "Sequence[Row]", filters: Sequence[str], folder: Path) -> str:
    """Ours over the alternative's bytes, over the restored dB: below one, the restorable file is smaller."""
    kinds = list(dict.fromkeys(row.series for row in rows))
    figure, axes = panels(len(kinds))
    for one, kind in zip(axes, kinds, strict=True):
        for index, name in enumerate(filters):
            some = [row for row in rows if (row.filter, row.series) == (name, kind)]
            look = style(index) | ({"color": "#000000", "linewidth": 3, "linestyle": "-"} if name == ALL else {})
            one.plot([row.restoration_db for row in some], [row.ratio for row in some], label=name, **look)
        one.axhline(1, color="#444444", linewidth=1)
        low, high = one.get_ylim()
        low, high = min(low - 0.08, 0.8), max(high + 0.08, 1.2)  # room for the words
        one.set_ylim(low, high)
        one.axhspan(low, 1, color=COLOURS[2], alpha=0.08)
        one.axhspan(1, high, color=COLOURS[1], alpha=0.08)
        one.text(0.02, 0.02, "the restorable file is smaller", transform=one.transAxes, fontsize=8, va="bottom")
        one.text(0.02, 0.98, "plain file + AVIF is smaller", transform=one.transAxes, fontsize=8, va="top")
        one.set(title=kind, xlabel="restored photo, PSNR in dB", ylabel="bytes: restorable / (plain + kept original)")
    legend_outside(figure, axes[0])
    return save(figure, folder / "file_sizes_who_wins.png")
