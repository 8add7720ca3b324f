"""`unfilter detection`: calibrate what tells a filter's own files from others, and measure how well it tells."""

from argparse import ArgumentParser, ArgumentTypeError, Namespace
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from unfilter.jobs.detection.detector import Detector
    from unfilter_training.detection.measurement_cache import MeasuredFilter
    from unfilter_training.detection.samples import Measured
    from unfilter_training.detection.tagged import Judged
    from unfilter_training.network import QuasiInvertibleNetwork
    from unfilter_training.recognition.samples import Picture

SUMMARY = "calibrate what tells a filter's own files from others, or measure how well it tells"
EXTRA: str | None = "evaluate"
REQUIRES = ("torch", "safetensors", "jaxtyping", "tqdm", "matplotlib", "jpeglib")


def add_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    calibrate = actions.add_parser("calibrate", help="write detection.json into checkpoints; converting takes it along")
    roc = actions.add_parser("roc", help="a table, and curves, for photos that it was not calibrated on")
    recognise = actions.add_parser(
        "recognise", help="write recognition.json into checkpoints: what recognises their pictures after sharing"
    )
    recognised = actions.add_parser("recognised", help="a table of how well, for photos that it was not calibrated on")
    for action in (calibrate, roc, recognise, recognised):
        action.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of photos, with the folders in it")
        action.add_argument(
            "checkpoints",
            metavar="CHECKPOINT",
            nargs="*",
            help="filters or checkpoint folders (all shipped; roc: calibrated)",
        )
        action.add_argument("--most", type=_count, metavar="COUNT", help="photos to take, one in so many by name (all)")
        action.add_argument("--measured", type=Path, default=Path("build/detection"), help="measures taken before")
    for action in (recognise, recognised):
        action.add_argument(
            "--others",
            metavar="CHECKPOINT",
            nargs="*",
            help="filters whose files are to be told from those of each CHECKPOINT (all that are named)",
        )
    roc.add_argument("--plot", metavar="OUT", type=Path, help="picture of the curves to write, .png")


def run(arguments: Namespace) -> int:
    from unfilter.files import replacing
    from unfilter.jobs.detection.detector import FILE
    from unfilter_training import checkpoint
    from unfilter_training.detection import roc, tagged
    from unfilter_training.detection.calibration import calibrate

    if arguments.action in ("recognise", "recognised"):
        return _recognition(arguments)
    folders = [checkpoint.find(name) for name in arguments.checkpoints or checkpoint.shipped()]
    if arguments.action == "roc" and not arguments.checkpoints:
        folders = [folder for folder in folders if (folder / FILE).exists()]
    filters = {folder: _Filter(folder, arguments.measured) for folder in folders}
    photos = _photos(arguments.photos, arguments.most)
    if arguments.action == "calibrate":
        for folder, one in filters.items():
            detector = calibrate(one.measured(photos), one.description)
            with replacing(folder / FILE) as temporary:
                temporary.write_text(detector.model_dump_json() + "\n", encoding="utf-8")
            print(f"{folder / FILE}: calibrated on {detector.photos} photos")
        return 0
    detectors = {folder: one.detector() for folder, one in filters.items()}
    rows, scores, judged = {}, {}, {}
    for folder, one in filters.items():
        files, name = one.measured(photos), one.description.filter
        rows[name], scores[name] = roc.rows(detectors[folder], files), roc.scores(detectors[folder], files)
        judged[name] = one.judged(photos)
    print(tagged.table(judged), roc.table(rows), sep="\n\n")
    if arguments.plot:
        roc.plot(scores, arguments.plot)
    return 0


