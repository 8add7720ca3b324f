"""Law: docs/photos.md says what is done with each kind of file, and it is done: one test per row of its table.

Every row reads a real file, writes it as PNG (or what the row says) as a filter would, and reads that again.
"""

import re
import struct
import zlib
from collections.abc import Callable
from dataclasses import replace
from importlib.util import find_spec
from io import BytesIO
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps, PngImagePlugin, features

from unfilter.errors import PhotoError
from unfilter.photo import Photo, Tag, check_target, photoshop, read_photo, write_photo
from unfilter.photo.heic import _left_behind
from unfilter.photo.pillow import photo_of
from unfilter.photo.raw_profile import as_raw_profile, keyword

DOCS = Path(__file__).parents[3] / "docs/photos.md"
RGB = np.random.default_rng(0).integers(0, 256, (10, 15, 3), dtype=np.uint8)
ALPHA = np.random.default_rng(1).integers(0, 256, (10, 15), dtype=np.uint8)
DEEP = np.random.default_rng(2).integers(0, 65_536, (10, 15, 3), dtype=np.uint16)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="camera"/>{}</rdf:RDF></x:xmpmeta>'
)

ROWS: dict[str, Callable[[Path], None]] = {}


def row(kind: str) -> Callable[[Callable[[Path], None]], Callable[[Path], None]]:
    """Registers the test of one row; it gets an empty folder."""

    def register(test: Callable[[Path], None]) -> Callable[[Path], None]:
        ROWS[kind] = test
        return test

    return register


def test_every_row_of_the_table_has_a_test() -> None:
    policy = DOCS.read_text(encoding="utf-8").split("## The policy")[1].split("\n## ")[0]
    assert re.findall(r"^\| (?!kind of file)([^|-][^|]*?) \|", policy, re.MULTILINE) == list(ROWS)


@pytest.mark.parametrize("kind", ROWS)
def test_what_the_table_says_is_done(kind: str, tmp_path: Path) -> None:
    ROWS[kind](tmp_path)


def saved(path: Path, pixels: NDArray[Any] = RGB, mode: str | None = None, **save: Any) -> Path:
    """A file that Pillow made."""
    image = Image.fromarray(pixels)
    (image.convert(mode) if mode else image).save(path, **save)
    return path


def heic(path: Path, pixels: NDArray[Any] = RGB, mode: str = "RGB", **save: Any) -> Path:
    pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    settings = {"quality": -1, "chroma": 444, "matrix_coefficients": 0, **save}
    pillow_heif.encode(mode, (pixels.shape[1], pixels.shape[0]), pixels.tobytes(), path, **settings)
    return path


def avif(path: Path, pixels: NDArray[Any] = RGB, **save: Any) -> Path:
    if not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    return saved(path, pixels, **save)


def through(path: Path, target: str = "through.png", **allowed: Any) -> tuple[Photo, Photo]:
    """The photo as read, and as read again from what was written."""
    photo = read_photo(path, **allowed)
    write_photo(path.with_name(target), photo)
    return photo, read_photo(path.with_name(target))


def refused(path: Path, reason: str, **allowed: Any) -> None:
    with pytest.raises(PhotoError, match=reason) as caught:
        read_photo(path, **allowed)
    assert str(caught.value).startswith(f"{path}: ")
    assert "\n" not in str(caught.value)


def exif_of(orientation: int) -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010F] = orientation, "camera maker"
    return exif.tobytes()


def shown(photo: Photo) -> NDArray[np.uint8]:
    """What a viewer shows of it: EXIF orientation applied."""
    image = Image.fromarray(photo.pixels)
    if photo.exif:
        image.getexif().load(photo.exif)
    return np.asarray(ImageOps.exif_transpose(image))


def same(photo: Photo, pixels: NDArray[np.uint8]) -> None:
    np.testing.assert_array_equal(photo.pixels, pixels)


# A kind that is not installed is left out of the rows about all kinds, and skips those of its own.
MISSING = {"heic": not find_spec("pillow_heif"), "avif": not features.check("avif")}
EVERY_EXACT = tuple(kind for kind in ("png", "webp", "heic") if not MISSING.get(kind))
EVERY_READ = tuple(kind for kind in ("png", "jpeg", "webp", "heic", "avif", "tiff") if not MISSING.get(kind))


def made(folder: Path, kind: str, pixels: NDArray[Any] = RGB, **save: Any) -> Path:
    if kind == "heic":
        return heic(folder / "p.heic", pixels, "RGB" if pixels.shape[2] == 3 else "RGBA", **save)
    if kind == "avif":
        return avif(folder / "p.avif", pixels, **save)
    return saved(folder / f"p.{kind}", pixels, **({"lossless": True, "exact": True} if kind == "webp" else {}), **save)


