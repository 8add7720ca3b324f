"""From the picture that a decoder gives to 8-bit RGB levels, and alpha beside them."""

from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms

from unfilter.photo.source import Source

Levels = tuple[NDArray[np.uint8], NDArray[np.uint8] | None, bytes | None, tuple[str, ...]]
"""Pixels (height x width x 3), alpha (height x width) or None, the profile that they are in, notes."""

_WITH_ALPHA = ("RGBA", "LA", "PA")
_OTHER_COLOUR = {"LAB": "CIELAB colour", "HSV": "HSV colour", "I": "32 bits per channel", "F": "floating-point pixels"}


def levels_of(image: Image.Image, source: Source, bits: int = 8) -> Levels:
    """Decode `image`. Grey and palette pictures become RGB of equal meaning; nothing else is changed unless asked for.

    Args:
        image: opened, its size checked.
        source: where it comes from, and what the caller allows.
        bits: per channel in the file, already allowed.

    Raises:
        PhotoError: of a colour model that is not carried, or is carried only after conversion.
    """
    profile = image.info.get("icc_profile") or None
    if image.mode in _OTHER_COLOUR:
        raise source.refusal(f"has {_OTHER_COLOUR[image.mode]}; save it as 8-bit RGB first")
    if image.mode == "CMYK":
        _check_conversion(source, "is CMYK")
        pixels, note = _converted(image, profile if _space(profile) == "CMYK" else None)
        return pixels, None, None, (f"CMYK was converted to sRGB {note}",)
    if image.mode.startswith("I;16"):
        high = np.asarray(image) >> (bits - 8)
        image = Image.fromarray(high.astype(np.uint8))
    notes: tuple[str, ...] = ()
    alpha = None
    if image.mode in _WITH_ALPHA or "transparency" in image.info or _palette_has_alpha(image):
        picture = np.asarray(image.convert("RGBA"))
        alpha, pixels = picture[..., 3].copy(), picture[..., :3].copy()
    else:
        pixels = np.array(image if image.mode == "RGB" else image.convert("RGB"))
    pixels, profile, more = fitted(pixels, profile, source)
    return pixels, alpha, profile, (*notes, *more)


def fitted(
    pixels: NDArray[np.uint8], profile: bytes | None, source: Source
) -> tuple[NDArray[np.uint8], bytes | None, tuple[str, ...]]:
    """RGB levels with a profile of RGB, or none: a grey picture with a grey profile becomes sRGB, and a profile of another
    space than the pixels' is ignored, as browsers do.

    Raises:
        PhotoError: a grey profile, and the caller did not ask to convert.
    """
    space = _space(profile)
    if profile is None or space == "RGB":
        return pixels, profile, ()
    if space == "GRAY" and bool((pixels == pixels[..., :1]).all()):
        _check_conversion(source, "has a grey colour profile, which its RGB result cannot carry")
        pixels, note = _converted(Image.fromarray(pixels[..., 0].copy()), profile)
        return pixels, None, (f"grey was converted to sRGB {note}",)
    return pixels, None, (f"its colour profile was left behind: it is {_article(space)}, and the pixels are RGB",)


def _space(profile: bytes | None) -> str:
    """The data colour space of a profile (ICC.1:2022, section 7.2.8); empty where it is none."""
    if profile is None or len(profile) < 128 or profile[36:40] != b"acsp":
        return ""
    return profile[16:20].decode("latin-1").strip()


def _article(space: str) -> str:
    return f"of {space} colour" if space.isalnum() else "no valid profile"


def _check_conversion(source: Source, what: str) -> None:
    if not source.convert:
        raise source.refusal(f"{what}; convert it to sRGB first, or ask for that (--convert, in Python convert=True)")


def _palette_has_alpha(image: Image.Image) -> bool:
    return image.palette is not None and image.palette.mode == "RGBA"


def _converted(image: Image.Image, profile: bytes | None) -> tuple[NDArray[np.uint8], str]:
    """Pixels in sRGB, and how they came about."""
    image.load()
    if profile:
        try:
            made = ImageCms.profileToProfile(
                image, ImageCms.ImageCmsProfile(BytesIO(profile)), ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            return np.array(made), "by its profile"
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a profile that littlecms refuses is as good as none
    return np.array(image.convert("RGB")), "without a profile"
