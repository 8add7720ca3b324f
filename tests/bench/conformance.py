"""Makes all of sdk/format/conformance but README again: `python tests/bench/conformance.py`.

They are of the fixture `bundle-variable`: its weights are shared, and only manifests and filtered files are written.
`shared` is made by conformance_marks.py beside this.
"""

import json
import shutil
import struct
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, cast
from xml.sax.saxutils import escape

import numpy as np
from conformance_marks import marks
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from unfilter import Filter, Tag, read_photo, write_photo
from unfilter.format.artifact import DIRECTIONS, Direction
from unfilter.format.fingerprint import of_exact
from unfilter.format.tag import PNG_KEYWORD
from unfilter.format.tiles import TilePlan, spans
from unfilter.format.xmp import EMPTY
from unfilter.jobs import Apply, Restore
from unfilter.photo import Codec, Goal
from unfilter.photo.exif import MARKER, exif_of
from unfilter.photo.jpeg import coded, fingerprint_of
from unfilter.photo.photo import Photo
from unfilter.photo.xmp import without_claims

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "sdk/format/conformance"
FIXTURES = "../../../tests/fixtures"
SIZE = (51, 67, 3)
SMALL = {"tile": 16, "halo": 0, "alignment": 2}
"""A plan without the halo that the network needs, so that other tiles restore other pixels."""
Fields = dict[str, Any]


def everywhere(value: Any) -> Any:
    """`value` with a field that no version knows in every object of the manifest's own."""
    if isinstance(value, list):
        return [everywhere(each) for each in value]
    if not isinstance(value, dict):
        return value
    by_name = {"parameters", "tools"}  # of a golden and of the provenance: names are content there, no fields
    held = {
        name: each if name in by_name and "name" not in (each or {}) else everywhere(each) for name, each in value.items()
    }
    return held | {"later": {"than": "this"}}


def before_others(**changes: object) -> Callable[[Fields], None]:
    """An artifact of each direction that a reader must not take, before those that it must; its graph is a wrong one."""

    def change(manifest: Fields) -> None:
        (forward, inverse) = (deepcopy(each) for each in manifest["artifacts"][:2])
        forward["path"], inverse["path"] = inverse["path"], forward["path"]
        manifest["artifacts"] = [forward | changes, inverse | changes, *manifest["artifacts"]]

    return change


def unknown_fields(manifest: Fields) -> None:
    changed = everywhere(manifest)
    manifest.clear()
    manifest.update(changed)


def later_schema(manifest: Fields) -> None:
    for changes in ({"format": "executorch"}, {"precision": "w4"}, {"delegate": "qnn"}, {"requires": ["two_photos"]}):
        before_others(**changes)(manifest)
    manifest["refused"] = [{"format": "executorch", "precision": "w4", "reason": "it missed its tolerance"}]
    manifest["carriers"].append("avif")
    manifest["quantisation"] = [{"subsampling": "4:1:0", "steps": []}]
    manifest["requires"] = []
    unknown_fields(manifest)
    manifest["schema_version"] = 2


def broken(version: int) -> Callable[[Fields], None]:
    def change(manifest: Fields) -> None:
        manifest["schema_version"] = version
        del manifest["tiles"]

    return change


def small_tiles(**more: int) -> Callable[[Fields], None]:
    """Only graphs that take tiles of any size."""

    def change(manifest: Fields) -> None:
        manifest["tiles"] = SMALL | more
        manifest["artifacts"] = [each for each in manifest["artifacts"] if not each["fixed_size"]]
        if "grid" in more:
            manifest["requires"] = ["tile_grid"]

    return change


def wide_forward_halo(manifest: Fields) -> None:
    manifest["tiles"] = SMALL | {"forward_halo": SMALL["halo"] + SMALL["alignment"]}


def grid_without_requirement(manifest: Fields) -> None:
    manifest["tiles"] = SMALL | {"grid": 8}


def guided(manifest: Fields) -> None:
    """Forward graphs that take an output too. Those of the fixture take none, so only the way back can be run."""
    for artifact in manifest["artifacts"]:
        if artifact["direction"] == "forward":
            artifact["output"] = artifact["image"] | {"name": "output"}
            artifact["requires"] = ["guided"]
    for golden in manifest["goldens"]:
        golden["output"] = golden["filtered"]


