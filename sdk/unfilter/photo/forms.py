"""The forms that a photo is handed over in, beside arrays and files by path: what is given comes back changed, of its kind.

| given | comes back |
|---|---|
| bytes of a PNG, WebP or HEIC file | bytes of a file of that format, exact |
| bytes of a JPEG, AVIF or TIFF file | bytes of a PNG |
| a file opened in binary mode | a `BytesIO` at its start, of the same formats |
| a Pillow image | a Pillow image, RGB or RGBA, metadata in its `info` |
"""

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO, TextIOBase
from os import PathLike
from pathlib import Path
from typing import Generic, Protocol, TypeAlias, TypeVar

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter.errors import PhotoError
from unfilter.format.tag import ExactCodec
from unfilter.photo.left_behind import left_behind
from unfilter.photo.photo import Photo
from unfilter.photo.pillow import image_of, photo_of
from unfilter.photo.read import read_photo
from unfilter.photo.source import PIXEL_LIMIT
from unfilter.photo.write import check, encode_photo

Bytes: TypeAlias = bytes | bytearray | memoryview
Change: TypeAlias = Callable[[Photo, ExactCodec], Photo]
"""What is done to a photo that will be saved in that codec."""


class BinaryFile(Protocol):
    """A file opened in binary mode, or anything else that gives bytes."""

    def read(self) -> bytes:
        """All that is left of it."""
        ...


def photo_in(given: NDArray[np.uint8] | Bytes | BinaryFile | Image.Image | str | PathLike[str]) -> Photo:
    """The photo in any of these forms, an array or a path among them.

    Raises:
        PhotoError: unreadable.
        TypeError: of none of these forms.
    """
    if isinstance(given, np.ndarray):
        return Photo(given)
    if isinstance(given, Image.Image):
        return photo_of(given)
    if isinstance(given, str | PathLike):
        return read_photo(Path(given))
    content = bytes(given) if isinstance(given, Bytes) else given.read() if hasattr(given, "read") else None
    if not isinstance(content, bytes):
        raise TypeError(f"a photo is an array, bytes, a file, a Pillow image or a path; got {type(given).__name__}")
    return read_photo(BytesIO(content), name="the output")


Form = TypeVar("Form", bound=bytes | BytesIO | Image.Image, covariant=True)


@dataclass(frozen=True)
class Noted(Generic[Form]):
    """What comes back, and what of the photo was changed or left behind on the way, a line each."""

    result: Form
    notes: tuple[str, ...]


def changed(
    given: Bytes | BinaryFile | Image.Image,
    change: Change,
    *,
    convert: bool = False,
    reduce: bool = False,
    limit: int = PIXEL_LIMIT,
) -> Noted[bytes | BytesIO | Image.Image]:
    """`given` after `change`, in the form that it was given in; see the table above.

    `convert`, `reduce` and `limit` are as for `read_photo`; the limit is of files: an image is in memory.

    Raises:
        PhotoError: unreadable or unwritable, as for files.
        TypeError: of none of these forms.
    """
    if isinstance(given, Image.Image):
        photo = photo_of(given, convert=convert, reduce=reduce)
        made = change(photo, exact_codec(photo))
        return Noted(image_of(made), _notes(photo.notes + left_behind(photo, None), made))

    def changed_file(content: bytes, name: str) -> Noted[bytes]:
        photo = read_photo(BytesIO(content), convert=convert, reduce=reduce, limit=limit, name=name)
        codec = exact_codec(photo)
        notes = photo.notes + check(name, codec, photo)
        made = change(photo, codec)
        return Noted(encode_photo(made, codec), _notes(notes, made))

    if isinstance(given, Bytes):
        return changed_file(bytes(given), "bytes")
    if hasattr(given, "read"):
        name = getattr(given, "name", None)
        text = isinstance(given, TextIOBase)  # reading it would fail, or decode what is no text
        content = None if text else given.read()
        if not isinstance(content, bytes):
            kind = "str" if text else type(content).__name__
            raise PhotoError(f"{name or 'file'}: gives {kind}, not bytes; open it in binary mode: open(..., 'rb')")
        file = changed_file(content, name if isinstance(name, str) else "file")
        return Noted(BytesIO(file.result), file.notes)
    raise TypeError(f"a photo is an array, bytes, a file, a Pillow image or a path; got {type(given).__name__}")


def _notes(before: tuple[str, ...], made: Photo) -> tuple[str, ...]:
    """Those of before, and what the change added."""
    return (*before, *(note for note in made.notes if note not in before))


def exact_codec(photo: Photo) -> ExactCodec:
    """The codec that a changed `photo` is saved in where nobody names one: its own where that is exact, else PNG."""
    return photo.codec if photo.codec in ("webp", "heic") else "png"
