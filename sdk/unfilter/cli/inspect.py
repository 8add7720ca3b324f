"""`unfilter inspect`: what a photo file says of its filter, or what a bundle holds."""

from argparse import ArgumentParser, Namespace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from unfilter.cli.apply import FILTER_HELP, add_limit_argument
from unfilter.cli.batch import Tally
from unfilter.cli.pipes import PIPE, standard_input
from unfilter.find.archive import SUFFIX
from unfilter.find.search_path import find_bundle, is_name, open_bundle
from unfilter.format.manifest import MANIFEST
from unfilter.format.tiles import TilePlan
from unfilter.jobs.batch import found_photos
from unfilter.photo import Photo, Tag, read_photo

if TYPE_CHECKING:
    from unfilter.jobs.by_file import ByFile
    from unfilter.jobs.filter import Filter
    from unfilter.jobs.origin import Recognition

SUMMARY = "show the tag of photo files and whether their pixels bear it out, or what a bundle holds"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        metavar="PATH",
        type=Path,
        nargs="+",
        help="photo files, - for standard input, folders of them, or a bundle (folder, packed, or name)",
    )
    parser.add_argument(
        "--filter",
        dest="bundle",
        metavar="FILTER",
        help=f"{FILTER_HELP}, to judge the pixels by (default: by the tag; all that are installed)",
    )
    add_limit_argument(parser)


def run(arguments: Namespace) -> int:
    judge = _Judge(arguments.bundle)
    path = arguments.paths[0]
    if len(arguments.paths) > 1 or (path.is_dir() and not (path / MANIFEST).exists()):
        tally = Tally("inspected")
        read = partial(_read, limit=arguments.limit)
        paths = found_photos(arguments.paths, None, tally.refuse, tally.pass_over)
        return tally.show(paths, read, lambda path, photo: partial(_block, path, photo, judge))
    print(_shown(_bundle(path) if _is_bundle(path) else _photo(path, _read(path, arguments.limit), judge)))
    return 0


