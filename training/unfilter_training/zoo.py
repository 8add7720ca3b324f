"""All trained filters at one look: their scores beside the paper's, and their pictures."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.photo import Photo, write_photo
from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.chains import Chain
from unfilter_training.checkpoint import Description, PhotoScore
from unfilter_training.network import RestorableNetwork
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.operators.contact_sheet import side_by_side
from unfilter_training.published import PUBLISHED
from unfilter_training.scoring import Task

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
    approximation, restoration = (f"{db:.2f}" for db in published[:2]) if published else ("-", "-")
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
        if field not in ("photos", "count") and all(getattr(score, field) not in (None, ()) for score in scores)
    }
    return PhotoScore(photos=", ".join(score.photos for score in scores), count=sum(counts), **means)


MAGNIFIED = 4
"""How much the difference is magnified in the pictures."""

SHEET = ("photo", "operator", "filtered", "restored", f"(filtered - operator) x {MAGNIFIED}")


def pictures(network: RestorableNetwork, task: Task, photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A photo (uint8, height x width x 3) and what became of it, `SHEET`, side by side.

    The magnified difference, around mid-grey, shows the detail that the filtered photo hides. Source: the paper, Figure 4.
    """
    target = task.target(photo)
    filtered = run_whole(network, "forward", photo, task.normalised, target)
    restored = run_whole(network, "inverse", filtered)
    difference = (filtered.astype(np.int16) - target) * MAGNIFIED + 128
    named = zip(SHEET, (photo, target, filtered, restored, difference.clip(0, 255).astype(np.uint8)), strict=True)
    return side_by_side(list(named), columns=len(SHEET))


def shared(network: RestorableNetwork, task: Task, photo: NDArray[np.uint8], chain: Chain, folder: Path) -> str:
    """Filter, share and restore a photo (uint8, height x width x 3): `photo.jpg`, `posted.jpg`, `back.jpg` in `folder`.

    Returns:
        A Markdown table: the pictures with their sizes in pixels and bytes; PSNR of what was posted and of what came back,
        against the photo at that size.
    """
    filtered = run_whole(network, "forward", photo, task.normalised, task.target(photo))
    arrived, reference = chain.arrived(filtered, folder), chain.reference(photo)
    (folder / "shared.jpg").replace(folder / "posted.jpg")
    restored = run_whole(network, "inverse", arrived)
    for name, pixels in (("photo", reference), ("back", restored)):
        write_photo(folder / f"{name}.jpg", Photo(pixels), quality=90)
    height, width, _ = arrived.shape
    size = (folder / "posted.jpg").stat().st_size
    lines = (
        f"| photo | what was posted: {width} x {height}, {size / 1024:.0f} KiB | what came back |",
        "|---|---|---|",
        "| " + " | ".join(f"![{name}]({folder.as_posix()}/{name}.jpg)" for name in ("photo", "posted", "back")) + " |",
        f"| | {psnr(arrived, reference):.1f} dB of the photo | {psnr(restored, reference):.1f} dB |",
    )
    return "\n".join(lines)
