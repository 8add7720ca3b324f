"""What a file turned out to be, before anything is restored from it."""

from dataclasses import dataclass
from enum import Enum

from unfilter.errors import PhotoError


class Origin(Enum):
    """Where a file comes from, as far as it tells."""

    AS_SAVED = "as saved"
    """By the filter, and unchanged: it restores as the model card says."""

    SHARED = "shared"
    """Made by the filter, then resized or compressed again: it is restored at the size that arrived."""

    NOT_OURS = "not ours"
    """No filter that is installed, or not the one that was named, made it; it is refused."""

    CANNOT_TELL = "cannot tell"
    """Its pixels leave it open. It is refused, unless the filter is named."""


@dataclass(frozen=True)
class Recognition:
    """What a file turned out to be.

    Attributes:
        origin: the verdict.
        reason: what was measured, in words.
        filter: name of the filter that made it; None where none is known to have.
        restoration: its restoration id.
        confidence: probability that the verdict is right, 0.5..1; None where none can be given.
        expected_db: of a shared file, PSNR to expect of what is restored, against the photo at that size.
        arrived_db: the same of the file itself.
        scale: factor of the size at which the filter's mark was found; None where none was.
        turns, mirrored: quarter turns to the left, after mirroring left and right, that were made of the picture; it is
            restored in the orientation that it was filtered in, and shown as it arrived, by EXIF.
        candidates: restoration ids of the filters that may have made a file whose pixels do not tell.
        inside: rows and columns of the picture, without bars around it; None where there are none.
    """

    origin: Origin
    reason: str
    filter: str | None = None
    restoration: str | None = None
    confidence: float | None = None
    expected_db: float | None = None
    arrived_db: float | None = None
    inside: tuple[slice, slice] | None = None
    candidates: tuple[str, ...] = ()
    scale: float | None = None
    turns: int = 0
    mirrored: bool = False

    @property
    def keep(self) -> bool:
        """Whether the file itself is likely to be nearer to the photo than what would be restored from it."""
        return self.expected_db is not None and self.arrived_db is not None and self.arrived_db >= self.expected_db

    def __str__(self) -> str:
        """The verdict in one line, such as `shared: made by l0 ...; restored at about 31 dB (the file itself: 29)`."""
        made = f", made by {self.filter}" if self.filter and self.origin is not Origin.NOT_OURS else ""
        return f"{self.origin.value}{made}: {self.reason}{self._quality()}"

    def _quality(self) -> str:
        if self.expected_db is None or self.arrived_db is None:
            return ""
        if self.keep:
            return (
                f"; the file itself is nearer to the photo (about {self.arrived_db:.0f} dB) than what would be restored "
                f"({self.expected_db:.0f} dB)"
            )
        return f"; about {self.expected_db:.0f} dB to expect (the file itself: {self.arrived_db:.0f} dB)"


class NotRestored(PhotoError):
    """A file that is refused, since it is not known to be what the filter made. `recognition` says what it is."""

    def __init__(self, message: str, recognition: Recognition) -> None:
        super().__init__(message)
        self.recognition = recognition
