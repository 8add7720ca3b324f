"""`unfilter inspect`: what a photo file says of its filter, or what a bundle holds."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

from unfilter.commands.apply import add_limit_argument
from unfilter.photo import Tag

SUMMARY = "show the tag of a photo file, or what a bundle holds"
EXTRA: str | None = None
REQUIRES: tuple[str, ...] = ()


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("path", metavar="PATH", type=Path, help="photo file or bundle folder")
    add_limit_argument(parser)


def run(arguments: Namespace) -> int:
    lines = _bundle(arguments.path) if arguments.path.is_dir() else _photo(arguments.path, arguments.limit)
    print("\n".join(f"{name:<14}{value}" for name, value in lines))
    return 0


def _photo(path: Path, limit: int) -> list[tuple[str, str]]:
    from unfilter.errors import PhotoError
    from unfilter.photo import read_photo
    from unfilter.search_path import find_bundle

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
