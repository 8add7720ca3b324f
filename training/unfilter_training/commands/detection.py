"""`unfilter detection`: calibrate what tells a filter's own files from others, and measure how well it tells."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unfilter_training.checkpoint import Description
    from unfilter_training.detection.samples import Measured

SUMMARY = "calibrate what tells a filter's own files from others, or measure how well it tells"
EXTRA: str | None = "train"
REQUIRES = ("torch", "safetensors", "jaxtyping", "tqdm", "matplotlib")


def add_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    calibrate = actions.add_parser("calibrate", help="write detection.json into checkpoints; converting takes it along")
    roc = actions.add_parser("roc", help="a table, and curves, for photos that it was not calibrated on")
    for action in (calibrate, roc):
        action.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of photos, with the folders in it")
        action.add_argument(
            "checkpoints", metavar="CHECKPOINT", nargs="*", help="filters or checkpoint folders (all shipped)"
        )
        action.add_argument("--most", type=_count, metavar="COUNT", help="photos to take, one in so many by name (all)")
        action.add_argument("--measured", type=Path, default=Path("build/detection"), help="measures taken before")
    roc.add_argument("--plot", metavar="OUT", type=Path, help="picture of the curves to write, .png")


def run(arguments: Namespace) -> int:
    from unfilter.detection.detector import FILE, read_detector
    from unfilter.files import replacing
    from unfilter_training import checkpoint
    from unfilter_training.detection import roc
    from unfilter_training.detection.calibration import calibrate

    folders = [checkpoint.find(name) for name in arguments.checkpoints or checkpoint.shipped()]
    described = {folder: checkpoint.read_description(folder) for folder in folders}
    photos = _photos(arguments.photos, arguments.most)
    if arguments.action == "calibrate":
        for folder, description in described.items():
            detector = calibrate(_measured(folder, description, photos, arguments.measured), description)
            with replacing(folder / FILE) as temporary:
                temporary.write_text(detector.model_dump_json() + "\n", encoding="utf-8")
            print(f"{folder / FILE}: calibrated on {detector.photos} photos")
        return 0
    detectors = {folder: read_detector(folder / FILE) for folder in folders}
    rows, scores = {}, {}
    for folder, description in described.items():
        files = _measured(folder, description, photos, arguments.measured)
        rows[description.filter] = roc.rows(detectors[folder], files)
        scores[description.filter] = roc.scores(detectors[folder], files)
    print(roc.table(rows))
    if arguments.plot:
        roc.plot(scores, arguments.plot)
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of photos")
    return int(text)


def _photos(folder: Path, most: int | None) -> list[Path]:
    from unfilter_training.photo_sets.folder import matching

    found = matching(folder, ("**/*",), (".jpg", ".jpeg", ".png", ".heic"))
    return found if most is None or not found else found[:: -(-len(found) // most)]


def _measured(folder: Path, description: "Description", photos: list[Path], cache: Path) -> "list[Measured]":
    from tqdm import tqdm

    from unfilter_training import checkpoint
    from unfilter_training.detection.samples import measure_photos

    network, _ = checkpoint.load(folder)

    def report(files: "Iterable[Path]") -> "Iterable[Path]":
        return tqdm(files, desc=f"{description.filter}: files of photos", unit="photo")

    return measure_photos(network, description, photos, cache, report)