@row("any with a profile")
def _(folder: Path) -> None:
    for kind in EVERY_READ:
        for photo in through(made(folder, kind, icc_profile=SRGB)):
            assert photo.icc_profile == SRGB, kind


@row("any with EXIF")
def _(folder: Path) -> None:
    for kind in (kind for kind in EVERY_READ if kind != "tiff"):
        for exif in (exif_of(6), exif_of(1)):
            photo, again = through(made(folder, kind, exif=exif))
            assert again.exif == photo.exif
            expected, found = Image.Exif(), Image.Exif()
            expected.load(exif)
            found.load(photo.exif or b"")
            assert {0x0112: 1, **found} == dict(expected), kind
            if kind != "avif":  # whose turn is a property of the file, and put into EXIF when it is read
                assert photo.exif == exif, kind


@row("any with XMP")
def _(folder: Path) -> None:
    packet = XMP.format("")
    tag = Tag(filter="l0", restoration="a" * 64, codec="png")
    for kind in EVERY_READ:
        save = {"pnginfo": _itxt("XML:com.adobe.xmp", packet)} if kind == "png" else {"xmp": packet.encode()}
        if kind == "tiff":
            save = {"tiffinfo": {700: packet.encode()}}
        photo, again = through(made(folder, kind, **save))
        assert photo.xmp == again.xmp == packet, kind
        for exact in EVERY_EXACT:
            write_photo(target := folder / f"tagged.{exact}", replace(photo, tag=tag))
            tagged = read_photo(target)
            assert (tagged.tag, tagged.xmp) == (tag, packet)


def _itxt(keyword: str, text: str) -> PngImagePlugin.PngInfo:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_itxt(keyword, text)
    return chunks


@row("any with extended XMP")
def _(folder: Path) -> None:
    packet = XMP.format('<rdf:Description xmpNote:HasExtendedXMP="0123"/>')
    photo, again = through(saved(folder / "p.jpg", xmp=packet.encode()))
    assert photo.xmp == again.xmp == packet.replace(' xmpNote:HasExtendedXMP="0123"', "")
    assert photo.notes == ("its extended XMP was left behind",)


@row("any with IPTC")
def _(folder: Path) -> None:
    records = b"\x1c\x02\x19\0\3sea" + b"\x1c\x02\x78\0\5words"
    photo = Photo(RGB, photoshop=photoshop.from_iptc(records))
    for name in ("p.jpg", "p.png"):
        write_photo(folder / name, photo)
        assert photoshop.iptc_of(read_photo(folder / name).photoshop) == records
        assert check_target(folder / name, photo) == ()
    saved(folder / "p.tiff", tiffinfo={33_723: records})
    assert photoshop.iptc_of(read_photo(folder / "p.tiff").photoshop) == records
    write_photo(folder / "p.webp", photo)
    assert "<rdf:li>sea</rdf:li>" in (read_photo(folder / "p.webp").xmp or "")


@row("any with a comment or text")
def _(folder: Path) -> None:
    photo = read_photo(saved(folder / "p.jpg", comment="words"))
    assert photo.texts == (("Comment", "words"),)
    text = PngImagePlugin.PngInfo()
    for key, value in (("Comment", "words"), ("Title", "a title"), ("Source", "a camera"), ("Note", "Zürich ☃")):
        text.add_itxt(key, value) if key == "Note" else text.add_text(key, value)
    photo, again = through(saved(folder / "p.png", pnginfo=text))
    assert again.texts == photo.texts
    assert len(photo.texts) == 4
    assert check_target(folder / "t.jpg", photo) == (
        "its text was left behind: Source, Note: a jpeg file has no place for it",
    )
    _, back = through(folder / "p.png", "t.jpg")
    assert back.texts == (("Comment", "words"),)
    assert ">a title<" in (back.xmp or "")


@row("any with a resolution")
def _(folder: Path) -> None:
    for name in ("p.jpg", "p.png", "p.tiff"):
        for target in ("t.jpg", "t.png"):
            photo, again = through(saved(folder / name, dpi=(300, 240)), target)
            assert photo.resolution == again.resolution == (300, 240)
    note = "its resolution, 300 x 240 pixels per inch, was left behind: a webp file has no place for it"
    assert check_target(folder / "t.webp", read_photo(folder / "p.jpg")) == (note,)
    assert check_target(folder / "t.webp", read_photo(folder / "p.tiff")) == ()  # whose EXIF says it


