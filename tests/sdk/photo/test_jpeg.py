"""Laws: a JPEG whose pixels were encoded before its metadata were known has the bytes of one that was written at once.
One of a photo with quantiser tables of its own (R36) has those, at its quality.
"""

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms, JpegImagePlugin

from unfilter.format.quantisation import QuantiserTables
from unfilter.photo import Photo, Subsampling, Tag, read_photo, write_photo
from unfilter.photo.jpeg import coded, coding_of, encoded, fingerprint_of, quality_by, with_metadata
from unfilter.photo.metadata import carried
from unfilter.photo.write import as_saved, fingerprinted

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
EXIF = b"Exif\0\0MM\0*\0\0\0\x08\0\0\0\0\0\0"
XMP = "<x><rdf:RDF><rdf:Description/></rdf:RDF></x>"
TAG = Tag(filter="l0", restoration="a" * 64, codec="jpeg", quality=90)
PHOTOSHOP = b"8BIM\x04\x04\0\0\0\0\0\x08\x1c\x02\x05\0\x03abc"


@pytest.mark.parametrize("fields", [
    {},
    {"exif": EXIF},
    {"icc_profile": SRGB, "xmp": XMP, "tag": TAG},
    {"icc_profile": 3 * SRGB[:40_000] * 40, "exif": EXIF},  # a profile of several segments
    {"exif": EXIF, "xmp": XMP, "photoshop": PHOTOSHOP, "texts": (("Comment", "words"),)},
], ids=lambda fields: " ".join(fields) or "nothing")  # fmt: skip
@pytest.mark.parametrize(("quality", "subsampling"), [(90, "4:4:4"), (60, "4:2:0"), (100, "4:4:4")])
def test_it_is_as_pillow_writes_it(
    fields: dict[str, object], quality: int, subsampling: Subsampling, chelsea: NDArray[np.uint8]
) -> None:
    photo = Photo(chelsea, **fields)  # type: ignore[arg-type]
    given = carried(photo, "jpeg")
    if photo.photoshop:
        size = len(b"Photoshop 3.0\0" + PHOTOSHOP) + 2
        given["extra"] = b"\xff\xed" + size.to_bytes(2, "big") + b"Photoshop 3.0\0" + PHOTOSHOP
    if photo.texts:
        given["comment"] = "words"
    given |= {"quality": quality, "subsampling": subsampling, "progressive": True}
    Image.fromarray(chelsea).save(file := BytesIO(), "JPEG", **given)
    assert encoded(photo, quality, subsampling) == file.getvalue()


def test_metadata_change_neither_pixels_nor_their_fingerprint(chelsea: NDArray[np.uint8]) -> None:
    picture = coded(chelsea, 83, "4:2:0")
    photo = Photo(chelsea, exif=EXIF, xmp=XMP, resolution=(300.0, 300.0), tag=TAG)
    content = with_metadata(picture, photo)
    assert fingerprint_of(content) == fingerprint_of(picture)
    image = Image.open(BytesIO(content))
    assert image.info["dpi"] == (300, 300)
    np.testing.assert_array_equal(np.asarray(image), np.asarray(Image.open(BytesIO(picture))))
    assert with_metadata(picture, Photo(chelsea)) == picture


OWN = QuantiserTables(luma=tuple(range(20, 84)), chroma=tuple(range(90, 26, -1)))


@pytest.mark.parametrize(("quality", "subsampling"), [(50, "4:2:0"), (83, "4:4:4"), (95, "4:2:0"), (7, "4:2:0")])
def test_a_file_has_its_photos_own_tables_at_its_quality(
    quality: int, subsampling: Subsampling, chelsea: NDArray[np.uint8]
) -> None:
    photo = Photo(chelsea, quantisation={subsampling: OWN})
    image = JpegImagePlugin.JpegImageFile(BytesIO(encoded(photo, quality, subsampling)))
    assert [list(image.quantization[number]) for number in range(2)] == list(OWN.at(quality))
    found = quality_by(photo.quantisation, coding_of(image))
    assert found is not None
    assert OWN.at(found) == OWN.at(quality)


def test_tables_of_one_subsampling_are_not_taken_for_another(chelsea: NDArray[np.uint8]) -> None:
    photo = Photo(chelsea, quantisation={"4:2:0": OWN})
    content = encoded(photo, 80, "4:4:4")
    assert content == encoded(Photo(chelsea), 80, "4:4:4")
    assert quality_by(photo.quantisation, coding_of(JpegImagePlugin.JpegImageFile(BytesIO(content)))) is None
    assert quality_by(photo.quantisation, None) is None


def test_the_fingerprint_and_what_the_inverse_sees_are_of_the_photos_own_tables(
    chelsea: NDArray[np.uint8], tmp_path: Path
) -> None:
    photo = fingerprinted(Photo(chelsea, tag=TAG, quantisation={"4:2:0": OWN}), "jpeg", 80, "4:2:0")
    write_photo(tmp_path / "photo.jpg", photo, quality=80, subsampling="4:2:0")
    saved = read_photo(tmp_path / "photo.jpg")
    assert saved.tag is not None
    assert saved.tag.fingerprint is not None
    assert saved.tag.fingerprint.coding == saved.coding
    np.testing.assert_array_equal(as_saved(photo, "jpeg", 80, "4:2:0"), saved.pixels)
    assert saved.quantisation == {}
