"""Writing a photo: every pixel as given, with profile, EXIF, XMP and tag, under its final name only when complete.

An exact carrier (PNG, lossless WebP, lossless HEIC) is read back and compared before it gets its name.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.errors import PhotoError
from unfilter.files import replacing
from unfilter.format.fingerprint import Fingerprint, of_exact
from unfilter.format.mark import MARK
from unfilter.format.quantisation import Subsampling
from unfilter.format.tag import Codec, ExactCodec
from unfilter.photo import heic, jpeg, png, webp
from unfilter.photo.left_behind import left_behind, too_large
from unfilter.photo.metadata import carry_alike
from unfilter.photo.photo import Photo
from unfilter.photo.read import read_photo
from unfilter.photo.transparency import required, seen

_SUFFIXES: dict[str, Codec] = {
    ".png": "png",
    ".jpg": "jpeg",
    ".jpeg": "jpeg",
    ".jpe": "jpeg",
    ".jfif": "jpeg",
    ".pjpeg": "jpeg",
    ".pjp": "jpeg",
    ".webp": "webp",
    ".heic": "heic",
    ".heif": "heic",
    ".hif": "heic",
}
_EXACT: dict[Codec, Callable[[Path | BytesIO, Photo], None]] = {"png": png.encode, "webp": webp.encode, "heic": heic.encode}
_UNAVAILABLE: dict[Codec, Callable[[], str | None]] = {"webp": webp.unavailable, "heic": heic.unavailable}
_LONGEST: dict[Codec, int] = {"jpeg": 65_500, "webp": webp.LONGEST}  # libjpeg's own limit, below the format's


def suffix_of(codec: Codec) -> str:
    """The usual suffix of a codec's files, such as `.jpg`. Law: `codec_of` of such a name is `codec`."""
    return next(suffix for suffix, each in _SUFFIXES.items() if each == codec)


def codec_of(path: Path) -> Codec:
    """The codec that the name of a file to write asks for. Asked before long work, so that nobody waits for a refusal.

    Raises:
        PhotoError: another suffix, a folder that does not exist, or a codec that is not installed.
    """
    if not path.parent.is_dir():
        raise PhotoError(f"{path}: the folder {path.parent} does not exist; create it first")
    if path.is_dir():
        raise PhotoError(f"{path}: is a folder; name a file in it, or the folder with --out (in Python apply_many)")
    codec = _SUFFIXES.get(path.suffix.lower())
    if codec is None:
        raise PhotoError(
            f"{path}: cannot write {path.suffix or 'a file without suffix'}; "
            "use .png, .webp or .heic, which are exact, or .jpg"
        )
    reason = _UNAVAILABLE[codec]() if codec in _UNAVAILABLE else None
    if reason:
        raise PhotoError(f"{path}: {reason}")
    return codec


def check_target(path: Path, photo: Photo) -> tuple[str, ...]:
    """What of `photo` a file of this name would leave behind, a line each. Asked before long work, as `codec_of` is.

    Raises:
        PhotoError: as `codec_of`; transparency in a JPEG; no pixels, or more than the format holds, or too much metadata.
    """
    return check(path, codec_of(path), photo)


def check(path: Path | str, codec: Codec, photo: Photo, *, filtered: bool = True) -> tuple[str, ...]:
    """As `check_target`, of a codec that is known; `path` is what messages call the file, `filtered` says that a tag will be
    added.
    """
    if codec == "jpeg" and photo.transparent:
        raise PhotoError(f"{path}: a JPEG cannot carry the photo's transparency; use .png, .webp or .heic")
    height, width = photo.pixels.shape[:2]
    if not height or not width:
        raise PhotoError(f"{path}: the photo has no pixels ({width} x {height})")
    longest = _LONGEST.get(codec)
    if longest and max(height, width) > longest:
        raise PhotoError(
            f"{path}: {codec} holds sides of at most {longest} pixels, the photo has {width} x {height}; use .png"
        )
    reason = heic.refusal_of(photo) if codec == "heic" else None
    if reason:
        raise PhotoError(f"{path}: {reason}; or use .png or .webp")
    if reason := too_large(photo, codec, filtered=filtered):
        raise PhotoError(f"{path}: {reason}")
    return left_behind(photo, codec)