def _recognition(arguments: Namespace) -> int:
    from unfilter.files import replacing
    from unfilter.jobs.recognition.recognizer import FILE, read_recognizer
    from unfilter_training import checkpoint
    from unfilter_training.recognition import fitting, report

    held_out = arguments.action == "recognised"
    folders = [checkpoint.find(name) for name in arguments.checkpoints or checkpoint.shipped()]
    other_folders = folders if arguments.others is None else [checkpoint.find(name) for name in arguments.others]
    photos = _photos(arguments.photos, arguments.most)
    filters = {folder: _Filter(folder, arguments.measured) for folder in dict.fromkeys([*folders, *other_folders])}
    pictures = {folder: one.pictures(photos, held_out) for folder, one in filters.items()}
    rows = []
    for folder in folders:
        name = filters[folder].description.filter
        others = [one for other in other_folders if filters[other].description.filter != name for one in pictures[other]]
        if held_out:
            rows.append(report.row(name, read_recognizer(folder / FILE), pictures[folder], others))
            continue
        recognizer = fitting.fit(pictures[folder], others, filters[folder].description)
        with replacing(folder / FILE) as temporary:
            temporary.write_text(recognizer.model_dump_json() + "\n", encoding="utf-8")
        print(
            f"{folder / FILE}: calibrated on {recognizer.photos} photos; recognises {recognizer.recognised:.0%} of its "
            "shared files"
        )
    if rows:
        print(report.table(rows))
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise ArgumentTypeError(f"{text!r} is not a number of photos")
    return int(text)


def _photos(folder: Path, most: int | None) -> list[Path]:
    from unfilter_training.photo_sets.folder import matching

    found = matching(folder, ("**/*",), (".jpg", ".jpeg", ".png", ".heic"))
    return found if most is None or not found else found[:: -(-len(found) // most)]


class _Filter:
    """A checkpoint whose files are looked at, and what was measured of them.

    Raises:
        UnfilterError: no checkpoint, or one of the paper's baselines, which never make files to restore.
    """

    def __init__(self, folder: Path, cache: Path) -> None:
        from unfilter.errors import UnfilterError
        from unfilter_training import checkpoint
        from unfilter_training.network import NetworkConfig, method_of

        self._folder, self._cache = folder, cache
        self.description = checkpoint.read_description(folder)
        form = self.description.network
        if not isinstance(form, NetworkConfig):
            raise UnfilterError(f"{folder}: {method_of(form)} is a baseline to compare with; no file of it is ever restored")
        if form.auxiliary == "guided":
            raise UnfilterError(f"{folder}: is guided; what it made is told by the tag alone, since no look is left to run")

    def detector(self) -> "Detector":
        """That of the checkpoint.

        Raises:
            BundleError: there is none, a damaged one, or one of other weights.
        """
        from unfilter.errors import BundleError
        from unfilter.jobs.detection.detector import FILE, read_detector

        path = self._folder / FILE
        detector = read_detector(path)
        if detector.weights_sha256 != self.description.weights_sha256:
            raise BundleError(f"{path}: was calibrated for other weights; calibrate again with `unfilter detection`")
        return detector

    def measured(self, photos: list[Path]) -> "list[Measured]":
        from unfilter_training.detection.samples import measure_photos

        return measure_photos(self._subject(), photos)

    def judged(self, photos: list[Path]) -> "list[Judged]":
        from unfilter_training.detection.tagged import judge_photos

        return judge_photos(self._subject(), photos)

    def pictures(self, photos: list[Path], held_out: bool) -> "list[Picture]":
        from unfilter_training.recognition.samples import measure_pictures

        return measure_pictures(self._subject(), photos, held_out=held_out)

    def _subject(self) -> "MeasuredFilter":
        from unfilter_training import checkpoint
        from unfilter_training.detection.measurement_cache import MeasuredFilter

        network, _ = checkpoint.load(self._folder)
        return MeasuredFilter(cast("QuasiInvertibleNetwork", network), self.description, self._cache, self._progress)

    def _progress(self, photos: "Iterable[Path]") -> "Iterable[Path]":
        from tqdm import tqdm

        return tqdm(photos, desc=f"{self.description.filter}: files of photos", unit="photo")
