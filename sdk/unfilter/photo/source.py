"""A photo file that is being read: what the caller allows, and the refusals that every format shares."""

from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from unfilter.errors import PhotoError

PIXEL_LIMIT = 200_000_000
"""Most pixels that a file may declare, unless the caller says otherwise: 600 MB of RGB, and every phone's largest photo."""


@dataclass(frozen=True)
class Source:
    """An open file with what messages call it, and what the caller of `read_photo` allows."""

    name: Path | str
    file: BinaryIO
    convert: bool = False
    reduce: bool = False
    limit: int = PIXEL_LIMIT

    def refusal(self, reason: str) -> PhotoError:
        """The error to raise, which names the file."""
        return PhotoError(f"{self.name}: {reason}")

    def check_size(self, width: int, height: int) -> None:
        """To be called with the size that the file declares, before anything of that size is allocated.

        Raises:
            PhotoError: more pixels than the limit.
        """
        if width * height > self.limit:
            raise self.refusal(
                f"declares {width} x {height} pixels, {width * height / 1e6:.1f} million where {self.limit / 1e6:g} million "
                "are allowed; if you trust the file, raise the limit (--limit, in Python limit=)"
            )

    def check_single(self, pictures: int, word: str = "is animated") -> None:
        """Raises PhotoError where the file holds several pictures of equal rank."""
        if pictures > 1:
            raise self.refusal(f"{word} ({pictures} pictures); give a single picture")

    def check_alpha(self, premultiplied: bool) -> None:
        """Raises PhotoError where colours were multiplied with their alpha, which cannot be undone exactly."""
        if premultiplied:
            raise self.refusal(
                "has colours multiplied with their alpha, which cannot be undone exactly; save it as PNG first"
            )

    def check_depth(self, bits: int) -> tuple[str, ...]:
        """The note to make of `bits` per channel.

        Raises:
            PhotoError: more than 8, and the caller did not ask to reduce them.
        """
        if bits <= 8:
            return ()
        if not self.reduce:
            raise self.refusal(
                f"has {bits} bits per channel; reduce it to 8 first, or ask for that (--reduce, in Python reduce=True)"
            )
        return (f"{bits} bits per channel were reduced to 8",)
