"""HEIC: photos of phones are read; lossless 4:4:4 RGB is written, exactly. Needs pillow-heif (extra `heif`).

Exactness rests on three settings of libheif: lossless, no chroma subsampling, and the identity matrix, without which colours
would pass through YCbCr (https://github.com/strukturag/libheif/pull/1039). `write_photo` proves it on every file.
"""

from importlib.util import find_spec
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np

from unfilter.photo.boxes import notes_of_boxes
from unfilter.photo.exif import exif_of
from unfilter.photo.levels import fitted
from unfilter.photo.metadata import carried, colour_of, split, text_of
from unfilter.photo.orientation import turned_back
from unfilter.photo.photo import Photo
from unfilter.photo.source import Source
from unfilter.photo.xmp import GAIN_MAP, once

_IDENTITY = 0
TOP_UP = "unTP"
"""Type of the item of a top-up (ISO/IEC 14496-12, section 8.11.6)."""
_LARGEST = 35_651_584
"""Pixels of the largest picture that HEVC has (ITU-T H.265, table A.8, level 6.2); a larger photo is a grid of them."""
_TILE = 2048  # pixels: the side of a grid's pictures
_SLICE = 12_000_000
"""Bytes of pixels in a slice. libde265 1.1.3 refuses slices of 16 MiB (seen: one of 17.3 MB, 12 megapixels), and x265 makes
one of a picture unless told; what is lossless takes as many bytes as its pixels at most, noise a few more."""


def unavailable() -> str | None:
    """Why HEIC cannot be read or written here; None where it can."""
    if not find_spec("pillow_heif"):
        return "pillow-heif, which reads and writes HEIC, is not installed; add it with: pip install 'unfilter[heif]'"
    try:
        import pillow_heif  # noqa: F401
    except Exception as error:  # of a library for another system or another Pillow: anything
        reason = (str(error).strip() or type(error).__name__).splitlines()[0]
        return (
            f"pillow-heif, which reads and writes HEIC, is installed and broken ({reason}); "
            "install it again with: pip install --upgrade --force-reinstall 'unfilter[heif]'"
        )
    return None


def refusal_of(photo: Photo) -> str | None:
    """Why `photo` cannot be written; None where it can. A grid has no alpha, and older pillow-heif writes no grid."""
    import pillow_heif

    height, width = photo.pixels.shape[:2]
    if height * width <= _LARGEST:
        return None
    if photo.alpha is not None:
        return f"HEIC holds at most {_LARGEST / 1e6:.1f} million pixels with alpha; leave alpha out"
    if not hasattr(pillow_heif.options, "GRID_TILE_SIZE"):
        return f"pillow-heif {pillow_heif.__version__} writes at most {_LARGEST / 1e6:.1f} million pixels; update it"
    return None


def decode(source: Source) -> Photo:
    """The primary picture. libheif turns it upright; it is turned back by what EXIF says, so that EXIF stays as it is."""
    import pillow_heif

    boxes = notes_of_boxes(source.file)
    heif = pillow_heif.HeifFile(source.file, convert_hdr_to_8bit=True, hdr_to_16bit=True)
    if heif.mimetype.endswith("-sequence"):
        raise source.refusal("is animated (a HEIC sequence); give a single picture")
    image = heif[heif.primary_index]
    source.check_size(*image.size)
    notes = source.check_depth(image.info["bit_depth"])
    source.check_alpha(image.premultiplied_alpha)
    picture = np.asarray(image)
    if picture.dtype == np.uint16:  # monochrome, which stays as deep as it is: the 8 high bits of 16
        picture = (picture >> 8).astype(np.uint8)
    picture = picture[..., None] if picture.ndim == 2 else picture
    info: dict[str, Any] = {"exif": image.info.get("exif"), "xmp": image.info.get("xmp")}
    orientation = pillow_heif.set_orientation(dict(info)) or 1
    picture = turned_back(picture, orientation)
    colours = picture.shape[2] - image.has_alpha
    pixels = np.array(np.broadcast_to(picture[..., :colours], (*picture.shape[:2], 3)))
    alpha = picture[..., -1].copy() if image.has_alpha else None
    xmp, tag, left = split(text_of(info["xmp"]))
    notes += _left_behind(image.info, len(heif), once((*left, *boxes)))
    pixels, profile, more = fitted(pixels, image.info.get("icc_profile") or None, source)
    notes += more
    nclx = image.info.get("nclx_profile")
    colour = colour_of(int(nclx["color_primaries"]), int(nclx["transfer_characteristics"])) if nclx and not profile else ()
    top_up = next((item["data"] for item in image.info.get("metadata", ()) if item.get("type") == TOP_UP), None)
    return Photo(pixels, "heic", profile, exif_of(info["exif"]), xmp, tag, alpha, colour, notes=notes, top_up=top_up)


def encode(target: Path | BytesIO, photo: Photo) -> None:
    """Write every pixel, alpha beside it, and the tag in XMP; the file says to show it as EXIF does."""
    import pillow_heif

    save = carried(photo, "heic")
    for name, content in photo.colour:
        if name == "cICP":
            save |= {"color_primaries": content[0], "transfer_characteristics": content[1]}
    if photo.top_up is not None:
        save["metadata"] = [{"type": TOP_UP, "content_type": "", "data": photo.top_up}]
    picture = photo.picture
    height, width, channels = picture.shape
    if height * width > _LARGEST:
        save["tile_size"] = _TILE
    elif (slices := ceil(3 * height * width / _SLICE)) > 1:
        save["enc_params"] = {"x265:slices": str(slices)}
    pillow_heif.encode(
        "RGB" if channels == 3 else "RGBA",
        (width, height),
        picture.tobytes(),
        target,
        quality=-1,
        chroma=444,
        matrix_coefficients=_IDENTITY,
        full_range_flag=1,
        **save,
    )


def _left_behind(info: dict[str, Any], pictures: int, by_xmp: tuple[str, ...]) -> tuple[str, ...]:
    notes = list(by_xmp)
    auxiliary = [str(kind) for kind in info.get("aux", ())]
    if any("gainmap" in kind.lower() for kind in auxiliary) and GAIN_MAP not in notes:
        notes.append(GAIN_MAP)
    others = [kind for kind in auxiliary if "gainmap" not in kind.lower()]
    if others or info.get("depth_images"):
        notes.append(f"auxiliary pictures were left behind: {', '.join(others) or 'depth'}")
    metadata = [item for item in info.get("metadata", ()) if item.get("type") != TOP_UP]
    if other := [f"{item.get('type', '')} {item.get('content_type', '')}".strip() for item in metadata]:
        notes.append(f"metadata of other kinds was left behind: {', '.join(dict.fromkeys(other))}")
    if pictures > 1:
        notes.append(f"{pictures - 1} more of its {pictures} pictures were left behind")
    return tuple(notes)
