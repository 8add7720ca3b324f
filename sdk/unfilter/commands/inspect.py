"""`unfilter inspect`: what a photo file says of its filter, or what a bundle holds."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unfilter.archive import SUFFIX
from unfilter.bundle import MANIFEST
from unfilter.commands.apply import add_limit_argument
from unfilter.commands.batch import Batch
from unfilter.photo import Tag
from unfilter.search_path import find_bundle, is_name, open_bundle

SUMMARY = "show the tag of photo files, or what a bundle holds"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument(
        "paths",
        metavar="PATH",
        type=Path,
        nargs="+",
        help="photo files, folders of them, or a bundle (folder, packed, or name)",
    )
    add_limit_argument(parser)


def run(arguments: Namespace) -> int:
    path = arguments.paths[0]
    if len(arguments.paths) > 1 or (path.is_dir() and not (path / MANIFEST).exists()):
        batch = Batch("inspected")
        return batch.run(batch.photos(arguments.paths), lambda each: _shown(_photo(each, arguments.limit)) + "\n")
    print(_shown(_bundle(path) if _is_bundle(path) else _photo(path, arguments.limit)))
    return 0


def _is_bundle(path: Path) -> bool:
    return path.is_dir() or path.suffix.lower() == SUFFIX or (is_name(str(path)) and not path.exists())


def _shown(lines: list[tuple[str, str]]) -> str:
    return "\n".join(f"{name:<14}{value}" for name, value in lines)


def _photo(path: Path, limit: int) -> list[tuple[str, str]]:
    from unfilter.errors import PhotoError
    from unfilter.photo import read_photo

    photo = read_photo(path, convert=True, reduce=True, limit=limit)  # only the tag is asked for
    height, width, _ = photo.pixels.shape
    kind = f"{photo.codec}, {width} x {height}" + (", transparent" if photo.transparent else "")
    lines = [("file", f"{path}, {kind}"), *(("note", note) for note in photo.notes)]
    if photo.tag is None:
        return [*lines, ("filter", "none: carries no unfilter tag")]
    lines += [("filter", photo.tag.filter), ("restoration", photo.tag.restoration), ("saved as", _saved_as(photo.tag))]
    lines += [("parameter", f"{name} {value:g}") for name, value in photo.tag.parameters.items()]
    if photo.tag.codec != photo.codec:
        lines.append(("warning", f"is {photo.codec} now: what it carried is damaged"))
    try:
        lines.append(("bundle", str(find_bundle(path, photo.tag).folder)))
    except PhotoError:
        lines.append(("bundle", "not in the search path"))
    return lines


def _saved_as(tag: Tag) -> str:
    return f"{tag.codec}, quality {tag.quality}" if tag.quality else tag.codec


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
