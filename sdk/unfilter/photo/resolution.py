"""Pixels per inch, which say how large a photo is on paper, or only how wide a pixel is to its height, in files' forms.

JFIF has whole numbers per inch or centimetre (ITU-T T.871, section 10.1), PNG whole numbers per metre (section 11.3.4.3).
"""

from collections.abc import Mapping
from fractions import Fraction
from math import isfinite
from typing import Any

METRE, CENTIMETRE = 0.0254, 2.54
"""Of an inch: metres, centimetres."""
_ROUNDED = METRE / 2 + 1e-4
"""Pixels per inch by which PNG's whole numbers per metre may be off."""
_LARGEST = 65_535
"""Of a JFIF density."""

Resolution = tuple[float, float]
"""Pixels per inch along a row and along a column."""
Aspect = tuple[int, int]
"""Pixels along a row and along a column that are equally long, in lowest terms and below 65,536."""


def resolution_of(info: Mapping[Any, Any], *, jpeg: bool = False) -> Resolution | None:
    """What Pillow's `info` of a picture says. Of a JPEG only its JFIF header counts: EXIF is carried as it is."""
    if jpeg:
        unit, found = info.get("jfif_unit"), info.get("jfif_density")
        scale = {1: 1.0, 2: CENTIMETRE}.get(unit if isinstance(unit, int) else 0)
        if scale is None:
            return None
    else:
        scale, found = 1.0, info.get("dpi")
    try:
        across, down = (float(value) * scale for value in found)  # type: ignore[union-attr]
    except (TypeError, ValueError, ZeroDivisionError):
        return None
    whole = tuple(
        round(value) if isfinite(value) and abs(value - round(value)) <= _ROUNDED else value for value in (across, down)
    )
    return (float(whole[0]), float(whole[1])) if all(isfinite(value) and value > 0 for value in whole) else None


def aspect_of(info: Mapping[Any, Any]) -> Aspect | None:
    """What Pillow's `info` says without a unit, where pixels are not square by it: of a PNG, a JPEG or a TIFF."""
    found = info.get("aspect")
    if info.get("jfif_unit") == 0:
        found = info.get("jfif_density")
    elif "dpi" not in info:
        found = found or info.get("resolution")  # of a TIFF
    try:
        across, down = (Fraction(value) for value in found)  # type: ignore[union-attr]
        ratio = (across / down).limit_denominator(_LARGEST)
    except (TypeError, ValueError, ZeroDivisionError, OverflowError):
        return None
    return ratio.as_integer_ratio() if ratio != 1 and 0 < ratio <= _LARGEST else None


def jfif_aspect(aspect: Aspect) -> bytes:
    """Unit and densities of a JFIF header that has no unit."""
    return b"\0" + b"".join(each.to_bytes(2, "big") for each in aspect)


def jfif_density(resolution: Resolution) -> bytes:
    """Unit and densities of a JFIF header: per inch, or per centimetre where only those are whole numbers."""
    across, down = resolution
    metric = [value / CENTIMETRE for value in resolution]
    off = [max(abs(value - round(value)) for value in pair) for pair in ((across, down), metric)]
    unit, pair = (2, metric) if off[0] > _ROUNDED and off[1] < _ROUNDED else (1, [across, down])
    return bytes([unit]) + b"".join(min(max(round(value), 1), _LARGEST).to_bytes(2, "big") for value in pair)


def worded(resolution: Resolution) -> str:
    """Such as `300 x 300 pixels per inch`."""
    return f"{resolution[0]:g} x {resolution[1]:g} pixels per inch"
