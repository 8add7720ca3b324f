"""From the colour space that an ICC profile describes to sRGB. FiveK's experts worked in ProPhoto RGB.

The SDK never converts colours: a profile travels along with the photo. Training pixels have nothing to travel along with,
and ProPhoto levels taken for sRGB would be photos much duller than those that people filter.

Pillow converts 8-bit levels only, so this is done here, for profiles made of three primaries and a curve for each
(ICC.1:2022, sections 8.3.3 and 8.4.3), as those of ProPhoto RGB, Adobe RGB and Display P3 are. Intent: relative
colorimetric; what lies outside of sRGB is clipped.
"""

import struct
from collections.abc import Callable

import numpy as np
from jaxtyping import Float32, Float64

Curve = Callable[[Float64[np.ndarray, "..."]], Float64[np.ndarray, "..."]]

SRGB_PRIMARIES = np.array(
    [[0.4360747, 0.3850649, 0.1430804], [0.2225045, 0.7168786, 0.0606169], [0.0139322, 0.0971045, 0.7141733]]
)
"""Linear sRGB to CIE XYZ under D50, Bradford adaptation (brucelindbloom.com, "RGB/XYZ Matrices")."""

SAME = 2 / 255
"""Profiles that differ from sRGB by less are sRGB: Hewlett-Packard's rounded numbers differ by 0.95 of an 8-bit level at
most (for saturated colours with a black channel); no other colour space in use comes close."""

_PARAMETERS = {0: 1, 1: 3, 2: 4, 3: 5, 4: 7}  # function type: how many numbers (ICC.1:2022, section 10.18)


class ProfileUnsupported(ValueError):
    """The end of a sentence on why a profile is not converted."""


def to_srgb(image: Float32[np.ndarray, "height width 3"], profile: bytes | None) -> Float32[np.ndarray, "height width 3"]:
    """`image` (0..1) in sRGB. Without a profile, or with one that says sRGB (to `SAME`), it is returned as it is.

    Raises:
        ProfileUnsupported: the profile is damaged, not of RGB, or not made of primaries and curves.
    """
    if profile is None:
        return image
    try:
        curves, primaries = _read(profile)
    except (struct.error, IndexError, ZeroDivisionError):
        raise ProfileUnsupported("is damaged") from None
    matrix = np.linalg.solve(SRGB_PRIMARIES, primaries)

    def convert(levels: np.ndarray) -> np.ndarray:
        clipped = np.clip(levels, 0, 1).astype(np.float64)
        linear = np.stack([curves[k](clipped[..., k]) for k in range(3)], axis=-1) @ matrix.T
        return _srgb_curve(np.clip(linear, 0, 1))

    grid = np.stack(np.meshgrid(*[np.linspace(0, 1, 9)] * 3), axis=-1)
    with np.errstate(all="ignore"):  # a damaged profile may hold any numbers
        converted = convert(grid)
        if not np.isfinite(converted).all() or np.abs(converted[-1, -1, -1] - 1).max() > 0.05:
            raise ProfileUnsupported("is damaged: its white is not white, or its curves have no end")
        return image if np.abs(converted - grid).max() < SAME else convert(image).astype(np.float32)


def _srgb_curve(linear: np.ndarray) -> np.ndarray:
    """IEC 61966-2-1, linear 0..1 to levels 0..1."""
    return np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * np.maximum(linear, 0.0031308) ** (1 / 2.4) - 0.055)


def _read(profile: bytes) -> tuple[list[Curve], np.ndarray]:
    """Curves of red, green and blue, and the matrix from linear RGB to XYZ. Offsets are those of ICC.1:2022, section 7."""
    if profile[16:20] != b"RGB ":
        raise ProfileUnsupported(f"is not of RGB but of {profile[16:20].decode('latin-1').strip()!r}")
    (count,) = struct.unpack_from(">I", profile, 128)
    tags = {}
    for index in range(min(count, len(profile) // 12)):
        name, offset, size = struct.unpack_from(">4sII", profile, 132 + 12 * index)
        tags[name] = profile[offset : offset + size]
    wanted = [b"rXYZ", b"gXYZ", b"bXYZ", b"rTRC", b"gTRC", b"bTRC"]
    if profile[20:24] != b"XYZ " or any(name not in tags for name in wanted):
        raise ProfileUnsupported("is made of tables, not of primaries and curves")
    primaries = [np.array(struct.unpack_from(">3i", tags[name], 8)) / 65536 for name in wanted[:3]]
    return [_curve(tags[name]) for name in wanted[3:]], np.stack(primaries, axis=-1)


def _curve(tag: bytes) -> Curve:
    """Levels to linear light, both 0..1: curveType and parametricCurveType (ICC.1:2022, sections 10.6 and 10.18)."""
    if tag[:4] == b"curv":
        (count,) = struct.unpack_from(">I", tag, 8)
        if count == 0:
            return lambda levels: levels
        values = np.array(struct.unpack_from(f">{count}H", tag, 12))
        if count == 1:
            return lambda levels: levels ** (values[0] / 256)
        return lambda levels: np.interp(levels, np.linspace(0, 1, count), values / 65535)
    (kind,) = struct.unpack_from(">H", tag, 8)
    if tag[:4] != b"para" or kind not in _PARAMETERS:
        raise ProfileUnsupported("has a curve of an unknown kind")
    numbers = struct.unpack_from(f">{_PARAMETERS[kind]}i", tag, 12)
    g, a, b, c, d, e, f = _as_last_kind(kind, [number / 65536 for number in numbers])
    return lambda levels: np.where(levels >= d, np.maximum(a * levels + b, 0) ** g + e, c * levels + f)


def _as_last_kind(kind: int, p: list[float]) -> tuple[float, ...]:
    """Every function type as the last one: (a x + b)^g + e from d on, c x + f below."""
    if kind == 0:
        return p[0], 1.0, 0.0, 0.0, 0.0, 0.0, 0.0
    if kind in (1, 2):
        offset = p[3] if kind == 2 else 0.0
        return p[0], p[1], p[2], 0.0, -p[2] / p[1], offset, offset
    return (*p, 0.0, 0.0) if kind == 3 else tuple(p)