@row("any with an aspect ratio of pixels, but no unit")
def _(folder: Path) -> None:
    picture = Image.fromarray(RGB)
    picture.save(folder / "p.jpg")
    content = bytearray((folder / "p.jpg").read_bytes())
    content[13:18] = struct.pack(">BHH", 0, 4, 6)
    (folder / "p.jpg").write_bytes(content)
    chunk = b"pHYs" + struct.pack(">IIB", 2_000, 3_000, 0)
    picture.save(folder / "p.png")
    content = bytearray((folder / "p.png").read_bytes())
    content[33:33] = struct.pack(">I", 9) + chunk + struct.pack(">I", zlib.crc32(chunk))
    (folder / "p.png").write_bytes(content)
    picture.save(folder / "p.tiff", resolution_unit=1, x_resolution=2, y_resolution=3)
    for name in ("p.jpg", "p.png", "p.tiff"):
        for target in ("t.jpg", "t.png"):
            photo, again = through(folder / name, target)
            assert (photo.aspect, photo.resolution) == (again.aspect, again.resolution) == ((2, 3), None)
            with Image.open(folder / target) as image:
                assert image.info.get("aspect", image.info.get("jfif_density")) == (2, 3)
                assert image.info.get("jfif_unit", 0) == 0
    note = "its aspect ratio of pixels, 3:2, was left behind: a webp file has no place for it"
    assert check_target(folder / "t.webp", read_photo(folder / "p.jpg")) == (note,)
    assert read_photo(saved(folder / "square.jpg")).aspect is None


@row("any with metadata too large")
def _(folder: Path) -> None:
    photo = read_photo(saved(folder / "p.png", exif=exif_of(1) + bytes(70_000)))
    with pytest.raises(
        PhotoError, match=r"its EXIF takes .* bytes, and a jpeg holds 65,533; use \.png, \.webp or \.heic, or"
    ):
        check_target(folder / "t.jpg", photo)
    assert check_target(folder / "t.webp", photo) == ()


@row("any with alpha")
def _(folder: Path) -> None:
    for alpha in (ALPHA, np.full_like(ALPHA, 255), np.zeros_like(ALPHA)):
        pixels = np.dstack([RGB, alpha])
        for kind in (*EVERY_EXACT, "tiff"):
            path = made(folder, kind, pixels)
            for exact in EVERY_EXACT:
                for photo in through(path, f"through.{exact}"):
                    same(photo, RGB)
                    if photo.alpha is None:
                        assert photo.codec == "webp" or kind == "webp"
                        assert (alpha == 255).all()
                    else:
                        np.testing.assert_array_equal(photo.alpha, alpha)
        if "avif" in EVERY_READ:
            photo = read_photo(made(folder, "avif", pixels, quality=100, subsampling="4:4:4"))
            assert photo.transparent == bool((alpha < 255).any())


@row("alpha into JPEG")
def _(folder: Path) -> None:
    with pytest.raises(PhotoError, match=r"cannot carry the photo's transparency; use \.png"):
        through(saved(folder / "p.png", np.dstack([RGB, ALPHA])), "through.jpg")
    _, opaque = through(saved(folder / "p.png", np.dstack([RGB, np.full_like(ALPHA, 255)])), "through.jpg")
    assert opaque.alpha is None


@row("any with a grey profile")
def _(folder: Path) -> None:
    profile = grey_profile(gamma=1.0)
    grey = np.dstack([RGB[..., 0]] * 3)
    for kind in EVERY_READ:
        for path in (made(folder, kind, grey, icc_profile=profile), *_grey_files(folder, kind, profile)):
            if kind not in ("jpeg", "avif") or path.stem == "grey":  # chroma that is coded is not grey to the level
                refused(path, "grey colour profile, .*--convert")
    path = saved(folder / "p.png", np.full((2, 2), 55, np.uint8), icc_profile=profile)
    photo = read_photo(path, convert=True)
    assert photo.icc_profile is None
    assert abs(int(photo.pixels[0, 0, 0]) - 128) < 4  # linear 55 / 255 is 0.216, which sRGB writes as 128
    assert photo.notes == ("grey was converted to sRGB by its profile",)
    alpha = np.dstack([np.full((2, 2), 55, np.uint8), np.full((2, 2), 7, np.uint8)])
    photo = read_photo(saved(folder / "p.png", alpha, "LA", icc_profile=profile), convert=True)
    assert photo.alpha is not None
    assert (photo.alpha == 7).all()


def _grey_files(folder: Path, kind: str, profile: bytes) -> list[Path]:
    """Of one channel, where a format has that."""
    grey = RGB[..., 0].copy()
    if kind in ("png", "jpeg", "tiff"):
        return [saved(folder / f"grey.{kind}", grey, icc_profile=profile)]
    return [heic(folder / "grey.heic", grey, "L", matrix_coefficients=1, icc_profile=profile)] if kind == "heic" else []


