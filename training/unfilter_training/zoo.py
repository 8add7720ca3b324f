"""All trained filters at one look: their scores beside the paper's, and their pictures."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unfilter_training.checkpoint import Description, PhotoScore
from unfilter_training.data import image_tensor
from unfilter_training.network import RestorableNetwork
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.operators import operator
from unfilter_training.operators.contact_sheet import side_by_side
from unfilter_training.operators.saving import saved_levels
from unfilter_training.scoring import Task


class Published(NamedTuple):
    """What the paper's method scores through PNG files on its FiveK test set, dB. Source: the paper, Table 1."""

    approximation: float
    restoration: float


PUBLISHED = {
    "wls": Published(32.58, 37.31),
    "llf": Published(32.29, 38.16),
    "l0": Published(32.54, 36.46),
    "wmf": Published(40.81, 41.25),
    "rtv": Published(38.13, 38.76),
    "rgf": Published(38.01, 40.06),
    "bwp": Published(45.86, 40.50),
    "cpd": Published(15.71, 32.33),
    "rain_princess": Published(14.69, 36.24),
    "scream": Published(19.30, 37.84),
}
"""By filter id. The paper's `bwp` and `cpd` follow each photo's histogram, ours have the fixed curves of their operators."""

HEAD = (
    "| filter | unfiltered | approximation | paper | PNG | paper | JPEG 70 / 80 / 90, 4:2:0 | the same, 4:4:4 | photos |",
    "|---|---|---|---|---|---|---|---|---|",
)


def table(descriptions: Sequence[Description]) -> str:
    """Scores of the filters as a Markdown table. Means over all pictures they were scored on."""
    rows = [_row(one.filter, mean_score(one.scores)) for one in descriptions if one.scores]
    return "\n".join([*HEAD, *rows])


def _row(name: str, score: PhotoScore) -> str:
    published = PUBLISHED.get(name)
    approximation, restoration = (f"{db:.2f}" for db in published) if published else ("-", "-")
    jpegs = " | ".join(
        " / ".join(f"{db:.2f}" for db in three) for three in (score.restoration_jpeg_420, score.restoration_jpeg_444)
    )
    return (
        f"| `{name}` | {score.unfiltered:.2f} | {score.approximation:.2f} | {approximation} "
        f"| {score.restoration:.2f} | {restoration} | {jpegs} | {score.count} |"
    )


def mean_score(scores: Sequence[PhotoScore]) -> PhotoScore:
    """The score of several sets as if they were one: every picture weighs the same."""
    counts = [score.count for score in scores]
    means = {
        field: np.average([getattr(score, field) for score in scores], axis=0, weights=counts).tolist()
        for field in PhotoScore.model_fields
        if field not in ("photos", "count")
    }
    return PhotoScore(photos=", ".join(score.photos for score in scores), count=sum(counts), **means)


def pictures(network: RestorableNetwork, task: Task, photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photo (uint8, height x width x 3), the operator's output, the filtered photo and the restored one, side by side."""
    target = saved_levels(operator(task.operator)(image_tensor(photo), **task.parameters))
    filtered = run_whole(network, "forward", photo, task.places, target)
    restored = run_whole(network, "inverse", filtered)
    named = (("photo", photo), ("operator", target), ("filtered", filtered), ("restored", restored))
    return side_by_side(named, columns=len(named))
