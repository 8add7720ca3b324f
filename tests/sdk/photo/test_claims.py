"""Law: a video behind or beside a photo is said to be left behind, and no XMP goes on to claim it, nor a gain map, a depth
map or a picture of how the photo was.
"""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from unfilter.photo import read_photo, write_photo
from unfilter.photo.pillow import photo_of
from unfilter.photo.segments import end_of_jpeg
from unfilter.photo.xmp import CLAIMED_VIDEO, GAIN_MAP, VIDEO, without_claims

PIXELS = np.random.default_rng(0).integers(0, 256, (24, 32, 3), dtype=np.uint8)
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + b"\0\0\0\x10mdat" + bytes(range(8))
SAMSUNG = b"\0\0\x30\x0a\x10\0\0\0MotionPhoto_Data" + MP4 + b"SEFHj\0\0\0\x01\0\0\0\0\0\x30\x0a SEFT"
MICRO_VIDEO = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description xmlns:GCamera="http://ns.google.com/photos/1.0/camera/" GCamera:MicroVideo="1" '
    'GCamera:MicroVideoOffset="44" xmlns:dc="http://purl.org/dc/elements/1.1/" dc:source="camera"/></rdf:RDF></x:xmpmeta>'
)
MOTION_PHOTO = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:C="http://ns.google.com/photos/1.0/camera/" '
    'xmlns:Box="http://ns.google.com/photos/1.0/container/" xmlns:Item="http://ns.google.com/photos/1.0/container/item/" '
    "C:MotionPhoto='1'><C:MotionPhotoPresentationTimestampUs>5</C:MotionPhotoPresentationTimestampUs>"
    '<Box:Directory><rdf:Seq><rdf:li rdf:parseType="Resource"><Box:Item Item:Mime="video/mp4" Item:Semantic="MotionPhoto" '
    'Item:Length="44"/></rdf:li></rdf:Seq></Box:Directory><dc:source xmlns:dc="http://purl.org/dc/elements/1.1/">camera'
    "</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>"
)
CLAIMS = ("MicroVideo", "MotionPhoto", "Directory", "video/mp4", "hdrgm:Version", "HDRGainMapVersion", "<xmp:Thumbnails")


def jpeg(path: Path, behind: bytes, xmp: str | None) -> Path:
    Image.fromarray(PIXELS).save(path, **({"xmp": xmp.encode()} if xmp else {}))
    path.write_bytes(path.read_bytes() + behind)
    return path


@pytest.mark.parametrize("xmp", [MICRO_VIDEO, MOTION_PHOTO, None])
@pytest.mark.parametrize("behind", [MP4, SAMSUNG, bytes(40) + MP4])
def test_a_motion_photos_video_is_said_once_and_no_longer_claimed(behind: bytes, xmp: str | None, tmp_path: Path) -> None:
    photo = read_photo(jpeg(tmp_path / "p.jpg", behind, xmp))
    assert photo.notes == (VIDEO,)
    for name in ("t.jpg", "t.png", "t.webp"):
        write_photo(tmp_path / name, photo)
        written = (tmp_path / name).read_bytes()
        assert not [claim for claim in CLAIMS if claim.encode() in written], name
        assert (b"camera" in written) == (xmp is not None)


def test_a_pillow_image_of_it_claims_nothing_either(tmp_path: Path) -> None:
    with Image.open(jpeg(tmp_path / "p.jpg", MP4, MOTION_PHOTO)) as image:
        photo = photo_of(image)
    assert photo.notes == (CLAIMED_VIDEO,)
    assert "MotionPhoto" not in (photo.xmp or "")