@row("any with a profile of another space than its pixels")
def _(folder: Path) -> None:
    """A picture in colour with a grey profile became its red channel."""
    cmyk = SRGB[:16] + b"CMYK" + SRGB[20:]
    for kind in EVERY_READ:
        for profile, what in ((grey_profile(2.2), "of GRAY"), (cmyk, "of CMYK"), (b"x" * 200, "no valid profile")):
            if kind == "heic" and what == "no valid profile":
                continue  # which libheif does not write
            path = made(folder, kind, icc_profile=profile)
            for allowed in ({}, {"convert": True}):
                photo = read_photo(path, **allowed)
                assert photo.icc_profile is None
                assert [note for note in photo.notes if f"its colour profile was left behind: it is {what}" in note], kind
            if kind in EVERY_EXACT:
                same(photo, RGB)


def grey_profile(gamma: float) -> bytes:
    """A minimal display profile of one channel (ICC.1:2022, sections 7 and 8.4.3)."""
    white = b"XYZ \0\0\0\0" + struct.pack(">3i", 63_190, 65_536, 54_061)
    curve = b"curv\0\0\0\0" + struct.pack(">IH", 1, int(gamma * 256)) + b"\0\0"
    text = b"text\0\0\0\0grey\0\0\0\0"
    tags, offset = [(b"wtpt", white), (b"kTRC", curve), (b"desc", text), (b"cprt", text)], 128 + 4 + 4 * 12
    table, body = struct.pack(">I", len(tags)), b""
    for name, content in tags:
        table += name + struct.pack(">II", offset + len(body), len(content))
        body += content
    header = bytearray(128)
    header[0:4] = struct.pack(">I", offset + len(body))
    header[8:12], header[12:24], header[36:40] = b"\x02\x20\0\0", b"mntrGRAYXYZ ", b"acsp"
    header[68:80] = struct.pack(">3i", 63_190, 65_536, 54_061)
    return bytes(header) + table + body


@row("any larger than the limit")
def _(folder: Path) -> None:
    for kind in EVERY_READ:
        path = made(folder, kind)
        refused(path, r"declares 15 x 10 pixels.*--limit", limit=149)
        assert read_photo(path, limit=150).pixels.shape == RGB.shape
    refused(png(folder / "bomb.png", 8, 2, size=(100_000, 100_000)), "10000.0 million where 200 million are allowed")


@row("any that is animated")
def _(folder: Path) -> None:
    frames = [Image.fromarray(RGB[::-1]), Image.fromarray(RGB[:, ::-1])]
    for name in ("p.png", "p.webp", "p.avif"):
        if name != "p.avif" or "avif" in EVERY_READ:
            refused(saved(folder / name, save_all=True, append_images=frames), r"is animated \(3 pictures\)")
    if "heic" in EVERY_READ:
        content = heic(sequence := folder / "p.heic").read_bytes()
        sequence.write_bytes(content[:8] + b"hevc" + content[12:])
        refused(sequence, "HEIC sequence")


@row("grey")
def _(folder: Path) -> None:
    grey = RGB[..., 0]
    for name in ("p.png", "p.jpg", "p.tiff", "p.webp"):
        photo, again = through(saved(folder / name, grey, **({"lossless": True} if name == "p.webp" else {})))
        assert (photo.pixels == photo.pixels[..., :1]).all()
        if name != "p.jpg":
            same(photo, np.dstack([grey] * 3))
        same(again, photo.pixels)
    if "heic" in EVERY_READ:
        for photo in through(heic(folder / "p.heic", grey, "L", matrix_coefficients=1)):
            same(photo, np.dstack([grey] * 3))
    photo = read_photo(saved(folder / "p.png", np.dstack([grey, ALPHA])))
    same(photo, np.dstack([grey] * 3))
    np.testing.assert_array_equal(photo.alpha, ALPHA)


@row("palette")
def _(folder: Path) -> None:
    for name in ("p.png", "p.tiff"):
        path = saved(folder / name, RGB, "P")
        with Image.open(path) as image:
            assert image.mode == "P"
            expected = np.asarray(image.convert("RGB"))
        for photo in through(path):
            same(photo, expected)
            assert photo.alpha is None
    photo, again = through(saved(folder / "p.png", RGB, "P", transparency=bytes(range(200))))
    assert photo.transparent
    assert again.alpha is not None
    np.testing.assert_array_equal(again.alpha, photo.alpha)


def png(path: Path, depth: int, colour: int, *chunks: tuple[bytes, bytes], row: bytes = b"", size: Any = (2, 2)) -> Path:
    """A PNG of equal rows, of kinds that Pillow does not write."""
    header = (b"IHDR", struct.pack(">IIBBBBB", *size, depth, colour, 0, 0, 0))
    parts = [header, *chunks, (b"IDAT", zlib.compress((b"\0" + row) * size[1] if row else b"")), (b"IEND", b"")]
    content = (
        struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body)) for kind, body in parts
    )
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(content))
    return path


