"""`unfilter score`: measure a checkpoint on photos, through saved PNG and JPEG files, and write the result on its card."""

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from unfilter_training.checkpoint import PhotoScore
    from unfilter_training.network import RestorableNetwork
    from unfilter_training.scoring import PictureScore, Task

SUMMARY = "score a checkpoint on a folder of photos, through saved PNG and JPEG files"
EXTRA: str | None = "train"
REQUIRES = ("torch", "safetensors", "jaxtyping", "tqdm")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="shipped filter, such as l0, or checkpoint folder")
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of photos the network was not trained on")
    parser.add_argument("--layout", default="plain", choices=("plain", "fivek", "raise"), help="what PHOTOS holds (plain)")
    parser.add_argument("--label", help="name of the photo set on the card (default: the folder's)")
    parser.add_argument(
        "--set", metavar="NAME=VALUE", action="append", default=[], help="a hyper-parameter's value, again for another one"
    )
    parser.add_argument(
        "--from", dest="source", metavar="SOURCE", help="score on another look, as for `unfilter new`: of a guided filter"
    )
    parser.add_argument("--operator", help="the same with an operator, such as wls")
    parser.add_argument("--odd", action="store_true", help="measure instead what a column left over by an odd width loses")
    parser.add_argument(
        "--shared",
        action="store_true",
        help="measure only what is restored from shared files; --write adds it to the card's score of these photos",
    )
    parser.add_argument("--write", action="store_true", help="put the score into checkpoint.json and CARD.md")


def run(arguments: Namespace) -> int:
    from tqdm import tqdm

    from unfilter.format.hyper_parameter import parse_settings
    from unfilter_training import checkpoint
    from unfilter_training.photo_sets import photo_set
    from unfilter_training.scoring import score, task

    folder = checkpoint.find(arguments.checkpoint)
    network, description = checkpoint.load(folder)
    layout = photo_set(arguments.layout)
    files = layout.files(arguments.photos)
    values = parse_settings(arguments.set)
    label = " ".join([arguments.label or arguments.photos.resolve().name, *arguments.set])
    measured = _another(arguments) or task(description.recipe, values, folder)

    def photos() -> "Iterator[NDArray[np.uint8]]":
        for path in tqdm(files, desc=label, unit="photo"):
            yield layout.read(path)

    if arguments.odd:
        return _odd(network, measured, photos())
    if arguments.shared:
        return _shared(network, measured, photos(), folder, label, arguments.write)
    mean, pictures = score(network, measured, photos(), label)
    _print(files, pictures, mean)
    if arguments.write:
        others = tuple(s for s in description.scores if s.photos != label)
        checkpoint.describe(folder, description.model_copy(update={"scores": (*others, mean)}))
        print(f"written to {folder / checkpoint.CARD}")
    return 0


def _another(arguments: Namespace) -> "Task | None":
    """Another look than the checkpoint's own; None where none is asked for."""
    from unfilter.errors import UnfilterError
    from unfilter_training.operators import operator
    from unfilter_training.recipe import LOOK
    from unfilter_training.scoring import Task
    from unfilter_training.sources import open_source, parse

    if arguments.source is None and arguments.operator is None:
        return None
    if arguments.write and arguments.label is None:
        raise UnfilterError("--write puts scores of another look on the card under a name of theirs: give one with --label")
    if arguments.source is not None:
        return Task(LOOK, {}, (), open_source(parse(arguments.source)))
    return Task(operator(arguments.operator).name, {})


def _print(files: list[Path], pictures: "list[PictureScore]", mean: "PhotoScore") -> None:
    jpegs = f"{'JPEG 70, 80, 90 (4:2:0)':>26}{'(4:4:4)':>22}"
    print(f"{'photo':<28}{'unfiltered':>12}{'approximation':>15}{'restoration':>13}{jpegs}")
    rows: list[tuple[str, PictureScore | PhotoScore]] = [("mean", mean)]
    rows[:0] = [(path.name, picture) for path, picture in zip(files, pictures, strict=True)]
    for name, row in rows:
        jpegs = "".join(
            f"{', '.join(f'{db:.2f}' for db in three):>{width}}"
            for three, width in ((row.restoration_jpeg_420, 26), (row.restoration_jpeg_444, 22))
        )
        print(f"{name:<28}{row.unfiltered:>12.2f}{row.approximation:>15.2f}{row.restoration:>13.2f}{jpegs}")
    print(f"outermost 16 px below the centre: approximation {mean.approximation_border:.2f} dB, ", end="")
    print(f"restoration {mean.restoration_border:.2f} dB")


def _odd(network: "RestorableNetwork", task: "Task", photos: "Iterator[NDArray[np.uint8]]") -> int:
    import tempfile

    from unfilter_training.scoring import score_odd_column

    with tempfile.TemporaryDirectory() as folder:
        lines = [score_odd_column(network, task, photo, Path(folder)) for photo in photos]
    means = [sum(column) / len(column) for column in zip(*lines, strict=True)]
    print(f"{len(lines)} photos cut to an odd width, mean RGB PSNR of the last column and of the one before it:")
    print(f"approximation {means[0]:.2f} and {means[1]:.2f} dB, restoration {means[2]:.2f} and {means[3]:.2f} dB")
    return 0


def _shared(
    network: "RestorableNetwork", task: "Task", photos: "Iterator[NDArray[np.uint8]]", folder: Path, label: str, write: bool
) -> int:
    import tempfile

    from unfilter.errors import UnfilterError
    from unfilter_training import checkpoint
    from unfilter_training.chains import CHAINS
    from unfilter_training.scoring import SharedScore, score_shared

    description = checkpoint.read_description(folder)
    known = next((score for score in description.scores if score.photos == label), None)
    if write and known is None:
        raise UnfilterError(
            f"{folder / checkpoint.CARD}: has no score of {label} to add to; score it without --shared first"
        )
    with tempfile.TemporaryDirectory() as files:
        pictures = [score_shared(network, task, photo, Path(files)) for photo in photos]
    columns = zip(*pictures, strict=True)
    mean = SharedScore(*(tuple(sum(each) / len(each) for each in zip(*column, strict=True)) for column in columns))
    for chain, restored, arrived in zip(CHAINS, mean.shared, mean.arrived, strict=True):
        print(f"{label}, {len(pictures)} photos, {chain.name}: restored {restored:.2f} dB, the file {arrived:.2f}")
    if write and known is not None:
        if known.count != len(pictures):
            raise UnfilterError(f"the card's score of {label} is of {known.count} photos, and these are {len(pictures)}")
        added = known.model_copy(update=mean._asdict())
        scores = tuple(added if score is known else score for score in description.scores)
        checkpoint.describe(folder, description.model_copy(update={"scores": scores}))
        print(f"written to {folder / checkpoint.CARD}")
    return 0
