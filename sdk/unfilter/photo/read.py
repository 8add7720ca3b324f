"""Reading a photo: its stored pixels and what travels along with them."""

import errno
from collections.abc import Callable
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from PIL import Image

from unfilter.errors import PhotoError
from unfilter.photo import avif, heic, jpeg, png, tiff, webp
from unfilter.photo.kinds import READABLE, kind_of
from unfilter.photo.photo import Kind, Photo
from unfilter.photo.silence import WITHOUT_WARNINGS
from unfilter.photo.source import PIXEL_LIMIT, Source

_DECODERS: dict[Kind, Callable[[Source], Photo]] = {
    "png": png.decode,
    "jpeg": jpeg.decode,
    "webp": webp.decode,
    "heic": heic.decode,
    "avif": avif.decode,
    "tiff": tiff.decode,
}
_UNAVAILABLE: dict[Kind, Callable[[], str | None]] = {
    "webp": webp.unavailable,
    "heic": heic.unavailable,
    "avif": avif.unavailable,
}


def read_photo(
    source: Path | BytesIO, *, convert: bool = False, reduce: bool = False, limit: int = PIXEL_LIMIT, name: str = "photo"
) -> Photo:
    """Read a photo; docs/photos.md says for each kind of file what is kept, carried or refused.

    Args:
        source: a JPEG, PNG, HEIC, WebP, AVIF or TIFF file, whatever its suffix, or its bytes.
        convert: turn CMYK, and grey with a grey profile, into sRGB instead of refusing them.
        reduce: keep the 8 high bits of deeper channels instead of refusing them.
        limit: most pixels that the file may declare; compared before anything is decoded.
        name: what messages call bytes.

    Raises:
        PhotoError: missing, not a photo, corrupt, too large, or of a kind that would not survive; one line that says which.
    """
    path = source if isinstance(source, Path) else name
    try:
        with WITHOUT_WARNINGS, source.open("rb") if isinstance(source, Path) else nullcontext(source) as file:
            return _decode(Source(path, _seekable(file), convert, reduce, limit))
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise PhotoError(f"{path}: is a folder, not a photo; name one file") from None
    except OSError as error:
        if error.errno is None:  # a decoder's, not the system's
            raise _undecodable(path, error) from None
        raise PhotoError(f"{path}: cannot be read ({error.strerror}){_REMEDIES.get(error.errno, '')}") from None
    except Image.DecompressionBombError:  # Pillow's own limit for WebP and TIFF, above which no caller's helps
        raise PhotoError(f"{path}: is larger than Pillow decodes of its format; save it as PNG first") from None
    except MemoryError:
        raise PhotoError(f"{path}: needs more memory than there is; give a smaller photo") from None
    except Exception as error:  # decoders raise OSError, SyntaxError, ValueError, struct.error and more on corrupt files
        raise _undecodable(path, error) from None


_REMEDIES = {
    errno.EACCES: "; let yourself read it, and enter the folders above it",
    errno.EPERM: "; the system keeps it from this program",
    errno.EIO: "; the disk fails: copy it from a backup",
}


def _undecodable(path: Path | str, error: Exception) -> PhotoError:
    reason = " ".join(str(error).split()) or type(error).__name__
    return PhotoError(f"{path}: cannot be decoded ({reason}); the file is damaged or incomplete, or of a rare kind")


def _seekable(file: BinaryIO) -> BinaryIO:
    """`file`, or all that comes through it where it is a pipe: decoders go back and forth."""
    return file if file.seekable() else BytesIO(file.read())


def _decode(source: Source) -> Photo:
    kind = kind_of(source.file)
    if kind not in _DECODERS:
        if source.file.read(1) == b"":
            raise source.refusal(f"an empty file; give a {READABLE} photo")
        raise source.refusal(f"{f'is a {kind} picture' if kind else 'is not a photo'}; give a {READABLE} file")
    reason = _UNAVAILABLE[kind]() if kind in _UNAVAILABLE else None
    if reason:
        raise source.refusal(f"is a {kind.upper()} photo, and {reason}")
    return _DECODERS[kind](source)
