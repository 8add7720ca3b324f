"""Makes the files of sdk/format/conformance/future and its cases.json again: `python tests/bench/conformance.py`.

They are of the fixture `bundle-variable`: its weights are shared, and only manifests and filtered files are written.
"""

import json
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from unfilter import Filter, Tag
from unfilter.format.fingerprint import of_exact
from unfilter.format.tag import PNG_KEYWORD
from unfilter.photo.jpeg import fingerprint_of
from unfilter.photo.photo import Photo

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "sdk/format/conformance"
FIXTURES = "../../../tests/fixtures"
SIZE = (51, 67, 3)
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
    manifest["requires"] = []
    unknown_fields(manifest)
    manifest["schema_version"] = 2


def broken(version: int) -> Callable[[Fields], None]:
    def change(manifest: Fields) -> None:
        manifest["schema_version"] = version
        del manifest["tiles"]

    return change


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
        update={"codec": "jpeg", "quality": 90, "fingerprint": fingerprint_of(Photo(filtered), 90, "4:2:0")}
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
    goldens = [
        {"bundle": bundle, "goldens": f"{FIXTURES}/{folder}"}
        for bundle, folder in (("bundle-schema-1", "goldens-version-1"), ("bundle-variable", "goldens-variable"))
    ]
    cases = {"version": 1, "tolerance": 1, "bundles": bundles, "files": files, "goldens": goldens}
    (TARGET / "cases.json").write_text(json.dumps(cases, indent=1) + "\n")


if __name__ == "__main__":
    main()