def write_photo(path: Path, photo: Photo, *, quality: int = 95, subsampling: Subsampling = "4:4:4") -> None:
    """Write `photo` in the codec that the suffix names: PNG, WebP and HEIC exactly, which is proven by reading the file
    back, or JPEG (`quality` 1..100, `subsampling` of chroma). Law: `read_photo(path).pixels` is `photo.pixels` but for JPEG.

    Raises:
        PhotoError: as `check_target`; the disk or the encoder refuses; or what was written is not exact.
    """
    codec = codec_of(path)
    check(path, codec, photo, filtered=False)
    save_photo(path, codec, photo, quality, subsampling)


def save_photo(
    path: Path, codec: Codec, photo: Photo, quality: int, subsampling: Subsampling, *, fingerprint: bool = False
) -> None:
    """The same, where `codec_of` and `check` were asked before. With `fingerprint` the tag, where there is one, tells of the
    pixels as they will be read from the file: those of a JPEG are coded once for both.
    """
    with _refusals(path), replacing(path) as temporary:
        if codec == "jpeg":
            picture = jpeg.coded(photo.pixels, quality, subsampling, photo.quantisation.get(subsampling))
            told = _told(photo, jpeg.fingerprint_of(picture)) if fingerprint and photo.tag else photo
            temporary.write_bytes(jpeg.with_metadata(picture, told))
        else:
            told = _told(photo, of_exact(seen(photo))) if fingerprint and photo.tag else photo
            _EXACT[codec](temporary, told)
            _prove(path, temporary, told)


def fingerprinted(photo: Photo, codec: Codec, quality: int, subsampling: Subsampling) -> Photo:
    """`photo`, whose tag, where it has one, then tells of the pixels as they will be read from the file that `write_photo`
    writes.
    """
    if photo.tag is None:
        return photo
    if codec != "jpeg":
        return _told(photo, of_exact(seen(photo)))
    with _refusals("photo"):
        tables = photo.quantisation.get(subsampling)
        return _told(photo, jpeg.fingerprint_of(jpeg.coded(photo.pixels, quality, subsampling, tables)))


def _told(photo: Photo, fingerprint: Fingerprint) -> Photo:
    assert photo.tag is not None
    requires = (*required(photo), *(each for each in photo.tag.requires if each == MARK))
    return replace(photo, tag=photo.tag.model_copy(update={"fingerprint": fingerprint, "requires": requires}))


def as_saved(photo: Photo, codec: Codec, quality: int, subsampling: Subsampling) -> NDArray[np.uint8]:
    """The pixels that a filter's inverse will take from the file that `write_photo` writes."""
    if codec != "jpeg":
        return seen(photo)
    with _refusals("photo"):
        return jpeg.as_read(jpeg.coded(photo.pixels, quality, subsampling, photo.quantisation.get(subsampling))).pixels


def encode_photo(photo: Photo, codec: ExactCodec) -> bytes:
    """The bytes of a file that `write_photo` would write, proven in the same way.

    Raises:
        PhotoError: no pixels, or more than the format holds; or what was encoded is not exact.
    """
    check("photo", codec, photo, filtered=False)
    file = BytesIO()
    with _refusals("photo"):
        _EXACT[codec](file, photo)
        _prove("photo", BytesIO(file.getvalue()), photo)
    return file.getvalue()


@contextmanager
def _refusals(path: Path | str) -> Iterator[None]:
    """What the disk and the encoders raise, as a PhotoError."""
    try:
        yield
    except PhotoError:
        raise
    except FileNotFoundError as error:
        raise PhotoError(str(error)) from None
    except (OSError, ValueError, RuntimeError, OverflowError) as error:
        raise PhotoError(f"{path}: cannot be written ({' '.join(str(error).split())})") from None


def _prove(path: Path | str, written: Path | BytesIO, photo: Photo) -> None:
    """Raises PhotoError unless the file gives back every pixel, alpha, tag, profile and EXIF."""
    height, width = photo.pixels.shape[:2]
    try:
        back = read_photo(written, limit=height * width)
    except PhotoError as error:
        raise PhotoError(f"{path}: was not written, since it could not be read back ({error}); use .png") from None
    if not (np.array_equal(back.pixels, photo.pixels) and carry_alike(back, photo)):
        raise PhotoError(f"{path}: was not written, since reading it back gave something else; use .png")
