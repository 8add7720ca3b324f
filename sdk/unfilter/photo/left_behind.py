"""What a format has no place for, and what is too large for it. Asked before long work."""

from PIL import PngImagePlugin

from unfilter.format.tag import Codec
from unfilter.photo import iptc, photoshop
from unfilter.photo.exif import exif_of, resolution_in
from unfilter.photo.metadata import COMMENT, comment_of, packet_of, told_by_xmp
from unfilter.photo.photo import Photo
from unfilter.photo.resolution import worded
from unfilter.photo.xmp import overruled

_SRGB_GAMMA = (45_455).to_bytes(4, "big")
_MOST_NAMES = 5
_SEGMENT = 65_533
"""Bytes of a JPEG segment behind its length (ITU-T T.81, section B.1.1.4)."""
_XMP = _SEGMENT - len(b"http://ns.adobe.com/xap/1.0/\0")
_PROFILE = 255 * (_SEGMENT - len(b"ICC_PROFILE\0") - 2)
_TAG = 3_000
"""Bytes that a tag takes in XMP at most, with up to a dozen hyper-parameters; a photo to be filtered has none yet."""


def left_behind(photo: Photo, codec: Codec | None) -> tuple[str, ...]:
    """What a file of `codec` cannot say, a line each. None is a Pillow image, as `unfilter.photo.pillow` makes it."""
    return (*_colour(photo, codec), *_words(photo, codec), *_size_on_paper(photo, codec))


def too_large(photo: Photo, codec: Codec, *, filtered: bool = True) -> str | None:
    """What of `photo` a file of `codec` has no room for, and what to do; None where all fits. `filtered` says that a tag
    will be added.
    """
    if codec == "png":
        texts = sum(len(text) for _, text in photo.texts) + len(photo.xmp or "") + 2 * len(photo.photoshop or b"")
        return _first(
            "png",
            ("colour profile", len(photo.icc_profile or b""), PngImagePlugin.MAX_TEXT_CHUNK, "use .webp or .heic"),
            ("text and XMP", texts, PngImagePlugin.MAX_TEXT_MEMORY // 2, "use .webp or .heic"),
        )
    if codec != "jpeg":
        return None
    packet = len((packet_of(photo, codec) or "").encode()) + (_TAG if filtered and not photo.tag else 0)
    exact = "use .png, .webp or .heic, or take it out first (exiftool "
    return _first(
        "jpeg",
        ("EXIF", len(exif_of(photo.exif) or b""), _SEGMENT, f"{exact}-EXIF:all=)"),
        ("XMP with the tag" if filtered else "XMP", packet, _XMP, f"{exact}-XMP:all=)"),
        ("comment", len((comment_of(photo) or "").encode()), _SEGMENT, f"{exact}-Comment=)"),
        ("colour profile", len(photo.icc_profile or b""), _PROFILE, "use .webp or .heic"),
    )


def _first(codec: str, *parts: tuple[str, int, int, str]) -> str | None:
    for name, size, most, remedy in parts:
        if size > most:
            return f"its {name} takes {size:,} bytes, and a {codec} holds {most:,}; {remedy}"
    return None


def _colour(photo: Photo, codec: Codec | None) -> tuple[str, ...]:
    if photo.icc_profile or any(name == "sRGB" for name, _ in photo.colour):
        return ()  # it is shown by the profile, or as sRGB, which is what a file that says nothing is shown as
    said = {"png": ("cHRM", "gAMA", "sRGB", "cICP"), "heic": ("cICP",)}.get(codec or "", ())
    lost = [name for name, content in photo.colour if name not in said and (name, content) != ("gAMA", _SRGB_GAMMA)]
    return (f"{', '.join(lost)} cannot be said in {_worded(codec)}: it will be shown as sRGB",) if lost else ()


def _words(photo: Photo, codec: Codec | None) -> tuple[str, ...]:
    """IPTC, comments and other text."""
    if codec == "png":
        return ()
    places = {*iptc.OF_TEXT, *([COMMENT] if codec in ("jpeg", None) else [])}
    homeless = [key for key, _ in photo.texts if key not in places]
    if comments := "its comment was left behind" if COMMENT in homeless else "":
        homeless.remove(COMMENT)
    notes = [comments] if comments else []
    if homeless:
        more = f" and {len(homeless) - _MOST_NAMES} more" if len(homeless) > _MOST_NAMES else ""
        notes.append(f"its text was left behind: {', '.join(homeless[:_MOST_NAMES])}{more}")
    if codec != "jpeg" and photo.photoshop:
        if numbers := iptc.properties(photoshop.iptc_of(photo.photoshop) or b"")[1]:
            notes.append(f"IPTC that XMP has no property for was left behind: {iptc.named(numbers)}")
        if others := photoshop.beside_iptc(photo.photoshop):
            notes.append(f"Photoshop's resources were left behind: {', '.join(f'0x{number:04x}' for number in others)}")
    notes = [f"{note}: {_worded(codec)} has no place for it" for note in notes]
    if otherwise := overruled(photo.xmp, told_by_xmp(photo, codec)):
        notes.append(f"its XMP says otherwise than its IPTC or text, and only XMP was kept: {', '.join(otherwise)}")
    return tuple(notes)


def _size_on_paper(photo: Photo, codec: Codec | None) -> tuple[str, ...]:
    if codec in ("png", "jpeg", None):
        return ()
    said = resolution_in(photo.exif)
    if photo.aspect:
        across, down = photo.aspect
        if said and abs(said[0] * down - said[1] * across) < 1e-3 * said[1] * across:
            return ()
        return (f"its aspect ratio of pixels, {down}:{across}, was left behind: {_worded(codec)} has no place for it",)
    if photo.resolution is None:
        return ()
    if said and max(abs(a - b) for a, b in zip(said, photo.resolution, strict=True)) < 0.05:
        return ()
    return (f"its resolution, {worded(photo.resolution)}, was left behind: {_worded(codec)} has no place for it",)


def _worded(codec: Codec | None) -> str:
    return f"a {codec} file" if codec else "a Pillow image"