@row("PNG, 1, 2, 4 and 8 bits")
def _(folder: Path) -> None:
    for depth, row_bytes, levels in (
        (1, b"\x40", [0, 255]),
        (2, b"\x10", [0, 85]),
        (4, b"\x0f", [0, 255]),
        (8, b"\x00\x11", [0, 17]),
    ):
        photo = read_photo(png(folder / "p.png", depth, 0, row=row_bytes))
        assert photo.pixels[0, :, 0].tolist() == levels, depth


@row("PNG, 16 bits")
def _(folder: Path) -> None:
    for colour, channels in ((0, 1), (2, 3), (4, 2), (6, 4)):
        levels = np.arange(2 * channels, dtype=np.uint16) * 9000 + 255
        path = png(folder / "p.png", 16, colour, row=levels.astype(">u2").tobytes())
        refused(path, r"16 bits per channel; .*--reduce")
        photo, again = through(path, reduce=True)
        high = (levels >> 8).reshape(2, channels)
        colours = high[:, : 1 if channels < 3 else 3]
        assert (photo.pixels[0] == colours).all()
        if photo.alpha is not None:
            assert photo.alpha[0].tolist() == high[:, -1].tolist()
        assert (photo.alpha is not None) == (channels in (2, 4))
        assert photo.notes == ("16 bits per channel were reduced to 8",)
        same(again, photo.pixels)


@row("PNG, 16 bits with a transparent colour")
def _(folder: Path) -> None:
    path = png(folder / "p.png", 16, 2, (b"tRNS", bytes(6)), row=bytes(12))
    refused(path, "a transparent colour", reduce=True)
    refused(path, "--reduce")


@row("PNG, transparent colour")
def _(folder: Path) -> None:
    for colour, key, row_bytes in ((0, bytes(2), bytes([0, 9])), (2, bytes(6), bytes([0, 0, 0, 9, 9, 9]))):
        for photo in through(png(folder / "p.png", 8, colour, (b"tRNS", key), row=row_bytes)):
            assert photo.alpha is not None
            assert photo.alpha[0].tolist() == [0, 255]


@row("PNG, gAMA, cHRM, sRGB, cICP")
def _(folder: Path) -> None:
    pixels = bytes(range(6))
    colour = ((b"cHRM", bytes(range(32))), (b"gAMA", struct.pack(">I", 100_000)), (b"cICP", bytes([9, 16, 0, 1])))
    for photo in through(png(folder / "p.png", 8, 2, *colour, row=pixels)):
        assert dict(photo.colour) == {name.decode(): content for name, content in colour}
        assert photo.pixels[0].tobytes() == pixels
    photo = read_photo(folder / "p.png")
    assert check_target(folder / "t.jpg", photo) == (
        "cHRM, gAMA, cICP cannot be said in a jpeg file: it will be shown as sRGB",
    )
    if "heic" in EVERY_EXACT:
        assert check_target(folder / "t.heic", photo)[0].startswith("cHRM, gAMA cannot")
        write_photo(folder / "t.heic", photo)
        assert dict(read_photo(folder / "t.heic").colour) == {"cICP": bytes([9, 16, 0, 1])}
    srgb = ((b"gAMA", struct.pack(">I", 45_455)), (b"sRGB", b"\0"))
    photo, again = through(png(folder / "p.png", 8, 2, *srgb, row=pixels))
    assert photo.colour == again.colour
    assert check_target(folder / "t.jpg", photo) == ()


@row("PNG, other chunks")
def _(folder: Path) -> None:
    silent = ((b"bKGD", bytes(6)), (b"sBIT", b"\5\5\5"), (b"tIME", b"\7\xea\1\2\3\4\5"))
    said = ((b"oFFs", bytes(9)), (b"caBX", b"jumb"))
    photo, _ = through(png(folder / "p.png", 8, 2, *silent, *said, row=bytes(6)))
    written = (folder / "through.png").read_bytes()
    assert not any(name in written for name, _ in (*silent, *said))
    assert photo.notes == (
        "chunks that only its old pixels have a use for were left behind: oFFs, content credentials (caBX)",
    )
    (folder / "p.png").write_bytes(saved(folder / "p.png").read_bytes() + b"more")
    assert read_photo(folder / "p.png").notes == ("what stands behind its end was left behind",)


@row("PNG, `Raw profile type` exif, xmp, iptc, 8bim, icc")
def _(folder: Path) -> None:
    text = PngImagePlugin.PngInfo()
    text.add_text(keyword("exif"), as_raw_profile("exif", exif_of(6)))
    path = saved(folder / "p.png", pnginfo=text)
    assert read_photo(path).exif == exif_of(6)
    with Image.open(path) as image:
        assert photo_of(image).exif == exif_of(6)
    assert read_photo(saved(folder / "p.png", pnginfo=text, exif=exif_of(3))).exif == exif_of(3)


