"""A payload: a small file in the low bits of an exact picture, here the photo itself (R25 of sdk/format/RULES.md).

It survives exact copying and nothing else. Its head says that it is there and whole, so no tag is needed to find it.
"""

import hashlib
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

Levels = NDArray[np.uint8]
Coding = Literal["avif", "webp"]
"""Of a picture within a picture: AVIF, which loses a little, and lossless WebP."""

DIGITS = 32
"""Hexadecimal digits that are kept of a digest."""

PLANES = 2
"""Most low bits of a level that a writer uses: with two, no level is more than 3 off; with one, 1."""

_MAGIC = b"UFP1"
_DIGEST = 8
HEAD = len(_MAGIC) + 4 + _DIGEST
"""Bytes before the content."""


class Payload(BaseModel):
    """What a tag says of the payload in the pixels."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra={"additionalProperties": False})

    coding: Coding = Field(description="of the photo: avif, or webp, which is lossless")
    bytes: int = Field(ge=1, description="length of the coded photo")


def room(levels: int, planes: int) -> int:
    """Longest content, in bytes, that so many low bits of so many levels hold; below 0 where not even the head fits."""
    return levels * planes // 8 - HEAD


def with_payload(levels: Levels, content: bytes) -> Levels:
    """`levels` (any count, in the order of the picture) with `content` in their low bits: as few bits as it takes, each
    level the nearest one to its own that has them.

    Law: `payload_of(with_payload(levels, content)) == content`.

    Raises:
        ValueError: no room.
    """
    head = _MAGIC + len(content).to_bytes(4, "big") + hashlib.sha256(content).digest()[:_DIGEST]
    bits = np.unpackbits(np.frombuffer(head + content, np.uint8))
    if bits.size > 8 * levels.size:
        raise ValueError(f"{len(content)} bytes in {levels.size} levels")
    full, rest = divmod(bits.size, levels.size)
    made = levels.copy()
    for part, planes in ((slice(rest), full + 1), (slice(rest, None), full)):
        low = np.zeros(levels[part].size, np.int16)
        for plane in range(planes):
            low |= bits[plane * levels.size : (plane + 1) * levels.size][part].astype(np.int16) << plane
        made[part] = _nearest(levels[part].astype(np.int16), low, planes)
    return made


def _nearest(own: NDArray[np.int16], low: NDArray[np.int16], planes: int) -> NDArray[np.int16]:
    """The levels nearest to `own`, in 0..255, whose low bits are `low`."""
    step = 1 << planes
    nearest = (own & -step) | low
    for other in (nearest - step, nearest + step):
        closer = (np.abs(other - own) < np.abs(nearest - own)) & (other >= 0) & (other <= 255)
        nearest = np.where(closer, other, nearest)
    return nearest


def payload_of(levels: Levels) -> bytes | None:
    """The content that `with_payload` wrote; None where there is none, or it is not whole."""
    head = _bytes(levels, 0, HEAD)
    if head is None or not head.startswith(_MAGIC):
        return None
    length = int.from_bytes(head[len(_MAGIC) : len(_MAGIC) + 4], "big")
    content = _bytes(levels, HEAD, length)
    if content is None or hashlib.sha256(content).digest()[:_DIGEST] != head[-_DIGEST:]:
        return None
    return content


def _bytes(levels: Levels, start: int, count: int) -> bytes | None:
    """Bytes `start` to `start + count` of what the low bits say: bit i is bit i div n of level i mod n, of n levels."""
    first, last = 8 * start, 8 * (start + count)
    if last > 8 * levels.size:
        return None
    parts = []
    for plane in range(8):
        begin, end = max(first - plane * levels.size, 0), min(last - plane * levels.size, levels.size)
        if begin < end:
            parts.append(levels[begin:end] >> plane & 1)
    return np.packbits(np.concatenate(parts)).tobytes() if parts else b""


def digest_of(content: bytes | Levels) -> str:
    """The first half of the SHA-256 of a file, or of pixels row by row, in hexadecimal digits."""
    data = content if isinstance(content, bytes) else np.ascontiguousarray(content).data
    return hashlib.sha256(data).hexdigest()[:DIGITS]
