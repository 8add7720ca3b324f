"""Metadata as text in a PNG, as ImageMagick writes it: keyword `Raw profile type exif`, then name, length and hex digits.

The chunk eXIf and XMP's keyword came later, and IPTC has no other place in a PNG.
Source: ImageMagick, coders/png.c (`Magick_png_write_raw_profile`), which exiftool, libwebp and libvips read too.
"""

from collections.abc import Mapping

_KEYWORD = "Raw profile type "
_READ = ("exif", "xmp", "iptc", "8bim", "icc", "icm", "APP1")
_LINE = 72
"""Digits in a line."""


def keyword(name: str) -> str:
    """The keyword of a profile, such as `iptc`."""
    return _KEYWORD + name


def raw_profile(texts: Mapping[str, str], name: str) -> bytes | None:
    """The content of a profile; None where there is none that is whole, or it is empty."""
    lines = texts.get(keyword(name), "").strip("\n").split("\n", 2)
    if len(lines) < 3:
        return None
    try:
        content = bytes.fromhex("".join(lines[2].split()))
        whole = len(content) == int(lines[1])
    except ValueError:
        return None
    return content if whole and content else None


def raw_profiles(texts: Mapping[str, str]) -> dict[str, bytes]:
    """All profiles that are whole, by name, such as `iptc`."""
    return {name: content for name in _READ if (content := raw_profile(texts, name))}


def as_raw_profile(name: str, content: bytes) -> str:
    """The text of a profile.

    Law: `raw_profile` of this text, under the profile's keyword, is `content`.
    """
    digits = content.hex()
    lines = [digits[place : place + _LINE] for place in range(0, len(digits), _LINE)]
    return "\n".join(["", name, f"{len(content):8}", *lines, ""])
