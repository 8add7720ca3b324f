"""Which format a file has, by its first bytes; the suffix says nothing."""

from typing import BinaryIO

from unfilter.photo.photo import Kind

READABLE = "JPEG, PNG, HEIC, WebP, AVIF or TIFF"

_SIGNATURES: tuple[tuple[bytes, Kind], ...] = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"II*\0", "tiff"),
    (b"MM\0*", "tiff"),
    (b"II+\0", "tiff"),
    (b"MM\0+", "tiff"),
)
# For the refusal only: what people have by mistake is named.
_OTHERS = (
    (b"GIF8", "GIF"),
    (b"BM", "BMP"),
    (b"8BPS", "Photoshop"),
    (b"\0\0\0\x0cjP  ", "JPEG 2000"),
    (b"\xff\x4f\xff\x51", "JPEG 2000"),
    (b"\0\0\0\x0cJXL ", "JPEG XL"),
    (b"\xff\x0a", "JPEG XL"),
    (b"P5", "PGM"),
    (b"P6", "PPM"),
)
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs", b"mif1", b"msf1"}
_AVIF = {b"avif", b"avis"}


def kind_of(file: BinaryIO) -> Kind | str | None:
    """The format of an open file, which is left at its start.

    Returns:
        One of `Kind`, the name of another picture format, or None.

    Source: ISO/IEC 14496-12, section 4.3, for the brands of HEIC and AVIF.
    """
    start = file.read(64)
    file.seek(0)
    for signature, kind in _SIGNATURES:
        if start.startswith(signature):
            return kind
    if start[:4] == b"RIFF" and start[8:12] == b"WEBP":
        return "webp"
    if start[4:8] == b"ftyp":
        end = min(int.from_bytes(start[:4], "big"), len(start))
        brands = {start[8:12], *(start[place : place + 4] for place in range(16, end - 3, 4))}
        # A brand of the container's own (mif1) is shared by both; the codec's brand decides.
        return "avif" if brands & _AVIF else "heic" if brands & _HEIC else None
    return next((name for signature, name in _OTHERS if start.startswith(signature)), None)