@row("JPEG, baseline and progressive")
def _(folder: Path) -> None:
    for save in ({}, {"progressive": True}, {"subsampling": 2}, {"restart_marker_rows": 1}):
        path = saved(folder / "p.jpg", **save)
        with Image.open(path) as image:
            expected = np.asarray(image)
        for photo in through(path):
            same(photo, expected)


@row("JPEG, MPO")
def _(folder: Path) -> None:
    path = folder / "p.jpg"
    Image.fromarray(RGB).save(path, "MPO", save_all=True, append_images=[Image.fromarray(RGB[:4, :4])])
    photo = read_photo(path)
    assert (photo.codec, photo.pixels.shape) == ("jpeg", RGB.shape)
    assert photo.notes == ("1 more of its 2 pictures (MPO) were left behind",)


@row("JPEG, gain map (Ultra HDR)")
def _(folder: Path) -> None:
    packet = XMP.format(' <rdf:Description hdrgm:Version="1.0"/>')
    path = folder / "p.jpg"
    Image.fromarray(RGB).save(path, "MPO", save_all=True, append_images=[Image.fromarray(RGB)], xmp=packet.encode())
    photo = read_photo(path)
    assert photo.notes == ("its gain map (HDR) was left behind: the filtered photo is the SDR picture",)
    assert photo.xmp == packet.replace(' hdrgm:Version="1.0"', "")


@row("JPEG, video or other data behind it")
def _(folder: Path) -> None:
    content = saved(folder / "p.jpg").read_bytes()
    for behind, note in ((b"\0\0\0\x18ftypmp42", "its video (motion photo)"), (b"words", "what stands behind its end")):
        (folder / "p.jpg").write_bytes(content + behind)
        assert read_photo(folder / "p.jpg").notes == (f"{note} was left behind",)


@row("JPEG, makers' segments")
def _(folder: Path) -> None:
    content = saved(folder / "p.jpg").read_bytes()
    (folder / "p.jpg").write_bytes(content[:20] + b"\xff\xe4\0\6abcd" + content[20:])
    assert read_photo(folder / "p.jpg").notes == ("segments of its maker were left behind: APP4",)


@row("JPEG, CMYK and YCCK")
def _(folder: Path) -> None:
    path = saved(folder / "p.jpg", np.full((16, 16, 3), 200, np.uint8), "CMYK", quality=100)
    refused(path, "is CMYK.*--convert")
    for photo in through(path, convert=True):
        assert np.abs(photo.pixels.astype(int) - 200).max() < 3
    assert read_photo(path, convert=True).notes == ("CMYK was converted to sRGB without a profile",)
    broken = b"\0" * 16 + b"CMYK" + b"\0" * 200
    photo = read_photo(saved(folder / "p.jpg", RGB, "CMYK", icc_profile=broken), convert=True)
    assert photo.notes == ("CMYK was converted to sRGB without a profile",)
    assert photo.icc_profile is None


@row("JPEG, 12 bits")
def _(folder: Path) -> None:
    path = saved(folder / "p.jpg")
    content = bytearray(path.read_bytes())
    content[content.index(b"\xff\xc0") + 4] = 12
    path.write_bytes(content)
    refused(path, "12-bit")


@row("WebP, lossy and lossless")
def _(folder: Path) -> None:
    for save in ({"lossless": True}, {"quality": 80}):
        path = saved(folder / "p.webp", **save)
        with Image.open(path) as image:
            expected = np.asarray(image)
        for photo in through(path):
            same(photo, expected)


@row("HEIC")
def _(folder: Path) -> None:
    for photo in through(heic(folder / "p.heic", color_primaries=12, transfer_characteristics=13)):
        same(photo, RGB)
        assert photo.colour == (("cICP", bytes([12, 13, 0, 1])),)  # Display P3
    assert read_photo(heic(folder / "p.heic", color_primaries=1, transfer_characteristics=13)).colour == ()


@row("HEIC, turned")
def _(folder: Path) -> None:
    for orientation in range(1, 9):
        photo, again = through(heic(folder / "p.heic", exif=exif_of(orientation)))  # pillow-heif says to turn it so
        same(photo, RGB)
        same(again, RGB)
        assert photo.exif == again.exif == exif_of(orientation)


@row("HEIC, turned without EXIF")
def _(folder: Path) -> None:
    turning = XMP.format('<rdf:Description tiff:Orientation="6"/>')
    path = heic(folder / "p.heic", xmp=turning.encode())
    same(read_photo(path), RGB)  # pillow-heif turned it by XMP, and it is turned back by XMP
    path.write_bytes(path.read_bytes().replace(b'tiff:Orientation="6"', b'tiff:Orientation="1"'))
    same(read_photo(path), np.rot90(RGB, -1))


