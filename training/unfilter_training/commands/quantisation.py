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
"""Part of the bytes of unseen photos that tables must save to be kept, at equal restoration and equal look."""
LOST = 0.05
"""Decibels of look that are lost where any are; equal otherwise."""
MARGINS = (0.05, 0.15)
"""Decibels of look that a search asks for where it learns; the better of its tables are kept."""


def add_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    learn = actions.add_parser("learn", help="write quantisation.json into checkpoints; converting takes it along")
    measured = actions.add_parser("measured", help="a table of what they save, for photos that they were not learned on")
    for action, most in ((learn, 48), (measured, 8)):
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
        help="of the files' chroma (both); tables of the other one stay",
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
    chosen: tuple[Subsampling, ...] = (arguments.subsampling,) if arguments.subsampling else get_args(Subsampling)
    for folder in folders:
        for subsampling in chosen:
            _learn(folder, photos, subsampling)
    return 0


def _learn(folder: Path, photos: list[Path], subsampling: Subsampling) -> None:
    """Search on every fourth photo, and judge by the rest: what pays on few need not pay on others."""
    from unfilter.errors import UnfilterError
    from unfilter_training.quantisation.crops import SIDE, crops_of
    from unfilter_training.quantisation.search import Search, cost_of
    from unfilter_training.quantisation.trial import Trial

    network, description, task = _filter(folder)
    unseen = [photo for index, photo in enumerate(photos) if index % 4]
    parts = [crops_of(network, task, part) for part in (photos[0::4], unseen)]
    if min(map(len, parts)) < 2:
        raise UnfilterError(
            f"{len(photos)} photos are too few to learn from and to judge by: give 8 of {SIDE} pixels or more"
        )
    learned, judged = (Trial(crops, subsampling) for crops in parts)

    def say(line: str) -> None:
        print(f"{description.filter} {subsampling}: {line}", flush=True)

    found = [Search(learned, margin, say).found() for margin in MARGINS]
    gain, tables = min(((judged.gain(each), each) for each in found), key=lambda both: cost_of(both[0]))
    pays = gain.saved >= LEAST and gain.look > -LOST
    _keep(folder, description, subsampling, tables if pays else None, gain.saved, len(learned.crops))
    why = "written" if pays else f"not written: {LEAST:.0%} and an equal look are the least"
    say(f"{gain.saved:.1%} fewer bytes of other photos, look {gain.look:+.2f} dB; {why}")


def _keep(
    folder: Path,
    description: "Description",
    subsampling: Subsampling,
    tables: "QuantiserTables | None",
    saved: float,
    photos: int,
) -> None:
    """Write the tables, or none, beside those of the other subsampling that are for the same weights."""
    from unfilter.files import replacing
    from unfilter_training.quantisation.learned import FILE, Learned, read_learned

    path = folder / FILE
    before = read_learned(path) if path.exists() else None
    kept = before if before and before.weights_sha256 == description.weights_sha256 else None
    all_tables = {name: each for name, each in (kept.tables if kept else {}).items() if name != subsampling}
    all_saved = {name: each for name, each in (kept.saved if kept else {}).items() if name != subsampling}
    if tables is not None:
        all_tables[subsampling], all_saved[subsampling] = tables, round(saved, 4)
    if not all_tables:
        path.unlink(missing_ok=True)
        return
    learned = Learned(weights_sha256=description.weights_sha256, photos=photos, saved=all_saved, tables=all_tables)
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
