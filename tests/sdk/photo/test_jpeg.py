"""Law: a JPEG whose pixels were encoded before its metadata were known has the bytes of one that was written at once."""

from io import BytesIO

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from unfilter.photo import Photo, Subsampling, Tag
from unfilter.photo.jpeg import coded, encoded, fingerprint_of, with_metadata
from unfilter.photo.metadata import carried

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
