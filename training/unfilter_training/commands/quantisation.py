"""`unfilter quantisation`: learn quantiser tables for filters' JPEG files, and measure what they save."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from pathlib import Path
from typing import TYPE_CHECKING, get_args

from unfilter.format.quantisation import Subsampling

if TYPE_CHECKING:
    from unfilter.format.quantisation import QuantiserTables
    from unfilter_training.checkpoint import Description
    from unfilter_training.network import RestorableNetwork
    from unfilter_training.scoring import Task

SUMMARY = "learn quantiser tables for filters' JPEG files, or measure what they save"
EXTRA: str | None = "train"
REQUIRES = ("torch", "safetensors", "jaxtyping", "tqdm")
LEAST = 0.05
"""Part of the bytes that tables must save to be kept, at equal restoration and equal look."""
LOST = 0.05
"""Decibels of look that are lost where any are; equal otherwise."""


def add_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    learn = actions.add_parser("learn", help="write quantisation.json into checkpoints; converting takes it along")
    measured = actions.add_parser("measured", help="a table of what they save, for photos that they were not learned on")
    for action, most in ((learn, 12), (measured, 8)):
        action.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of photos, with the folders in it")
        action.add_argument(
            "checkpoints",
            metavar="CHECKPOINT",
            nargs="*",
            help="filters or checkpoint folders (all shipped; measured: those that have tables)",
        )
        action.add_argument(
            "--most", type=_count, metavar="COUNT", default=most, help=f"photos to take, one in so many by name ({most})"
        )
    learn.add_argument(
        "--subsampling",
        choices=get_args(Subsampling),
        default="4:2:0",
        help="of the files' chroma (4:2:0); tables of the other one stay",
    )


def run(arguments: Namespace) -> int:
    from unfilter.errors import UnfilterError
    from unfilter_training import checkpoint
    from unfilter_training.photo_sets.folder import matching
    from unfilter_training.quantisation.learned import FILE

    photos = matching(arguments.photos, ("**/*",), (".jpg", ".jpeg", ".png", ".heic"))
    if not photos:
        raise UnfilterError(f"{arguments.photos}: holds no photos (.jpg, .png, .heic), nor do the folders in it")
    photos = photos[:: -(-len(photos) // arguments.most)]
    folders = [checkpoint.find(name) for name in arguments.checkpoints or checkpoint.shipped()]
    if arguments.action == "measured":
        if not arguments.checkpoints:
            folders = [folder for folder in folders if (folder / FILE).exists()]
        return _measure(folders, photos)
    for folder in folders:
        _learn(folder, photos, arguments.subsampling)
    return 0


def _learn(folder: Path, photos: list[Path], subsampling: Subsampling) -> None:
    from unfilter_training.quantisation.crops import crops_of
    from unfilter_training.quantisation.search import Search

    network, description, task = _filter(folder)
    crops = crops_of(network, task, photos)
    found = Search(crops, subsampling, lambda line: print(f"{description.filter}: {line}", flush=True)).found()
    gain = found.gain
    said = f"{description.filter}: {gain.saved:.1%} fewer bytes at {subsampling}, look {gain.look:+.2f} dB"
    if gain.saved >= LEAST and gain.look > -LOST:
        _write(folder, description, subsampling, found.tables, gain.saved, len(crops))
        print(f"{said}; written", flush=True)
    else:
        print(f"{said}; not written: {LEAST:.0%} and an equal look are the least", flush=True)


def _write(
    folder: Path, description: "Description", subsampling: Subsampling, tables: "QuantiserTables", saved: float, photos: int
) -> None:
    from unfilter.files import replacing
    from unfilter_training.quantisation.learned import FILE, Learned, read_learned

    path = folder / FILE
    before = read_learned(path) if path.exists() else None
    kept = before if before and before.weights_sha256 == description.weights_sha256 else None
    learned = Learned(
        weights_sha256=description.weights_sha256,
        photos=photos,
        saved=(kept.saved if kept else {}) | {subsampling: round(saved, 4)},
        tables=(kept.tables if kept else {}) | {subsampling: tables},
    )
    with replacing(path) as temporary:
        temporary.write_text(learned.model_dump_json() + "\n", encoding="utf-8")


def _filter(folder: Path) -> "tuple[RestorableNetwork, Description, Task]":
    """Network, description and task of a checkpoint.

    Raises:
        UnfilterError: no checkpoint; a guided one, whose looks are not known; or one that was not trained for JPEG.
    """
    from unfilter.errors import UnfilterError
    from unfilter_training import checkpoint
    from unfilter_training.network import NetworkConfig, method_of
    from unfilter_training.scoring import task

    network, description = checkpoint.load(folder)
    form = description.network
    if not isinstance(form, NetworkConfig):
        raise UnfilterError(f"{folder}: {method_of(form)} is a baseline to compare with; no file of it is ever restored")
    if form.auxiliary == "guided":
        raise UnfilterError(f"{folder}: is guided; its files look as an app's own filter does, so no tables fit all of them")
    if not description.recipe.degradation.jpeg:
        raise UnfilterError(f"{folder}: was not trained for JPEG, so it never writes one")
    return network, description, task(description.recipe, folder=folder)


def _measure(folders: list[Path], photos: list[Path]) -> int:
    from tqdm import tqdm

    from unfilter.errors import BundleError
    from unfilter_training.quantisation.learned import FILE, read_learned
    from unfilter_training.quantisation.measured import measure, row, table

    rows = []
    for folder in tqdm(folders, desc="filters", unit="filter"):
        network, description, task = _filter(folder)
        learned = read_learned(folder / FILE)
        if learned.weights_sha256 != description.weights_sha256:
            raise BundleError(f"{folder / FILE}: is for other weights; learn again with `unfilter quantisation learn`")
        for subsampling, tables in learned.tables.items():
            gains = [measure(network, task, path, tables, subsampling) for path in photos]
            rows.append(row(description.filter, subsampling, gains))
    print(table(rows))
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 2:
        raise ArgumentTypeError(f"{text!r} is not a number of photos, 2 or more")
    return int(text)