@row("HEIC, 10 and 12 bits")
def _(folder: Path) -> None:
    path = heic(folder / "p.heic", DEEP, "RGB;16")
    refused(path, r"10 bits per channel; .*--reduce")
    photo = read_photo(path, reduce=True)
    assert np.abs(photo.pixels.astype(int) - (DEEP >> 8)).max() <= 1
    assert photo.notes == ("10 bits per channel were reduced to 8",)
    grey = heic(folder / "p.heic", DEEP[..., 0].copy(), "L;16", matrix_coefficients=1)
    assert np.abs(read_photo(grey, reduce=True).pixels[..., 0].astype(int) - (DEEP[..., 0] >> 8)).max() <= 1


@row("HEIC and TIFF, premultiplied alpha")
def _(folder: Path) -> None:
    if find_spec("tifffile"):
        import tifffile

        tifffile.imwrite(folder / "p.tiff", np.dstack([RGB, ALPHA]), photometric="rgb", extrasamples=["ASSOCALPHA"])
        refused(folder / "p.tiff", "multiplied with their alpha")
    refused(heic(folder / "p.heic", np.dstack([RGB, ALPHA]), "RGBa"), "multiplied with their alpha")


@row("HEIC, several pictures")
def _(folder: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    file = pillow_heif.from_bytes("RGB", (15, 10), RGB.tobytes())
    file.add_frombytes("RGB", (15, 10), RGB[::-1].tobytes())
    file.save(path := folder / "p.heic", quality=-1, chroma=444, matrix_coefficients=0, primary_index=0)
    photo = read_photo(path)
    same(photo, RGB)
    assert photo.notes == ("1 more of its 2 pictures were left behind",)


@row("HEIC, gain map and depth")
def _(folder: Path) -> None:
    """No encoder here writes such pictures; what pillow-heif says of them is given by hand."""
    gain_map = {"aux": {"urn:com:apple:photo:2020:aux:hdrgainmap": [2]}}
    assert "gain map" in _left_behind(gain_map, 1, ())[0]
    assert _left_behind({"depth_images": [object()]}, 1, ()) == ("auxiliary pictures were left behind: depth",)


@row("HEIC and AVIF, video and other boxes")
def _(folder: Path) -> None:
    for kind in ("heic", "avif"):
        if kind in EVERY_READ:
            path = made(folder, kind)
            path.write_bytes(path.read_bytes() + b"\0\0\0\x0cmpvdabcd" + b"\0\0\0\x0cblobabcd")
            assert read_photo(path).notes == (
                "its video (motion photo) was left behind",
                "boxes beside the picture were left behind: blob",
            )


@row("AVIF")
def _(folder: Path) -> None:
    for orientation in (1, 3, 6, 8):
        path = avif(folder / "p.avif", exif=exif_of(orientation), quality=100, subsampling="4:4:4")
        photo, again = through(path)
        assert photo.pixels.shape == RGB.shape
        found = Image.Exif()
        found.load(photo.exif or b"")
        assert found.get(0x0112, 1) == orientation
        same(again, photo.pixels)
        assert photo.colour == ()
    content = path.read_bytes()
    place = content.index(b"colrnclx") + 8
    path.write_bytes(content[:place] + b"\0\x0c" + content[place + 2 :])
    assert read_photo(path).colour == (("cICP", bytes([12, 13, 0, 1])),)  # Display P3


@row("AVIF, 10 and 12 bits")
def _(folder: Path) -> None:
    imagecodecs = pytest.importorskip("imagecodecs", reason="only imagecodecs writes deep AVIF here")
    if not features.check("avif"):
        pytest.skip("this Pillow has no AVIF")
    path = folder / "p.avif"
    for bits in (10, 12):
        path.write_bytes(imagecodecs.avif_encode(DEEP >> (16 - bits), level=100, bitspersample=bits))
        refused(path, rf"{bits} bits per channel; .*--reduce")
        assert read_photo(path, reduce=True).notes == (f"{bits} bits per channel were reduced to 8",)


@row("TIFF")
def _(folder: Path) -> None:
    info = {0x010F: "camera maker", 0x0132: "2026:01:02 03:04:05"}
    for compression in (None, "tiff_lzw", "tiff_deflate"):
        for photo in through(saved(folder / "p.tiff", compression=compression, tiffinfo=info, icc_profile=SRGB)):
            same(photo, RGB)
            found = Image.Exif()
            found.load(photo.exif or b"")
            assert dict(found) == info


@row("TIFF, turned")
def _(folder: Path) -> None:
    for orientation in range(1, 9):
        path = saved(folder / "p.tiff", np.dstack([RGB, ALPHA]), tiffinfo={0x0112: orientation})
        for photo in through(path):
            same(photo, RGB)
            np.testing.assert_array_equal(photo.alpha, ALPHA)
        turning = XMP.format(f'<rdf:Description tiff:Orientation="{orientation}"/>')
        tagged = saved(folder / "x.tiff", tiffinfo={0x0112: orientation, 700: turning.encode()})
        assert read_photo(tagged).xmp == turning
        with Image.open(BytesIO(path.read_bytes())) as image:  # by name, Pillow 13.0 turns what it maps to memory twice
            np.testing.assert_array_equal(shown(photo), np.asarray(image.convert("RGB")))


@row("TIFF, 12 and 16 bits")
def _(folder: Path) -> None:
    tifffile = pytest.importorskip("tifffile", reason="only tifffile writes such TIFF here")
    for deep in (DEEP, DEEP[..., 0]):
        for order in ("<", ">"):
            tifffile.imwrite(path := folder / "p.tiff", deep, byteorder=order)
            refused(path, r"16 bits per channel; .*--reduce")
            photo = read_photo(path, reduce=True)
            same(photo, np.dstack([deep >> 8] * 3) if deep.ndim == 2 else deep >> 8)


@row("TIFF, 32 bits, floating point, CIELAB")
def _(folder: Path) -> None:
    refused(saved(folder / "p.tiff", RGB[..., 0].astype(np.float32)), "floating-point pixels", reduce=True)
    refused(saved(folder / "p.tiff", RGB[..., 0].astype(np.int32)), "32 bits per channel", reduce=True)
    lab = ImageCms.profileToProfile(
        Image.fromarray(RGB), ImageCms.createProfile("sRGB"), ImageCms.createProfile("LAB"), outputMode="LAB"
    )
    lab.save(folder / "p.tiff")
    refused(folder / "p.tiff", "CIELAB", convert=True)


@row("TIFF, CMYK")
def _(folder: Path) -> None:
    path = saved(folder / "p.tiff", RGB, "CMYK")
    refused(path, "is CMYK.*--convert")
    for photo in through(path, convert=True):
        assert np.abs(photo.pixels.astype(int) - RGB).max() <= 1


@row("TIFF, several pages")
def _(folder: Path) -> None:
    refused(saved(folder / "p.tiff", save_all=True, append_images=[Image.fromarray(RGB)]), "several pages")


@row("TIFF, camera raw")
def _(folder: Path) -> None:
    refused(saved(folder / "p.tiff", tiffinfo={254: 1}), "camera raw")
    refused(saved(folder / "p.dng", format="TIFF", tiffinfo={50706: b"\1\4\0\0"}), "camera raw")


@row("HEIC target, more than 35.7 million pixels")
def _(folder: Path) -> None:
    """A grid in small is in `test_write`; here is what is told before anything is encoded."""
    pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    pixels = np.broadcast_to(RGB[:1, :1], (6000, 6000, 3))
    with pytest.raises(PhotoError, match=r"at most 35\.7 million pixels with alpha"):
        check_target(folder / "p.heic", Photo(pixels, alpha=np.broadcast_to(ALPHA[:1, :1], (6000, 6000))))


@row("HEIC target, EXIF orientation")
def _(folder: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    for orientation in range(1, 9):
        photo, again = through(saved(folder / "p.png", exif=exif_of(orientation)), "through.heic")
        same(again, photo.pixels)
        assert again.exif == photo.exif
        upright = np.asarray(pillow_heif.open_heif(folder / "through.heic"))
        np.testing.assert_array_equal(upright, shown(photo))


@row("GIF, BMP, JPEG 2000, JPEG XL and others")
def _(folder: Path) -> None:
    for name, kind in (("p.gif", "GIF"), ("p.bmp", "BMP"), ("p.jp2", "JPEG 2000"), ("p.ppm", "PPM")):
        if name != "p.jp2" or features.check("jpg_2000"):
            refused(saved(folder / name), f"is a {kind} picture; give a JPEG, PNG, HEIC, WebP, AVIF or TIFF file")
    (folder / "p.jxl").write_bytes(b"\xff\x0a" + bytes(20))
    refused(folder / "p.jxl", "is a JPEG XL picture")


@row("empty, damaged, cut short, not a photo")
def _(folder: Path) -> None:
    for kind in EVERY_READ:
        path = made(folder, kind, np.tile(RGB, (9, 9, 1)))
        content = path.read_bytes()
        for share in (0.02, 0.5, 0.9):
            path.write_bytes(content[: int(len(content) * share)])
            refused(path, "damaged or incomplete|is not a photo|begins with a preview")
        path.write_bytes(b"")
        refused(path, "an empty file")
        path.write_text("no photo at all\n")
        refused(path, "is not a photo")
