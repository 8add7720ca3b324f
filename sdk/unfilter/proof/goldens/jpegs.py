"""JPEG files: what decoders must give of them, what is restored of that, and which of them are refused."""

from io import BytesIO
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.format.quantisation import Subsampling
from unfilter.format.tag import tag_of
from unfilter.jobs.filter import Filter
from unfilter.photo import Photo, Tag
from unfilter.photo.jpeg import coded, decoder, encoded, fingerprint_of
from unfilter.proof.goldens.schema import JpegGolden, PhotoGolden, Refusal

Pixels = NDArray[np.uint8]
_TURNED = b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0"
"""EXIF that says no more than orientation 6, a quarter turn: pixels come as they are stored (R1)."""
_RESTORED: tuple[tuple[int, Subsampling, bytes | None], ...] = (
    (80, "4:2:0", None),
    (90, "4:2:0", None),
    (95, "4:4:4", _TURNED),
)


def write_jpegs(chosen: Filter, photo: PhotoGolden, folder: Path) -> tuple[JpegGolden, ...]:
    """Write `jpegs/` below `folder`: files made of the golden `photo`, whose raw files are there, and their pixels."""
    (folder / "jpegs").mkdir()
    given, filtered = _pixels(photo, folder)
    found = []
    for quality, subsampling, exif in _RESTORED:
        tag = _tag(tag_of(chosen.bundle.manifest, "jpeg", quality, photo.parameters), filtered, quality, subsampling)
        content = encoded(Photo(filtered, exif=exif, tag=tag), quality, subsampling)
        name = f"filtered_{subsampling.replace(':', '')}_{quality}"
        found.append(_written(folder, name, content, chosen, tag, subsampling, quality))
    more: list[tuple[str, Image.Image, Literal["4:2:2", "grey"]]] = [
        ("photo_progressive_422", Image.fromarray(given), "4:2:2"),
        ("photo_grey", Image.fromarray(given).convert("L"), "grey"),
    ]
    for name, image, kind in more:
        options = {"progressive": True, "subsampling": "4:2:2"} if kind == "4:2:2" else {}
        image.save(file := BytesIO(), format="JPEG", quality=85, **options)
        found.append(_written(folder, name, file.getvalue(), chosen, None, kind, 85, progressive=bool(options)))
    return tuple(found)


def refused_jpegs(old: Tag, filtered: Pixels) -> list[tuple[str, bytes, Refusal | None, str | None]]:
    """Files to refuse, as `write_files` lists them; `old` is the PNG's tag without a fingerprint."""
    as_jpeg = old.model_copy(update={"codec": "jpeg", "quality": 90})
    tag = _tag(as_jpeg, filtered, 90, "4:2:0")
    brighter = np.minimum(filtered.astype(int) * 5 // 4, 255).astype(np.uint8)
    whole = _encoded(filtered, tag, 90)
    return [
        ("altered.jpg", _encoded(brighter, tag, 90), "altered", tag.to_json()),
        ("compressed_again.jpg", _encoded(filtered, tag, 60), "altered", tag.to_json()),
        ("was_png.jpg", _encoded(filtered, old, 90), "other_codec", old.to_json()),
        ("cut_short.jpg", whole[: len(whole) * 2 // 3], "damaged", tag.to_json()),
    ]


def _written(
    folder: Path,
    name: str,
    content: bytes,
    chosen: Filter,
    tag: Tag | None,
    subsampling: Literal["4:4:4", "4:2:2", "4:2:0", "grey"],
    quality: int,
    progressive: bool = False,
) -> JpegGolden:
    decoded = np.asarray(Image.open(BytesIO(content)).convert("RGB"))
    parts = {"": content, ".decoded": decoded.tobytes(), ".restored": chosen.restore(decoded).tobytes() if tag else b""}
    paths = {part: f"jpegs/{name}{part}{'.rgb' if part else '.jpg'}" for part in parts}
    for part, bytes_of_part in parts.items():
        if bytes_of_part:
            (folder / paths[part]).write_bytes(bytes_of_part)
    height, width, _ = decoded.shape
    return JpegGolden(
        path=paths[""],
        height=height,
        width=width,
        quality=quality,
        subsampling=subsampling,
        progressive=progressive,
        decoder=decoder(),
        decoded=paths[".decoded"],
        tag=tag.to_json() if tag else None,
        restored=paths[".restored"] if tag else None,
    )


def _tag(tag: Tag, filtered: Pixels, quality: int, subsampling: Subsampling) -> Tag:
    return tag.model_copy(update={"fingerprint": fingerprint_of(coded(filtered, quality, subsampling))})


def _encoded(pixels: Pixels, tag: Tag, quality: int) -> bytes:
    return encoded(Photo(pixels, tag=tag), quality, "4:2:0")


def _pixels(photo: PhotoGolden, folder: Path) -> tuple[Pixels, Pixels]:
    shape = (photo.height, photo.width, 3)
    given, filtered = (
        np.frombuffer((folder / path).read_bytes(), np.uint8).reshape(shape) for path in (photo.photo, photo.filtered)
    )
    return given, filtered
