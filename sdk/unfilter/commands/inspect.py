"""`unfilter inspect`: what a photo file says of its filter, or what a bundle holds."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unfilter.commands.apply import add_limit_argument
from unfilter.photo import Photo, Tag

SUMMARY = "show the tag of a photo file and whether its pixels bear it out, or what a bundle holds"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", type=Path, help="photo file or bundle folder")
    parser.add_argument(
        "--filter", dest="bundle", metavar="BUNDLE", type=Path, help="bundle to judge the pixels by (default: by the tag)"
    )
    add_limit_argument(parser)


def run(arguments: Namespace) -> int:
    path = arguments.path
    lines = _bundle(path) if path.is_dir() else _photo(path, arguments.limit, arguments.bundle)
    print("\n".join(f"{name:<14}{value}" for name, value in lines))
    return 0


def _photo(path: Path, limit: int, folder: Path | None) -> list[tuple[str, str]]:
    from unfilter.errors import PhotoError
    from unfilter.photo import read_photo
    from unfilter.search_path import find_bundle

    photo = read_photo(path, convert=True, reduce=True, limit=limit)
    height, width, _ = photo.pixels.shape
    kind = f"{photo.codec}, {width} x {height}" + (", transparent" if photo.transparent else "")
    lines = [("file", f"{path}, {kind}"), *(("note", note) for note in photo.notes)]
    if photo.tag is None:
        lines.append(("filter", "none: carries no unfilter tag"))
        return [*lines, *(_verdict(photo, folder) if folder else [("verdict", "none: name the filter with --filter")])]
    lines += [("filter", photo.tag.filter), ("restoration", photo.tag.restoration), ("saved as", _saved_as(photo.tag))]
    lines += [("parameter", f"{name} {value:g}") for name, value in photo.tag.parameters.items()]
    if photo.tag.codec != photo.codec:
        lines.append(("warning", f"is {photo.codec} now: what it carried is damaged"))
    try:
        found = find_bundle(path, photo.tag).folder
        lines.append(("bundle", str(found)))
    except PhotoError:
        found = None
        lines.append(("bundle", "not in the search path"))
    folder = folder or found
    return [*lines, *(_verdict(photo, folder) if folder else [("verdict", "none: no bundle to judge by")])]


def _verdict(photo: Photo, folder: Path) -> list[tuple[str, str]]:
    """What the pixels say, with the confidence and the reason."""
    from unfilter.detection.examination import examine
    from unfilter.errors import RuntimeUnavailable
    from unfilter.filter import Filter

    try:
        made, confidence, reason = examine(Filter.open(folder), photo)
    except RuntimeUnavailable as error:
        return [("verdict", f"none: {error}")]
    if confidence is None:
        return [("verdict", f"none: {reason}")]
    words = "as the filter saved it" if made else "altered, or made by something else"
    return [("verdict", words), ("confidence", f"{confidence:.1%}"), ("measured", reason)]


def _saved_as(tag: Tag) -> str:
    return f"{tag.codec}, quality {tag.quality}" if tag.quality else tag.codec


def _bundle(path: Path) -> list[tuple[str, str]]:
    from unfilter.bundle import Bundle

    bundle = Bundle(path)
    manifest = bundle.manifest
    bundle.check()
    plan = manifest.tiles
    lines = [
        ("bundle", f"{path}, {len(manifest.files)} files as the manifest says"),
        ("filter", manifest.filter),
        ("restoration", manifest.restoration),
        ("carriers", ", ".join(manifest.carriers)),
        ("detection", "calibrated" if manifest.detection else "no calibration: files get no verdict"),
        ("tiles", f"{plan.tile} px, halo {plan.halo}, alignment {plan.alignment}"),
    ]
    if manifest.research_only:
        lines.append(("licence", f"for research only: {' '.join(manifest.research_only.split())}"))
    lines += [
        ("parameter", f"{one}, default {one.default:g}" + (", log scale" if one.scale == "log" else ""))
        for one in manifest.hyper_parameters
    ]
    sizes = {entry.path: entry.bytes for entry in manifest.files}
    for artifact in manifest.artifacts:
        size = sum(count for name, count in sizes.items() if name == artifact.path or name.startswith(artifact.path + "/"))
        cost = f", {artifact.macs_per_pixel / 1000:.1f} kMAC per pixel" if artifact.macs_per_pixel else ""
        lines.append(("artifact", f"{artifact.path} ({artifact.direction} {artifact.precision}, {size:,} bytes{cost})"))
    return lines
