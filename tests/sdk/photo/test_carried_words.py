"""Law: IPTC, comments, other text and the resolution are carried where the target has a place for them, and a line says so
where it has none. Two ways in, a file and a Pillow image of it, agree.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, ImageCms, PngImagePlugin

from unfilter.photo import Photo, check_target, iptc, photoshop, read_photo, write_photo
from unfilter.photo.pillow import photo_of
from unfilter.photo.raw_profile import as_raw_profile, keyword, raw_profile
from unfilter.photo.resolution import jfif_density, resolution_of
from unfilter.photo.xmp import with_properties

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)
SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
XMP = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></x:xmpmeta>'


def dataset(number: int, text: str, record: int = 2) -> bytes:
    content = text.encode()
    return bytes([0x1C, record, number]) + len(content).to_bytes(2, "big") + content


RECORDS = (
    dataset(90, "\x1b%G", 1) + dataset(25, "sea") + dataset(25, "Zürich <&>") + dataset(120, "words") + dataset(22, "7")
)


def with_segments(path: Path, *segments: bytes) -> Path:
    """A JPEG with these segments behind its header."""
    Image.fromarray(PIXELS).save(path, quality=95, dpi=(300, 200))
    content = path.read_bytes()
    path.write_bytes(content[:20] + b"".join(segments) + content[20:])
    return path


def segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (2 + len(content)).to_bytes(2, "big") + content


def test_a_jpegs_words_come_through_a_png_and_back(tmp_path: Path) -> None:
    resources = photoshop.from_iptc(RECORDS)
    assert resources is not None
    comment = segment(0xFE, "a comment, Zürich".encode())
    path = with_segments(tmp_path / "p.jpg", photoshop.segments(resources), comment, segment(0xFE, b"another"))
    photo = read_photo(path)
    assert photoshop.iptc_of(photo.photoshop) == RECORDS
    assert photo.texts == (("Comment", "a comment, Zürich\nanother"),)
    assert photo.resolution == (300, 200)
    assert check_target(tmp_path / "p.png", photo) == ()
    write_photo(tmp_path / "p.png", photo)
    write_photo(tmp_path / "back.jpg", read_photo(tmp_path / "p.png"))
    back = read_photo(tmp_path / "back.jpg")
    assert (back.photoshop, back.texts, back.resolution) == (photo.photoshop, photo.texts, photo.resolution)
    assert (tmp_path / "back.jpg").read_bytes()[13:18] == path.read_bytes()[13:18]


@pytest.mark.parametrize("codec", ["webp", "heic"])
def test_what_a_target_has_no_place_for_is_said_and_iptc_stands_in_xmp(tmp_path: Path, codec: str) -> None:
    if codec == "heic":
        pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    photo = Photo(
        PIXELS, photoshop=photoshop.from_iptc(RECORDS), texts=(("Comment", "c"), ("Note", "n")), resolution=(72, 72)
    )
    notes = check_target(target := tmp_path / f"p.{codec}", photo)
    assert [note.split(":")[0] for note in notes] == [
        "its comment was left behind",
        "its text was left behind",
        "IPTC that XMP has no property for was left behind",
        "its resolution, 72 x 72 pixels per inch, was left behind",
    ]
    write_photo(target, photo)
    xmp = read_photo(target).xmp or ""
    assert "<rdf:li>sea</rdf:li><rdf:li>Zürich &lt;&amp;&gt;</rdf:li>" in xmp
    assert ">words<" in xmp


def test_xmp_has_the_last_word_and_that_is_said(tmp_path: Path) -> None:
    packet = with_properties(XMP.replace("/></x", "></rdf:RDF></x"), {("dc", "subject", "bag"): ["land"]})
    photo = Photo(PIXELS, xmp=packet, photoshop=photoshop.from_iptc(RECORDS))
    write_photo(target := tmp_path / "p.webp", photo)
    assert "sea" not in (read_photo(target).xmp or "")
    assert any("XMP says otherwise" in note and "dc:subject" in note for note in check_target(target, photo))


def test_long_iptc_is_cut_into_segments(tmp_path: Path) -> None:
    records = b"".join(dataset(25, f"{number:05}" * 300) for number in range(100))
    photo = Photo(PIXELS, photoshop=photoshop.from_iptc(records))
    for name in ("p.jpg", "p.png"):
        write_photo(tmp_path / name, photo)
        assert photoshop.iptc_of(read_photo(tmp_path / name).photoshop) == records, name


EXIF = Image.Exif()
EXIF[0x0112], EXIF[0x010F] = 6, "camera maker"
PROFILES = {
    "exif": EXIF.tobytes(),
    "xmp": XMP.encode(),
    "icc": SRGB,
    "iptc": RECORDS,
    "8bim": photoshop.from_iptc(RECORDS) or b"",
    "APP1": b"http://ns.adobe.com/xap/1.0/\0" + XMP.encode(),
}


@pytest.mark.parametrize("name", PROFILES)
@pytest.mark.parametrize("compressed", [False, True])
def test_imagemagicks_profiles_in_text_are_read_from_files_and_images_alike(
    name: str, compressed: bool, tmp_path: Path
) -> None:
    chunks = PngImagePlugin.PngInfo()
    chunks.add_text(keyword(name), as_raw_profile(name, PROFILES[name]), zip=compressed)
    Image.fromarray(PIXELS).save(path := tmp_path / "p.png", pnginfo=chunks)
    photo = read_photo(path)
    found = {
        "exif": photo.exif,
        "xmp": (photo.xmp or "").encode(),
        "icc": photo.icc_profile,
        "iptc": photoshop.iptc_of(photo.photoshop),
        "8bim": photo.photoshop,
        "APP1": b"http://ns.adobe.com/xap/1.0/\0" + (photo.xmp or "").encode(),
    }
    assert found[name] == PROFILES[name]
    assert photo.texts == ()
    with Image.open(path) as image:
        other = photo_of(image)
    for field in ("exif", "xmp", "icc_profile", "photoshop", "texts", "resolution"):
        assert getattr(other, field) == getattr(photo, field), field


@pytest.mark.parametrize("format_", ["PNG", "JPEG"])
def test_a_file_and_a_pillow_image_of_it_say_the_same(format_: str, tmp_path: Path) -> None:
    photo = Photo(
        PIXELS,
        exif=EXIF.tobytes(),
        photoshop=photoshop.from_iptc(RECORDS),
        texts=(("Comment", "words"),),
        resolution=(300, 300),
    )
    write_photo(path := tmp_path / f"p.{format_.lower()}", photo)
    read = read_photo(path)
    with Image.open(path) as image:
        seen = photo_of(image)
    for field in ("exif", "xmp", "photoshop", "texts", "resolution", "notes"):
        assert getattr(seen, field) == getattr(read, field), field


@given(st.binary(min_size=1, max_size=300))
def test_a_raw_profile_is_read_as_it_was_written(content: bytes) -> None:
    assert raw_profile({keyword("exif"): as_raw_profile("exif", content)}, "exif") == content


@given(st.text(max_size=300), st.binary(max_size=300))
def test_damaged_profiles_and_records_are_none(text: str, content: bytes) -> None:
    raw_profile({keyword("exif"): text}, "exif")
    photoshop.from_profile(content)
    iptc.properties(b"\x1c\x02" + content)
    assert photoshop.kept(photoshop.kept(content) or b"") == photoshop.kept(content)


@pytest.mark.parametrize("density", [(72, 72), (300, 300), (299, 301), (1, 65_535)])
@pytest.mark.parametrize("unit", [1, 2])
def test_a_jfif_density_comes_back_whole_also_through_a_png(unit: int, density: tuple[int, int]) -> None:
    resolution = resolution_of({"jfif_unit": unit, "jfif_density": density}, jpeg=True)
    assert resolution is not None
    Image.new("RGB", (1, 1)).save(file := BytesIO(), "PNG", dpi=resolution)
    through = resolution_of(Image.open(file).info)
    for each in (resolution, through):
        written = jfif_density(each or (0, 0))
        scale = {1: 1, 2: 2.54}[written[0]]
        across, down = (int.from_bytes(written[place : place + 2], "big") * scale for place in (1, 3))
        assert max(abs(across - resolution[0]), abs(down - resolution[1])) < 0.02


@pytest.mark.parametrize("info", [{"dpi": ("a", 1)}, {"dpi": (0, 1)}, {"dpi": (float("nan"), 1)}, {"dpi": 3}, {}])
def test_a_resolution_that_is_none_is_none(info: dict[str, object]) -> None:
    assert resolution_of(info) is None