def own_tables(manifest: Fields) -> None:
    """Quantiser tables that no encoder has: steps that grow evenly, and across the diagonal of chroma unevenly."""
    luma = [8 + 9 * (row + column) for row in range(8) for column in range(8)]
    chroma = [12 + 11 * row + 5 * column for row in range(8) for column in range(8)]
    manifest["quantisation"] = [{"subsampling": "4:2:0", "luma": luma, "chroma": chroma}]


PAST: dict[str, tuple[Callable[[Fields], None], list[str] | None]] = {
    "small_tiles": (small_tiles(), None),
    "tile_grid": (small_tiles(grid=8), None),
    "forward_halo": (small_tiles(halo=4, forward_halo=2), None),
    "forward_halo_too_wide": (wide_forward_halo, ["convert"]),
    "grid_without_requirement": (grid_without_requirement, ["convert"]),
    "guided": (guided, None),
    "quantisation": (own_tables, None),
}
"""As `MANIFESTS`, of what readers have learned since version 0.1."""

MANIFESTS: dict[str, tuple[Callable[[Fields], object], list[str] | None]] = {
    "unknown_fields": (unknown_fields, None),
    "unknown_format": (before_others(format="executorch"), None),
    "unknown_precision": (before_others(precision="w4"), None),
    "unknown_delegate": (before_others(delegate="qnn"), None),
    "unknown_artifact_requires": (before_others(requires=["two_photos"]), None),
    "unknown_carrier": (lambda manifest: manifest["carriers"].append("avif"), None),
    "later_schema": (later_schema, None),
    "unknown_requires": (lambda manifest: manifest.update(requires=["two_photos"]), ["two_photos", "update"]),
    "later_schema_unreadable": (broken(2), ["update"]),
    "this_schema_unreadable": (broken(1), ["convert"]),
}
"""By name: how the fixture's manifest is changed, and words of the refusal; None: it opens."""


def tags(saved: Tag) -> dict[str, tuple[str, list[str] | None]]:
    """By name: the text of a tag, and words of the refusal; None: the file is restored."""
    fields = json.loads(saved.to_json())
    later_fingerprint = fields["fingerprint"] | {"version": 2, "sha256": "0" * 32}
    later = fields | {"version": 2, "later": {"than": "this"}, "requires": []}
    later["fingerprint"] = fields["fingerprint"] | {"later": [1]}
    return {
        "later_tag": (json.dumps(later), None),
        "later_fingerprint": (json.dumps(fields | {"fingerprint": later_fingerprint}), None),
        "tag_requires": (json.dumps(fields | {"version": 2, "requires": ["two_photos"]}), ["two_photos", "update"]),
    }


def png(pixels: NDArray[np.uint8], text: str) -> bytes:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt(PNG_KEYWORD, text)
    Image.fromarray(pixels).save(file := BytesIO(), format="PNG", pnginfo=chunks)
    return file.getvalue()


def jpeg(pixels: NDArray[np.uint8], text: str, tag: Tag) -> bytes:
    quotes = {'"': "&quot;"}
    packet = tag.to_xmp(None).replace(escape(tag.to_json(), quotes), escape(text, quotes))
    Image.fromarray(pixels).save(file := BytesIO(), format="JPEG", quality=90, subsampling="4:2:0", xmp=packet.encode())
    return file.getvalue()