@pytest.mark.parametrize("name", ["p.jpg", "p.png"])
def test_a_claim_of_a_video_that_is_not_there_is_taken_out_and_called_that(name: str, tmp_path: Path) -> None:
    """As in a motion photo that a messenger or a converter made smaller."""
    photo = read_photo(jpeg(tmp_path / name, b"", MOTION_PHOTO)) if name == "p.jpg" else None
    if photo is None:
        text = PngImagePlugin.PngInfo()
        text.add_itxt("XML:com.adobe.xmp", MOTION_PHOTO)
        Image.fromarray(PIXELS).save(tmp_path / name, pnginfo=text)
        photo = read_photo(tmp_path / name)
    assert photo.notes == (CLAIMED_VIDEO,)
    assert "MotionPhoto" not in (photo.xmp or "")


@pytest.mark.parametrize("box", [b"mpvd", b"sefd"])
def test_a_heics_video_is_said(box: bytes, tmp_path: Path) -> None:
    pillow_heif = pytest.importorskip("pillow_heif", reason="pillow-heif is not installed")
    pillow_heif.encode("RGB", (32, 24), PIXELS.tobytes(), path := tmp_path / "p.heic", quality=-1)
    content = MP4 if box == b"mpvd" else SAMSUNG
    path.write_bytes(path.read_bytes() + (8 + len(content)).to_bytes(4, "big") + box + content)
    assert read_photo(path).notes == (VIDEO,)


def test_padding_and_further_pictures_are_no_video(tmp_path: Path) -> None:
    assert read_photo(jpeg(tmp_path / "p.jpg", bytes(9), None)).notes == ()
    Image.fromarray(PIXELS).save(tmp_path / "m.jpg", "MPO", save_all=True, append_images=[Image.fromarray(PIXELS[:8])])
    assert read_photo(tmp_path / "m.jpg").notes == ("1 more of its 2 pictures (MPO) were left behind",)
    assert read_photo(jpeg(tmp_path / "o.jpg", b"a note", None)).notes == ("what stands behind its end was left behind",)


def test_makers_segments_are_named(tmp_path: Path) -> None:
    path = jpeg(tmp_path / "p.jpg", b"", None)
    content = path.read_bytes()
    maker, credentials = b"\xff\xe4\0\x06abcd", b"\xff\xeb\0\x0aJPc2pa\0\0"
    path.write_bytes(content[:20] + maker + credentials + content[20:])
    assert read_photo(path).notes == ("segments of its maker were left behind: APP4, content credentials (C2PA)",)


GAIN, APPLE = "http://ns.adobe.com/hdr-gain-map/1.0/", "http://ns.apple.com/HDRGainMap/1.0/"
XAP = "http://ns.adobe.com/xap/1.0/"


@pytest.mark.parametrize(
    ("xmp", "said"),
    [
        (f'<D xmlns:hdrgm="{GAIN}" hdrgm:Version="1.0"><hdrgm:GainMapMax>2</hdrgm:GainMapMax></D>', GAIN_MAP),
        (f'<D xmlns:H="{APPLE}"><H:HDRGainMapVersion>65536</H:HDRGainMapVersion></D>', GAIN_MAP),
        (f'<D xmlns:xmp="{XAP}"><xmp:Thumbnails><rdf:Alt>AAAA</rdf:Alt></xmp:Thumbnails></D>', None),
    ],
)
def test_claims_are_taken_out_whatever_their_prefix_and_form(xmp: str, said: str | None) -> None:
    rest, notes = without_claims(xmp)
    assert notes == ((said,) if said else ())
    assert rest is not None
    assert "Version" not in rest.replace("GainMap/1.0", "")
    assert "Thumbnails" not in rest
    assert without_claims(rest) == (rest, ())


@given(st.text(alphabet="<>/:=\"hdrgmVersion '", max_size=200))
def test_what_is_no_xmp_is_none_the_less_text(text: str) -> None:
    rest, _ = without_claims(text)
    assert rest is not None
    assert without_claims(rest)[0] == rest


@given(st.binary(max_size=200))
def test_the_end_of_anything_is_found_or_not(content: bytes) -> None:
    end = end_of_jpeg(b"\xff\xd8\xff" + content)
    assert end is None or end <= len(content) + 3
