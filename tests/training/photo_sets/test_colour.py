"""Colour: profiles of primaries and curves become sRGB, as a colour engine would; sRGB stays as it is."""

import io
import struct
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from unfilter.errors import UnfilterError
from unfilter_training.photo_sets import photo_set
from unfilter_training.photo_sets.colour import ProfileUnsupported, to_srgb

# Primaries under D50: ProPhoto RGB (ISO 22028-2) and Adobe RGB (1998), by brucelindbloom.com
PROPHOTO = ((0.7976749, 0.2880402, 0.0), (0.1351917, 0.7118741, 0.0), (0.0313534, 0.0000857, 0.82521))
ADOBE = ((0.6097559, 0.3111242, 0.0194811), (0.2052401, 0.625656, 0.0608902), (0.149224, 0.0632197, 0.7448387))


def curv(*values: int) -> bytes:
    return b"curv\0\0\0\0" + struct.pack(f">I{len(values)}H", len(values), *values)


def para(kind: int, *values: float) -> bytes:
    numbers = [round(value * 65536) for value in values]
    return b"para\0\0\0\0" + struct.pack(f">HH{len(values)}i", kind, 0, *numbers)


def profile(
    primaries: tuple[tuple[float, ...], ...], curve: bytes, *, space: bytes = b"RGB ", pcs: bytes = b"XYZ "
) -> bytes:
    """A display profile (ICC.1:2022, section 7): header, tag table, tags."""
    tags = {b"wtpt": b"XYZ \0\0\0\0" + struct.pack(">3i", 63190, 65536, 54061)}
    for name, xyz in zip((b"rXYZ", b"gXYZ", b"bXYZ"), primaries, strict=True):
        tags[name] = b"XYZ \0\0\0\0" + struct.pack(">3i", *(round(value * 65536) for value in xyz))
    tags |= dict.fromkeys((b"rTRC", b"gTRC", b"bTRC"), curve)
    table, body, start = b"", b"", 128 + 4 + 12 * len(tags)
    for name, value in tags.items():
        table += struct.pack(">4sII", name, start + len(body), len(value))
        body += value + b"\0" * (-len(value) % 4)
    size = start + len(body)
    header = struct.pack(">I4sI", size, b"\0\0\0\0", 0x02400000) + b"mntr" + space + pcs + bytes(12) + b"acsp"
    header += bytes(68 - len(header)) + struct.pack(">3i", 63190, 65536, 54061)
    return header + bytes(128 - len(header)) + struct.pack(">I", len(tags)) + table + body