def plans() -> list[Fields]:
    """Plans, and the spans of many lengths: a grid is none, a coarse one, and one that leaves no choice of tiles; forward
    graphs have a halo of their own, or none.
    """
    small = range(0, 202, 2)
    large = (0, 8, 768, 776, 1016, 1024, 1536, 1544, 2048, 3024, 4032, 5664, 6048, 8064, 20000)
    chosen = [
        ({"tile": 32, "halo": 8, "alignment": 2} | grid, small) for grid in ({}, {"grid": 2}, {"grid": 4}, {"grid": 8})
    ]
    chosen += [({"tile": 768, "halo": 64, "alignment": 8} | grid, large) for grid in ({}, {"grid": 16}, {"grid": 64})]
    chosen += [
        ({"tile": 1024, "halo": 96, "alignment": 2, "grid": 32}, large),
        ({"tile": 20, "halo": 0, "alignment": 2, "grid": 10}, small),
        ({"tile": 32, "halo": 8, "forward_halo": 2, "alignment": 2}, small),
        ({"tile": 1024, "halo": 208, "forward_halo": 112, "alignment": 2, "grid": 16}, large),
    ]
    return [
        {
            "tiles": fields,
            "direction": direction,
            "fixed_size": fixed_size,
            "lengths": [[length, _spans(length, fields, direction, fixed_size)] for length in lengths],
        }
        for fields, lengths in chosen
        for direction in (DIRECTIONS if "forward_halo" in fields else ("inverse",))
        for fixed_size in (False, True)
    ]


def _spans(length: int, fields: Fields, direction: Direction, fixed_size: bool) -> list[list[int]]:
    found = spans(length, TilePlan(**fields).of(direction), fixed_size)
    return [[each.start, each.stop, each.keep_start, each.keep_stop] for each in found]


def tiled(manifest: Fields, fixture: Path, filtered: Path) -> dict[str, NDArray[np.uint8]]:
    """By the name of a plan: what its tiles restore."""
    restored = {}
    for name, (change, words) in PAST.items():
        if words is None:
            change(changed := deepcopy(manifest))
            with opened(changed, fixture) as chosen:
                restored[name] = chosen.restore(read_photo(filtered).pixels)
    return restored


@contextmanager
def opened(manifest: Fields, fixture: Path) -> Iterator[Filter]:
    """The filter of the fixture with another manifest."""
    with TemporaryDirectory() as folder:
        shutil.copytree(fixture, folder, dirs_exist_ok=True)
        (Path(folder) / "manifest.json").write_text(json.dumps(manifest))
        yield Filter.open(folder, runtime="onnx")


