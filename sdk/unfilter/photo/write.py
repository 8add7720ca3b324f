"""Writing a photo: every pixel as given, with profile, EXIF, XMP and tag, under its final name only when complete."""

from pathlib import Path
from typing import Any, Literal

from PIL import Image, PngImagePlugin

from unfilter.errors import PhotoError
from unfilter.files import replacing
from unfilter.photo.read import Photo
from unfilter.photo.tag import PNG_KEYWORD, Codec

Subsampling = Literal["4:4:4", "4:2:0"]
"""Chroma subsampling of a JPEG: as fine as luma, or half as fine along both axes."""

_SUFFIXES: dict[str, Codec] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}


def codec_of(path: Path) -> Codec:
    """The codec that the name of a file to write asks for. Asked before long work, so that nobody waits for a refusal.

    Raises:
        PhotoError: another suffix, or a folder that does not exist.
    """
    if not path.parent.is_dir():
        raise PhotoError(f"{path}: the folder {path.parent} does not exist; create it first")
    try:
        return _SUFFIXES[path.suffix.lower()]
    except KeyError:
        raise PhotoError(f"{path}: cannot write {path.suffix or 'a file without suffix'}; use .png, .jpg or .jpeg") from None


def write_photo(path: Path, photo: Photo, *, quality: int = 95, subsampling: Subsampling = "4:4:4") -> None:
    """Write `photo` in the codec that the suffix names: PNG (exact) or JPEG (`quality` 1..100, `subsampling` of chroma).

    Raises:
        PhotoError: another suffix, the folder does not exist, or the disk refuses.
    """
    codec = codec_of(path)
    image = Image.fromarray(photo.pixels)
    save: dict[str, Any] = {}
    if photo.icc_profile:
        save["icc_profile"] = photo.icc_profile
    if photo.exif:
        save["exif"] = photo.exif
    if codec == "png":
        save["pnginfo"] = _png_text(photo)
    else:
        save |= {"quality": quality, "subsampling": subsampling}
        packet = photo.tag.to_xmp(photo.xmp) if photo.tag else photo.xmp
        if packet:
            save["xmp"] = packet.encode()
    try:
        with replacing(path) as temporary:
            image.save(temporary, format=codec.upper(), **save)
    except FileNotFoundError as error:
        raise PhotoError(str(error)) from None
    except (OSError, ValueError) as error:
        raise PhotoError(f"{path}: cannot be written ({' '.join(str(error).split())})") from None


def _png_text(photo: Photo) -> PngImagePlugin.PngInfo:
    text = PngImagePlugin.PngInfo()
    if photo.xmp:
        text.add_itxt("XML:com.adobe.xmp", photo.xmp)
    if photo.tag:
        text.add_itxt(PNG_KEYWORD, photo.tag.to_json())
    return text