GAMMA_18 = curv(round(1.8 * 256))
TABLE = curv(*(round(65535 * (level / 1023) ** 2.2) for level in range(1024)))
SRGB_CURVE = para(3, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
NO_PHOTO = np.zeros((2, 2, 3), np.float32)


@pytest.mark.parametrize(
    "icc",
    [
        profile(PROPHOTO, GAMMA_18),
        profile(ADOBE, curv(563)),
        profile(ADOBE, TABLE),
        profile(ADOBE, curv()),
        profile(ADOBE, para(0, 2.2)),
        profile(ADOBE, para(1, 2.2, 0.9, 0.1)),
        profile(ADOBE, para(2, 2.2, 0.9, 0.05, 0.02)),
        profile(PROPHOTO, SRGB_CURVE),
        profile(PROPHOTO, para(4, 2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045, 0.0, 0.0)),
    ],
    ids=["prophoto", "adobe", "table", "linear", "para0", "para1", "para2", "para3", "para4"],
)
def test_levels_are_those_of_a_colour_engine(icc: bytes) -> None:
    """LittleCMS, which Pillow carries, computes with 8-bit levels; muted colours, which no gamut clips."""
    levels = np.random.default_rng(0).integers(90, 160, (64, 64, 3), dtype=np.uint8)
    expected = ImageCms.profileToProfile(
        Image.fromarray(levels),
        ImageCms.ImageCmsProfile(io.BytesIO(icc)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
        flags=ImageCms.Flags.HIGHRESPRECALC | ImageCms.Flags.NOOPTIMIZE,
    )
    assert expected is not None
    converted = to_srgb(levels.astype(np.float32) / 255, icc)
    assert np.abs(converted * 255 - np.asarray(expected).astype(np.float32)).max() < 0.8


def test_srgb_is_left_as_it_is() -> None:
    photo = np.random.default_rng(0).random((8, 8, 3), dtype=np.float32)
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    assert to_srgb(photo, srgb) is photo
    assert to_srgb(photo, None) is photo


def test_white_stays_white_black_black_and_grey_grey() -> None:
    for icc in (profile(PROPHOTO, GAMMA_18), profile(ADOBE, TABLE)):
        greys = np.repeat(np.linspace(0, 1, 256, dtype=np.float32)[None, :, None], 3, axis=2)
        converted = to_srgb(greys, icc) * 255
        assert np.ptp(converted, axis=2).max() < 0.1
        assert converted[0, 0].max() == 0 and converted[0, -1].min() > 254.5


def test_what_lies_outside_of_srgb_is_clipped() -> None:
    green = to_srgb(np.array([[[0, 1, 0], [1.1, -0.1, 0]]], np.float32), profile(PROPHOTO, GAMMA_18))
    assert green.min() == 0 and green.max() <= 1 + 1e-6


@pytest.mark.parametrize(
    ("icc", "said"),
    [
        (b"", "is not of RGB but of ''"),
        (profile(ADOBE, TABLE, space=b"CMYK"), "is not of RGB but of 'CMYK'"),
        (profile(ADOBE, TABLE, pcs=b"Lab "), "is made of tables, not of primaries and curves"),
        (profile(ADOBE, TABLE)[:130], "is damaged"),
        (profile(ADOBE, TABLE)[:-1000], "is damaged"),
        (profile(ADOBE, para(1, 2.2, 0, 0)), "is damaged"),
        (profile(ADOBE, para(0, -1)), "is damaged"),
        (profile(((0.0, 0.0, 0.0),) * 3, TABLE), "is damaged: its white is not white"),
        (profile(ADOBE, para(9)), "has a curve of an unknown kind"),
        (profile(ADOBE, b"text\0\0\0\0\0\0\0\0"), "has a curve of an unknown kind"),
    ],
    ids=["empty", "cmyk", "tables", "header", "curves", "slope", "pole", "black", "kind", "type"],
)
def test_other_profiles_are_refused(icc: bytes, said: str) -> None:
    with pytest.raises(ProfileUnsupported, match=said):
        to_srgb(NO_PHOTO, icc)


def test_a_photo_with_such_a_profile_is_refused_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a0001.png"
    Image.new("RGB", (4, 4)).save(path, icc_profile=profile(ADOBE, TABLE, pcs=b"Lab "))
    with pytest.raises(UnfilterError, match=r"a0001\.png: its colour profile is made of tables.*; convert it to sRGB first"):
        photo_set("fivek").read(path)


def test_an_experts_photo_looks_as_its_srgb_twin(data: Path) -> None:
    """The development set's JPEG files are ProPhoto RGB: converted, they are more colourful than their raw levels say."""
    path = data / "dev" / "fivek" / "expertC" / "a4607-050801_080948__I2E5512_C.jpg"
    with Image.open(path) as image:
        icc = image.info["icc_profile"]
        small = image.resize((720, 480), Image.Resampling.LANCZOS)
    expected = ImageCms.profileToProfile(small, ImageCms.ImageCmsProfile(io.BytesIO(icc)), ImageCms.createProfile("sRGB"))
    assert expected is not None
    pixels = photo_set("fivek").read(path).astype(np.float32)
    assert np.abs(pixels - np.asarray(expected).astype(np.float32)).mean() < 1
    assert np.ptp(pixels, axis=2).mean() > 1.2 * np.ptp(np.asarray(small).astype(np.float32), axis=2).mean()
