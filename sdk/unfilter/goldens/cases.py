"""Files for an app to restore or to refuse, each as it comes about: saved, altered, saved again, cut short, renamed."""

import json
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin

from unfilter.filter import Filter
from unfilter.goldens.jpegs import refused_jpegs
from unfilter.goldens.schema import FileGolden, PhotoGolden, Refusal
from unfilter.photo import Photo
from unfilter.photo.fingerprint import of_exact
from unfilter.photo.png import encode
from unfilter.photo.tag import PNG_KEYWORD
from unfilter.provenance import tag_of

_TURNED = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
"""EXIF that says no more than orientation 6, a quarter turn (Exif 3.0, section 4.6.5)."""
_DISPLAY_P3 = bytes([12, 13, 0, 1])
"""Its colour space by the numbers of ITU-T H.273, as in a PNG's cICP chunk."""


def write_files(chosen: Filter, photo: PhotoGolden, folder: Path) -> tuple[FileGolden, ...]:
    """Write `files/` below `folder`: every file is made of the golden `photo`, whose raw files are there."""
    (folder / "files").mkdir()
    shape = (photo.height, photo.width, 3)
    given, filtered = (
        np.frombuffer((folder / path).read_bytes(), np.uint8).reshape(shape) for path in (photo.photo, photo.filtered)
    )
    old = tag_of(chosen.bundle.manifest, "png", 95, photo.parameters)
    tag = old.model_copy(update={"fingerprint": of_exact(filtered)})
    made = Photo(filtered, tag=tag)
    carrying = replace(made, exif=b"Exif\0\0" + _TURNED, colour=(("cICP", _DISPLAY_P3),))
    other = tag.model_copy(update={"restoration": "0" * 64})
    # Without a fingerprint: with one, the SDK goes by the pixels.
    as_jpeg = old.model_copy(update={"codec": "jpeg", "quality": 95})
    later = json.dumps(json.loads(tag.to_json()) | {"version": 2})
    requiring = json.dumps(json.loads(later) | {"requires": ["two_photos"]})
    unknown = json.loads(tag.to_json())
    unknown["fingerprint"] |= {"version": 2, "sha256": "0" * 32}
    one_level = filtered.copy()
    one_level[25, 33, 1] ^= 1
    smaller = np.asarray(Image.fromarray(filtered).resize((photo.width // 2, photo.height // 2)))
    whole = _png(made)
    middle = whole.index(b"IDAT") + 4 + (len(whole) - whole.index(b"IDAT")) // 2
    flipped = whole[:middle] + bytes([whole[middle] ^ 0xFF]) + whole[middle + 1 :]
    start = whole.index(b"iTXt") - 4
    text_chunk = whole[start : start + 12 + int.from_bytes(whole[start : start + 4], "big")]
    behind = whole[:-12].replace(text_chunk, b"") + text_chunk + whole[-12:]  # before IEND
    carried = {"eXIf": _TURNED.hex(), "cICP": _DISPLAY_P3.hex()}
    cases: list[tuple[str, bytes, Refusal | None, str | None]] = [
        ("filtered.png", whole, None, tag.to_json()),
        ("filtered_turned_p3.png", _png(carrying), None, tag.to_json()),
        ("tag_behind_pixels.png", behind, None, tag.to_json()),
        ("old_tag.png", _png(made, old.to_json()), None, old.to_json()),
        ("fingerprint_of_version_2.png", _png(made, json.dumps(unknown)), None, json.dumps(unknown)),
        ("one_level.png", _png(replace(made, pixels=one_level)), "altered", tag.to_json()),
        ("resized.png", _png(replace(made, pixels=smaller)), "altered", tag.to_json()),
        ("photo.png", _png(Photo(given)), "no_tag", None),
        ("photo_turned_p3.png", _png(replace(carrying, pixels=given, tag=None)), "no_tag", None),
        ("tag_of_version_2.png", _png(made, later), None, later),
        ("tag_requires.png", _png(made, requiring), "needs_update", requiring),
        ("tag_broken.png", _png(made, tag.to_json()[:-2]), "no_tag", tag.to_json()[:-2]),
        ("other_filter.png", _png(made, other.to_json()), "other_filter", other.to_json()),
        ("saved_again.png", _png(made, as_jpeg.to_json()), "other_codec", as_jpeg.to_json()),
        ("filtered.jpg", _jpeg(filtered), "no_tag", None),
        ("photo.webp", _webp(given), "other_format", None),
        ("cut_short.png", whole[: len(whole) * 2 // 3], "damaged", tag.to_json()),
        ("flipped.png", flipped, "damaged", tag.to_json()),
        ("note.png", b"This is no photo.\n", "not_a_photo", None),
        ("empty.png", b"", "not_a_photo", None),
    ]
    cases += refused_jpegs(old, filtered)
    for name, content, _, _ in cases:
        (folder / "files" / name).write_bytes(content)
    return tuple(
        FileGolden(
            path=f"files/{name}",
            refusal=refusal,
            tag=text,
            photo=None if refusal else photo.name,
            carried=carried if name == "filtered_turned_p3.png" else {},
        )
        for name, _, refusal, text in cases
    )


def _png(photo: Photo, text: str | None = None) -> bytes:
    """A PNG as this SDK saves it; with `text` in place of the tag's own."""
    file = BytesIO()
    if text is None:
        encode(file, photo)
    else:
        chunks = PngImagePlugin.PngInfo()
        chunks.add_itxt(PNG_KEYWORD, text)
        Image.fromarray(photo.pixels).save(file, format="PNG", pnginfo=chunks)
    return file.getvalue()


def _jpeg(pixels: NDArray[np.uint8]) -> bytes:
    Image.fromarray(pixels).save(file := BytesIO(), format="JPEG", quality=95)
    return file.getvalue()


def _webp(pixels: NDArray[np.uint8]) -> bytes:
    Image.fromarray(pixels).save(file := BytesIO(), format="WEBP", lossless=True)
    return file.getvalue()