def transparent(chosen: Filter, original: NDArray[np.uint8]) -> dict[str, tuple[Photo, list[str] | None]]:
    """By name: files of a photo behind a round mask with a soft edge, and words of the refusal."""
    rows, columns = np.mgrid[: SIZE[0], : SIZE[1]]
    inside = 24 - np.hypot(rows - SIZE[0] / 2, columns - SIZE[1] / 2)
    alpha = np.clip(inside * 40, 0, 255).astype(np.uint8)
    values = {each.name: each.default for each in chosen.hyper_parameters}
    hidden = chosen.filtered(Photo(original, "png", alpha=alpha), "png", values)
    black = replace(hidden, pixels=np.where(alpha[..., None] > 0, hidden.pixels, np.uint8(0)))
    altered = replace(hidden, pixels=hidden.pixels ^ np.uint8(rows[..., None] == SIZE[0] // 2))
    whole = chosen.filtered(Photo(original, "png"), "png", values)  # a network that saw all, as version 0.1's
    return {
        "hidden_colours": (hidden, None),
        "hidden_colours_changed": (black, None),
        "all_colours": (replace(whole, alpha=alpha), None),
        "hidden_colours_altered": (altered, ["altered"]),
    }


def exif(order: str) -> bytes:
    """EXIF with a thumbnail, and with a preview in the makers' notes; `order` as of `struct`."""
    Image.new("RGB", (8, 8), "red").save(file := BytesIO(), format="JPEG")
    picture = file.getvalue()
    notes = b"NOTES\0" + picture + b"kept"
    exif_place = 8 + 2 + 2 * 12 + 4
    notes_place = exif_place + 2 + 12 + 4
    second = notes_place + len(notes) + len(notes) % 2
    beside = second + 2 + 4 * 12 + 4
    parts = [
        (b"II" if order == "<" else b"MM") + struct.pack(order + "HI", 42, 8),
        struct.pack(order + "H", 2) + _entry(order, 0x0112, 3, 1, 6) + _entry(order, 0x8769, 4, 1, exif_place),
        struct.pack(order + "I", second),
        struct.pack(order + "H", 1) + _entry(order, 0x927C, 7, len(notes), notes_place) + bytes(4),
        notes + bytes(len(notes) % 2),
        struct.pack(order + "H", 4) + _entry(order, 0x0103, 3, 1, 6) + _entry(order, 0x011A, 5, 1, beside),
        _entry(order, 0x0201, 4, 1, beside + 8) + _entry(order, 0x0202, 4, 1, len(picture)) + bytes(4),
        struct.pack(order + "II", 72, 1) + picture,
    ]
    return b"".join(parts)


def _entry(order: str, tag: int, kind: int, count: int, value: int) -> bytes:
    short = kind == 3 and count == 1
    return struct.pack(order + "HHI", tag, kind, count) + struct.pack(
        order + ("HH" if short else "I"), *([value, 0] if short else [value])
    )


def packet(properties: str) -> str:
    return EMPTY.replace("</rdf:RDF>", f'<rdf:Description rdf:about=""{properties}</rdf:Description></rdf:RDF>')


CAMERA = "http://ns.google.com/photos/1.0/camera/"
PACKETS = (
    packet(' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:source>camera</dc:source>'),
    packet(
        f' xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" xmlns:C="{CAMERA}" C:MotionPhoto=\'1\' '
        'C:HdrPlusMakernote="kept"><C:MicroVideoOffset>1</C:MicroVideoOffset><hdrgm:GainMapMax><rdf:Seq><rdf:li>2</rdf:li>'
        '</rdf:Seq></hdrgm:GainMapMax><dc:source xmlns:dc="http://purl.org/dc/elements/1.1/">camera</dc:source>'
    ),
    packet(f' xmlns:GCamera="{CAMERA}" GCamera:MotionPhoto="1" GCamera:MotionPhotoVersion="1"><GCamera:MotionPhoto/>'),
    packet(' xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="5"><xmp:Thumbnails><rdf:Alt/></xmp:Thumbnails>'),
    packet(' HDRGainMap:Version="65536" xmpNote:HasExtendedXMP="0123"><xmpNote:HasExtendedXMP>never ends'),
)


def travels() -> Fields:
    """What of metadata travels along, and what must not (R24). EXIF may be cut off instead where zeros end it."""
    files = [exif(order) for order in "<>"] + [exif("<")[:70], b"II*\0", b"no EXIF"]
    after = [(exif_of(file) or b"").removeprefix(MARKER) for file in files]
    return {
        "xmp": [{"before": text, "after": without_claims(text)[0]} for text in PACKETS],
        "exif": [{"before": a.hex(), "after": b.ljust(len(a), b"\0").hex()} for a, b in zip(files, after, strict=True)],
    }


def rgba(photo: Photo) -> bytes:
    assert photo.alpha is not None
    return np.dstack([photo.pixels, photo.alpha]).tobytes()


def for_readers(manifest: Fields) -> Fields:
    """Of a guided bundle: what is left for readers that do not know R29, for others, and words that refuse a photo alone."""
    listed = [{name: each[name] for name in ("format", "direction", "precision")} for each in manifest["artifacts"]]
    without = [each for each in listed if each["direction"] == "inverse"]
    if not any("requires" in each for each in manifest["artifacts"]):
        return {}
    return {"artifacts": without, "rule": "R29", "artifacts_by_rule": listed, "refuses_to_filter": ["guided"]}


def quantised(manifest: Fields, fixture: Path, original: NDArray[np.uint8]) -> list[Fields]:
    """A JPEG by a filter that has quantiser tables of its own (R36): decoders take them from the file."""
    path = TARGET / "past/quantisation.jpg"
    own_tables(changed := deepcopy(manifest))
    with opened(changed, fixture) as chosen:
        filtered = Apply(chosen.graphs, quality=90, subsampling="4:2:0").in_memory(Photo(original, "png"), "jpeg")
        write_photo(path, filtered, quality=90, subsampling="4:2:0")
        restored = Restore(chosen.graphs).in_memory(read_photo(path), "png")
    path.with_name(f"{path.name}.restored.rgb").write_bytes(restored.pixels.tobytes())
    case: Fields = {"name": path.name, "path": f"past/{path.name}", "bundle": "bundle-variable", "expect": "restores"}
    return [case | {"restored": f"past/{path.name}.restored.rgb", "height": SIZE[0], "width": SIZE[1]}]


def marked(chosen: Filter, original: NDArray[np.uint8]) -> list[Fields]:
    """Files with a mark (R30), which is taken off before they are restored."""
    cases = []
    for name, codec in (("mark.png", "png"), ("mark.jpg", "jpeg")):
        job = Apply(chosen.graphs, mark=True, quality=90, subsampling="4:2:0")
        filtered = job.in_memory(Photo(original, "png"), cast(Codec, codec))
        write_photo(TARGET / "past" / name, filtered, quality=90, subsampling="4:2:0")
        restored = Restore(chosen.graphs).in_memory(read_photo(TARGET / "past" / name), "png")
        (TARGET / f"past/{name}.restored.rgb").write_bytes(restored.pixels.tobytes())
        case: Fields = {"name": name, "path": f"past/{name}", "bundle": "bundle-variable", "expect": "restores"}
        cases.append(case | {"restored": f"past/{name}.restored.rgb", "height": SIZE[0], "width": SIZE[1]})
    return cases


def past(manifest: Fields, fixture: Path, chosen: Filter) -> tuple[list[Fields], list[Fields]]:
    """Cases of bundles and of files."""
    folder = TARGET / "past"
    folder.mkdir(exist_ok=True)
    bundles, files = [], []
    for name, (change, words) in PAST.items():
        change(changed := deepcopy(manifest))
        (folder / f"{name}.manifest.json").write_text(json.dumps(changed, separators=(",", ":")) + "\n")
        case = {"name": name, "manifest": f"past/{name}.manifest.json", "files": f"{FIXTURES}/bundle-variable"}
        opens: Fields = {"expect": "opens"} | for_readers(changed)
        bundles.append(case | ({"expect": "refused", "words": words} if words else opens))
    height, width, _ = SIZE
    for name, pixels in tiled(manifest, fixture, TARGET / "future/later_tag.png").items():
        (folder / f"{name}.restored.rgb").write_bytes(pixels.tobytes())
        case = {"name": f"later_tag.png by {name}", "path": "future/later_tag.png", "bundle": name, "expect": "restores"}
        files.append(case | {"restored": f"past/{name}.restored.rgb", "height": height, "width": width})
    original = np.frombuffer((TARGET / f"{FIXTURES}/goldens-variable/photos/odd.rgb").read_bytes(), np.uint8).reshape(SIZE)
    for name, (photo, words) in transparent(chosen, original).items():
        write_photo(folder / f"{name}.png", photo)
        case = {"name": f"{name}.png", "path": f"past/{name}.png", "bundle": "bundle-variable"}
        if words:
            files.append(case | {"expect": "refused", "refusal": "altered", "words": words})
            continue
        restored = chosen.restored(name, read_photo(folder / f"{name}.png"))
        (folder / f"{name}.restored.rgba").write_bytes(rgba(restored))
        expected = {"restored": f"past/{name}.restored.rgba", "height": height, "width": width, "channels": 4}
        files.append(case | {"expect": "restores"} | expected)
    files += marked(chosen, original)
    files += quantised(manifest, fixture, original)
    (folder / "travels.json").write_text(json.dumps(travels(), indent=1) + "\n")
    (folder / "plans.json").write_text(json.dumps(plans(), separators=(",", ":")) + "\n")
    return bundles, files


def held(chosen: Filter, bundle: str) -> list[Fields]:
    """Files with a payload or a top-up: cases for readers that know the rule, and for those that do not."""
    photo = read_photo(ROOT / "tests/fixtures/bundle-variable/goldens/odd.png")
    folder = TARGET / "held"
    folder.mkdir(exist_ok=True)
    made: dict[str, tuple[str, Fields]] = {
        "payload.png": ("R25", {"carry": "payload"}),
        "top_up.png": ("R26", {"top_up": Goal("exact")}),
        "top_up.jpg": ("R26", {"top_up": Goal("dB", 36), "quality": 80, "subsampling": "4:2:0"}),
    }
    cases = []
    for name, (rule, options) in made.items():
        job = Apply(chosen.graphs, **options)
        codec: Codec = "jpeg" if name.endswith("jpg") else "png"
        filtered = job.in_memory(photo, codec)
        write_photo(folder / name, filtered, quality=job.quality, subsampling=job.subsampling)
        saved = read_photo(folder / name)
        (folder / f"{name}.base.rgb").write_bytes(chosen.restore(saved.pixels).tobytes())
        known = Restore(chosen.graphs).in_memory(saved, "png")
        (folder / f"{name}.rgb").write_bytes(known.pixels.tobytes())
        case: Fields = {"name": f"held_{name}", "path": f"held/{name}", "bundle": bundle, "expect": "restores"}
        case |= {"restored": f"held/{name}.base.rgb", "height": SIZE[0], "width": SIZE[1]}
        cases.append(case | {"rule": rule, "restored_by_rule": f"held/{name}.rgb"})
    return cases


def main() -> None:
    fixture = ROOT / "tests/fixtures/bundle-variable"
    manifest = json.loads((fixture / "manifest.json").read_text())
    known = [{name: each[name] for name in ("format", "direction", "precision")} for each in manifest["artifacts"]]
    (TARGET / "future").mkdir(parents=True, exist_ok=True)
    bundles: list[Fields] = [
        {"name": name, "manifest": f"{FIXTURES}/{name}/manifest.json", "files": f"{FIXTURES}/{name}", "expect": "opens"}
        for name in ("bundle-schema-1", "bundle-variable")
    ]
    for name, (change, words) in MANIFESTS.items():
        change(changed := deepcopy(manifest))
        path = f"future/{name}.manifest.json"
        (TARGET / path).write_text(json.dumps(changed, separators=(",", ":")) + "\n")
        case = {"name": name, "manifest": path, "files": f"{FIXTURES}/bundle-variable"}
        bundles.append(case | ({"expect": "refused", "words": words} if words else {"expect": "opens", "artifacts": known}))

    raw = f"{FIXTURES}/goldens-variable/photos/odd"
    filtered = np.frombuffer((TARGET / f"{raw}.filtered.rgb").read_bytes(), np.uint8).reshape(SIZE)
    chosen = Filter.open(fixture, runtime="onnx")
    saved = Tag(filter=manifest["filter"], restoration=manifest["restoration"], codec="png", fingerprint=of_exact(filtered))
    compressed = saved.model_copy(
        update={"codec": "jpeg", "quality": 90, "fingerprint": fingerprint_of(coded(filtered, 90, "4:2:0"))}
    )
    contents = {f"{name}.png": (png(filtered, text), words) for name, (text, words) in tags(saved).items()}
    contents |= {
        f"{name}.jpg": (jpeg(filtered, text, compressed), words) for name, (text, words) in tags(compressed).items()
    }
    decoded = np.asarray(Image.open(BytesIO(contents["later_tag.jpg"][0])))
    (TARGET / "future/jpeg.restored.rgb").write_bytes(chosen.restore(decoded).tobytes())
    height, width, _ = SIZE
    files: list[Fields] = []
    for name, (content, words) in contents.items():
        (TARGET / "future" / name).write_bytes(content)
        case = {"name": name, "path": f"future/{name}", "bundle": "bundle-variable"}
        restored = f"{raw}.restored.rgb" if name.endswith("png") else "future/jpeg.restored.rgb"
        expected = {"expect": "restores", "restored": restored, "height": height, "width": width}
        refused = {"expect": "refused", "refusal": "needs_update", "words": words}
        files.append(case | (refused if words else expected))
    files += held(chosen, "bundle-variable")
    goldens = [
        {"bundle": bundle, "goldens": f"{FIXTURES}/{folder}"}
        for bundle, folder in (("bundle-schema-1", "goldens-version-1"), ("bundle-variable", "goldens-variable"))
    ]
    since, made = past(manifest, fixture, chosen)
    marks(TARGET / "shared", fixture)
    cases = {
        "version": 1,
        "tolerance": 1,
        "plans": "past/plans.json",
        "travels": "past/travels.json",
        "marks": "shared/marks.json",
        "bundles": [*bundles, *since],
        "files": [*files, *made],
        "goldens": goldens,
    }
    (TARGET / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
