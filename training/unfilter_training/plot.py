"""The training log as a picture: both PSNRs over steps."""

import json
from pathlib import Path

from unfilter.files import replacing
from unfilter_training.trainer import LOG

PLOT = "log.png"


def plot_log(folder: Path) -> Path:
    """Draw `log.jsonl` of a training folder as `log.png`: approximation and restoration, dB over steps.

    Lines of steps that were done again after a kill are drawn once, the later one.
    """
    from matplotlib.figure import Figure

    lines = [json.loads(line) for line in (folder / LOG).read_text(encoding="utf-8").splitlines()]
    by_step = {line["step"]: line for line in lines}
    steps = sorted(by_step)
    figure = Figure(figsize=(8, 4.5), layout="constrained")
    axes = figure.subplots()
    for name in ("approximation", "restoration"):
        values = [by_step[step][f"{name}_db"] for step in steps]
        axes.plot(steps, [float("nan") if value is None else value for value in values], label=name, linewidth=1)
    axes.set(xlabel="step", ylabel="PSNR on training patches, dB", title=folder.name)
    axes.grid(alpha=0.3)
    axes.legend()
    with replacing(folder / PLOT) as temporary:
        figure.savefig(temporary, format="png", dpi=120)
    return folder / PLOT
