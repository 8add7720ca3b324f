"""TIFF: read only, single pictures of 8 bits (16 if they may be reduced); an app saves none."""

from PIL import Image, TiffImagePlugin
from PIL.ExifTags import IFD, Base

from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import exif_of, notes_of, split, xmp_of
from unfilter.photo.orientation import turned_back
from unfilter.photo.photo import Photo
from unfilter.photo.silence import WITHOUT_STANDARD_ERROR
from unfilter.photo.source import Source

_BITS, _NEW_SUBFILE_TYPE, _DNG_VERSION = 258, 254, 50706
_EXTRA_SAMPLES, _ASSOCIATED = 338, 1  # TIFF 6.0, section 18: alpha that colours were multiplied with
# What EXIF says in the first directory; the rest of it describes how the TIFF stores its pixels.
_TRAVELLING = (
    Base.ImageDescription,
    Base.Make,
    Base.Model,
    Base.Orientation,
    Base.Software,
    Base.DateTime,
    Base.Artist,
    Base.Copyright,
)


def decode(source: Source) -> Photo:
    """The single picture. Pillow turns it upright; it is turned back, so that its orientation stays as it is."""
    with WITHOUT_STANDARD_ERROR:
        return _decode(source)


def _decode(source: Source) -> Photo:
    image = TiffImagePlugin.TiffImageFile(source.file)
    source.check_size(*image.size)
    if _DNG_VERSION in image.tag_v2 or int(image.tag_v2.get(_NEW_SUBFILE_TYPE, 0)) & 1:
        raise source.refusal("is a camera raw file, or begins with a preview; develop it and give the result")
    if getattr(image, "is_animated", False):
        raise source.refusal("holds several pages; give a single picture")
    source.check_alpha(_ASSOCIATED in image.tag_v2.get(_EXTRA_SAMPLES, ()))
    found = image.tag_v2.get(_BITS, (1,))
    bits = max(found) if isinstance(found, tuple) else int(found)
    notes = source.check_depth(bits) if image.mode not in ("I", "F") else ()
    exif, orientation = _exif(image), int(image.tag_v2.get(Base.Orientation, 1))
    packet = xmp_of(image)  # before decoding, with which Pillow removes the orientation from it
    pixels, alpha, profile, more = levels_of(image, source, bits)
    pixels = turned_back(pixels, orientation)
    alpha = None if alpha is None else turned_back(alpha, orientation)
    xmp, tag = split(packet)
    return Photo(pixels, "tiff", profile, exif, xmp, tag, alpha, notes=(*notes, *more, *notes_of(packet)))


def _exif(image: TiffImagePlugin.TiffImageFile) -> bytes | None:
    """The EXIF of a TIFF, whose own directory holds it, without what describes the TIFF."""
    found, kept = image.getexif(), Image.Exif()
    for name in _TRAVELLING:
        if name in found:
            kept[name] = found[name]
    for directory in (IFD.Exif, IFD.GPSInfo):
        if values := found.get_ifd(directory):
            kept[directory] = dict(values)
    return exif_of(kept.tobytes()) if len(kept) else None