def _is_bundle(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() == SUFFIX or (is_name(str(path)) and not path.exists())


def _shown(lines: list[tuple[str, str]]) -> str:
    return "\n".join(f"{name:<14}{value}" for name, value in lines)


def _read(path: Path, limit: int) -> Photo:
    if path == PIPE:
        return standard_input(convert=True, reduce=True, limit=limit)
    return read_photo(path, convert=True, reduce=True, limit=limit)


def _block(path: Path, photo: Photo, judge: "_Judge") -> str:
    """What is shown of one of many photos."""
    return _shown(_photo(path, photo, judge)) + "\n"


def _photo(path: Path, photo: Photo, judge: "_Judge") -> list[tuple[str, str]]:
    from unfilter.errors import PhotoError

    height, width, _ = photo.pixels.shape
    kind = f"{photo.codec}, {width} x {height}" + (", transparent" if photo.transparent else "")
    lines = [("file", f"{path}, {kind}"), *(("note", note) for note in photo.notes)]
    if photo.tag is None:
        lines.append(("filter", "none: carries no unfilter tag"))
        return [*lines, *_held(photo), *judge.lines(photo, None, "")]
    lines += [("filter", photo.tag.filter), ("restoration", photo.tag.restoration), ("saved as", _saved_as(photo.tag))]
    lines += [("parameter", f"{name} {value:g}") for name, value in photo.tag.parameters.items()]
    lines += _held(photo)
    try:
        found = find_bundle(path, photo.tag).folder
        lines.append(("bundle", str(found)))
    except PhotoError as error:
        found = None
        lines.append(("bundle", f"not in the search path: {str(error).removeprefix(f'{path}: ')}"))
    return [*lines, *judge.lines(photo, found, "no bundle to judge by")]


class _Judge:
    """What a file turns out to be: by its tag, by the filter that is named, or by what its pixels show among all that are
    installed. Each filter is opened once.
    """

    def __init__(self, named: str | None) -> None:
        self._named = named
        self._opened: dict[str | Path, Filter] = {}
        self._by_file: ByFile | None = None

    def lines(self, photo: Photo, found: Path | None, otherwise: str) -> list[tuple[str, str]]:
        """Verdict, confidence and reason; `otherwise` says why not, where a tag names a filter of which no bundle is
        `found`, and does not tell of the pixels.
        """
        from unfilter.errors import RuntimeUnavailable, UnfilterError

        try:
            arrived = self._arrived(photo, self._named or found)
        except UnfilterError as error:  # of a runtime that is not installed, or a bundle that is broken
            if self._named and not isinstance(error, RuntimeUnavailable):
                raise
            return [("verdict", f"none: {error}")]
        if arrived is None:
            return [("verdict", f"none: {otherwise}")]
        if arrived.origin.name == "CANNOT_TELL":
            return [("verdict", f"cannot tell: {arrived.reason}")]
        lines = [("verdict", _MEANT[arrived.origin.name])]
        if arrived.filter and photo.tag is None:
            lines.append(("made by", arrived.filter))
        if arrived.confidence is not None:
            lines.append(("confidence", f"{arrived.confidence:.1%}"))
        lines.append(("measured", arrived.reason))
        if arrived.expected_db is not None and arrived.arrived_db is not None:
            kept = ", so it is kept as it is" if arrived.keep else ""
            lines.append(("to expect", f"{arrived.expected_db:.0f} dB; the file itself {arrived.arrived_db:.0f} dB{kept}"))
        return lines

    def _arrived(self, photo: Photo, bundle: str | Path | None) -> "Recognition | None":
        from unfilter.jobs.by_file import ByFile
        from unfilter.jobs.detection.comparison import compare
        from unfilter.jobs.filter import Filter
        from unfilter.jobs.origin import Origin, Recognition

        if bundle is not None:
            if bundle not in self._opened:
                self._opened[bundle] = Filter.open(bundle)
            return self._opened[bundle].arrival(photo)
        if photo.tag is None:
            self._by_file = self._by_file or ByFile()
            return self._by_file.recognised(photo)
        compared = compare(photo)
        if compared is None or compared.made is None:
            return None
        origin = Origin.AS_SAVED if compared.made else Origin.NOT_OURS
        return Recognition(origin, compared.reason, photo.tag.filter, photo.tag.restoration, compared.confidence)


_MEANT = {
    "AS_SAVED": "as the filter saved it",
    "SHARED": "shared: made by the filter, then resized or compressed again",
    "NOT_OURS": "altered, or made by something else",
}


def _held(photo: Photo) -> list[tuple[str, str]]:
    """What the file holds of its photo beside what its pixels restore to."""
    from unfilter.photo.payload import coding_of, content_of
    from unfilter.photo.top_up import is_whole

    def measured(length: int) -> str:
        return f"{length:,} bytes, {8 * length / (photo.pixels.size / 3):.2f} bits per pixel"

    lines = []
    told = photo.tag.payload if photo.tag else None
    content = content_of(photo)
    if content:
        lossless = coding_of(content) == "webp"
        kind = "the photo, every byte" if lossless else "the photo as AVIF"
        lines.append(("payload", f"{kind}, in the low bits: {measured(len(content))}; restored without the filter"))
    elif told:
        lines.append(("payload", f"damaged: {measured(told.bytes)} were in the low bits; restored by the filter"))
    more = photo.tag.top_up if photo.tag else None
    if more:
        kind = "the photo, every byte" if more.holds == "photo" else "what the filter does not restore"
        reached = f"; restores {more.restores_db:.1f} dB" if more.restores_db else ""
        state = "" if is_whole(photo) else "; stripped or damaged: the pixels alone are restored"
        lines.append(("top-up", f"{kind}: {measured(more.bytes)}{reached}{state}"))
    elif photo.top_up is not None:
        lines.append(("top-up", f"of a later unfilter, or of another file: {measured(len(photo.top_up))}"))
    return lines


def _saved_as(tag: Tag) -> str:
    return f"{tag.codec}, quality {tag.quality}" if tag.quality else tag.codec


def _halo(plan: TilePlan) -> str:
    return f"{plan.halo}" + (f" ({plan.forward_halo} forward)" if plan.forward_halo is not None else "")


def _bundle(path: Path) -> list[tuple[str, str]]:
    bundle = open_bundle(str(path))
    manifest = bundle.manifest
    bundle.check()
    plan = manifest.tiles
    lines = [
        ("bundle", f"{bundle.folder}, {len(manifest.files)} files as the manifest says"),
        ("filter", manifest.filter),
        ("restoration", manifest.restoration),
        ("carriers", ", ".join(manifest.carriers)),
        ("detection", "calibrated" if manifest.detection else "no calibration: files get no verdict"),
        ("recognition", "calibrated" if manifest.recognition else "no calibration: shared files are not recognised"),
        ("tiles", f"{plan.tile} px, halo {_halo(plan)}, alignment {plan.alignment}"),
    ]
    if manifest.guided:
        lines.append(("guided", "takes what your own filter made of the photo (apply --output RESULT)"))
    if manifest.research_only:
        lines.append(("licence", f"for research only: {' '.join(manifest.research_only.split())}"))
    lines += [
        ("parameter", f"{one}, default {one.default:g}" + (", log scale" if one.scale == "log" else ""))
        for one in manifest.hyper_parameters
    ]
    for artifact in manifest.artifacts:
        cost = f", {artifact.macs_per_pixel / 1000:.1f} kMAC per pixel" if artifact.macs_per_pixel else ""
        if artifact.measured:
            cost += f", off by {artifact.measured.error:.1e}, loses {artifact.measured.round_trip_loss_db:.2f} dB"
        size = f"{bundle.size_of(artifact):,} bytes"
        lines.append(("artifact", f"{artifact.path} ({artifact.direction} {artifact.precision}, {size}{cost})"))
    lines += [("refused", f"{each.format} {each.precision}: {each.reason}") for each in manifest.refused]
    return lines
