"""TIFF: read only, single pictures of 8 bits (16 if they may be reduced); an app saves none."""

from PIL import Image, TiffImagePlugin, TiffTags
from PIL.ExifTags import IFD, Base

from unfilter.photo import photoshop
from unfilter.photo.exif import exif_of
from unfilter.photo.levels import levels_of
from unfilter.photo.metadata import split, xmp_of
from unfilter.photo.orientation import turned_back
from unfilter.photo.photo import Photo
from unfilter.photo.resolution import aspect_of, resolution_of
from unfilter.photo.silence import WITHOUT_STANDARD_ERROR
from unfilter.photo.source import Source

_BITS, _NEW_SUBFILE_TYPE, _DNG_VERSION = 258, 254, 50706
_EXTRA_SAMPLES, _ASSOCIATED = 338, 1  # TIFF 6.0, section 18: alpha that colours were multiplied with
_IPTC, _PHOTOSHOP = 33_723, 34_377
# What EXIF says in the first directory (Exif 3.0, section 4.6.5, and what Windows and cameras add).
_TRAVELLING = {
    *(
        Base.ImageDescription,
        Base.Make,
        Base.Model,
        Base.Orientation,
        Base.Software,
        Base.DateTime,
        Base.Artist,
        Base.Copyright,
    ),
    *(Base.XResolution, Base.YResolution, Base.ResolutionUnit, Base.HostComputer, Base.DocumentName, Base.PageName),
    *(Base.Rating, Base.RatingPercent, Base.XPTitle, Base.XPComment, Base.XPAuthor, Base.XPKeywords, Base.XPSubject),
    *(Base.ImageID, Base.BatteryLevel, Base.CameraOwnerName),
}
# What describes how the TIFF stores its pixels, or is carried otherwise (TIFF 6.0, sections 3 to 23).
_OF_THE_FILE = {
    *range(254, 267),  # from the kind of picture to its fill order, with size, depth, compression and colour model
    *(273, 277, 278, 279, 280, 281, 284, 288, 289, 290, 291, 292, 293, 297, 300, 301, 317, 318, 319, 320, 321),
    *range(322, 347),  # tiles, inks, extra samples, sample formats
    *range(347, 352),
    *range(512, 533),  # JPEG within TIFF, YCbCr, black and white
    *(700, _IPTC, _PHOTOSHOP, 34_675, 34_665, 34_853, 40_965),
}


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
    resources, rest = _photoshop(image), _notes_of_tags(image)
    resolution, aspect = resolution_of(image.info), aspect_of(image.info)
    pixels, alpha, profile, more = levels_of(image, source, bits)
    pixels = turned_back(pixels, orientation)
    alpha = None if alpha is None else turned_back(alpha, orientation)
    xmp, tag, left = split(packet)
    return Photo(
        pixels,
        "tiff",
        profile,
        exif,
        xmp,
        tag,
        alpha,
        photoshop=resources,
        resolution=resolution,
        aspect=aspect,
        notes=(*notes, *more, *left, *rest),
    )


def _exif(image: TiffImagePlugin.TiffImageFile) -> bytes | None:
    """The EXIF of a TIFF, whose own directory holds it, without what describes the TIFF."""
    found, kept = image.getexif(), Image.Exif()
    for name in _TRAVELLING & set(found):
        kept[name] = found[name]
    for directory in (IFD.Exif, IFD.GPSInfo):
        if values := found.get_ifd(directory):
            kept[directory] = dict(values)
    return exif_of(kept.tobytes()) if len(kept) else None


def _photoshop(image: TiffImagePlugin.TiffImageFile) -> bytes | None:
    """Photoshop's resources; where there is no IPTC among them, with that of the TIFF's own tag."""
    resources = photoshop.from_profile(_bytes_of(image, _PHOTOSHOP))
    if photoshop.iptc_of(resources):
        return resources
    return ((resources or b"") + (photoshop.from_iptc(_bytes_of(image, _IPTC)) or b"")) or None


def _bytes_of(image: TiffImagePlugin.TiffImageFile, tag: int) -> bytes | None:
    """A tag's bytes as they stand, whatever type the writer declared; Pillow reads IPTC from there too."""
    content = image.tag_v2._tagdata.get(tag)
    if not isinstance(content, bytes):
        return None
    if tag == _IPTC and content[3:4] == b"\x1c" and content[:1] != b"\x1c":  # numbers of 32 bits in the other order
        content = b"".join(content[place : place + 4][::-1] for place in range(0, len(content), 4))
    return content


def _notes_of_tags(image: TiffImagePlugin.TiffImageFile) -> tuple[str, ...]:
    """Tags that are neither carried nor about how the TIFF stores its pixels."""
    others = sorted(set(image.tag_v2) - _TRAVELLING - _OF_THE_FILE)
    return (f"TIFF tags were left behind: {', '.join(map(_named, others))}",) if others else ()


def _named(tag: int) -> str:
    return f"{tag} {TiffTags.lookup(tag).name}" if TiffTags.lookup(tag).name != "unknown" else str(tag)
