"""Reading a photo: its stored pixels and what travels along with them."""

import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
from numpy.typing import NDArray
from PIL import Image, PngImagePlugin, UnidentifiedImageError

from unfilter.errors import PhotoError
from unfilter.photo.tag import PNG_KEYWORD, Codec, Tag, without_tag

_CODECS: dict[str, Codec] = {"PNG": "png", "JPEG": "jpeg", "MPO": "jpeg"}
_REFUSED_MODES = {
    "CMYK": "is CMYK; convert it to RGB first",
    "RGBA": "has transparency, which is not carried yet; remove it first",
    "LA": "has transparency, which is not carried yet; remove it first",
    "I;16": "has 16 bits per channel; reduce it to 8 first",
    "I": "has more than 8 bits per channel; reduce it to 8 first",
    "F": "has floating-point pixels; reduce it to 8 bits first",
}


@dataclass(frozen=True)
class Photo:
    """A decoded photo file.

    Attributes:
        pixels: uint8 RGB, height x width x 3, exactly as stored: EXIF orientation is not applied, colour not converted.
        icc_profile, exif, xmp: as in the file (`xmp` without our tag), or None.
        tag: what made the file, where it says so.
    """

    pixels: NDArray[np.uint8]
    codec: Codec | None = None
    icc_profile: bytes | None = None
    exif: bytes | None = None
    xmp: str | None = None
    tag: Tag | None = None


def read_photo(path: Path) -> Photo:
    """Read a PNG or JPEG with 8 bits per channel; grey and palette photos become RGB with equal meaning.

    Raises:
        PhotoError: missing, not a photo, corrupt, or of a kind that would not survive; one line that says which.
    """
    try:
        # Pillow warns of oddities in metadata; a warning is not for the user, and the pixels are checked by decoding.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(path, formats=["PNG", "JPEG"]) as image:  # JPEG opens MPO too
                return _decode(path, image)
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise PhotoError(f"{path}: is a folder, not a photo; name one file") from None
    except UnidentifiedImageError:
        found = "an empty file" if path.stat().st_size == 0 else "not a PNG or JPEG photo"
        raise PhotoError(f"{path}: {found}; give a PNG or JPEG file") from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise PhotoError(f"{path}: {' '.join(str(error).split())}") from None
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error and more on corrupt files
        reason = " ".join(str(error).split()) or type(error).__name__
        raise PhotoError(f"{path}: cannot be decoded ({reason}); the file is damaged or incomplete") from None


def _decode(path: Path, image: Image.Image) -> Photo:
    if image.format == "PNG" and getattr(image, "n_frames", 1) > 1:
        raise PhotoError(f"{path}: is animated; give a single picture")
    # A PNG with 16 bits a channel may say mode RGB; only the raw mode of its tiles tells.
    mode = "I;16" if any("16" in str(tile[3]) for tile in getattr(image, "tile", ())) else image.mode
    if "transparency" in image.info:
        mode = "RGBA"
    if mode in _REFUSED_MODES:
        raise PhotoError(f"{path}: {_REFUSED_MODES[mode]}")
    profile = image.info.get("icc_profile")
    if profile and profile[16:20] == b"GRAY":  # data colour space, ICC.1:2022, section 7.2.8
        raise PhotoError(f"{path}: has a grey colour profile, which its RGB result cannot carry; convert it to sRGB first")
    pixels = np.array(image.convert("RGB"))
    packet = _xmp(image)
    tag = Tag.from_xmp(packet) if packet else None
    if tag is None and isinstance(image, PngImagePlugin.PngImageFile):
        tag = Tag.from_json(image.text.get(PNG_KEYWORD, ""))
    return Photo(
        pixels,
        codec=_CODECS[cast(str, image.format)],
        icc_profile=profile,
        exif=image.info.get("exif"),
        xmp=without_tag(packet),
        tag=tag,
    )


def _xmp(image: Image.Image) -> str | None:
    packet = image.info.get("XML:com.adobe.xmp") if image.format == "PNG" else image.info.get("xmp")
    return packet.decode("utf-8", errors="replace") if isinstance(packet, bytes) else packet
