"""Top-level boxes of HEIC and AVIF that hold neither the picture nor what describes it (ISO/IEC 14496-12, section 4.2)."""

from collections.abc import Iterator
from typing import BinaryIO

from unfilter.photo.xmp import VIDEO

_OF_THE_PICTURE = {b"ftyp", b"meta", b"mdat", b"idat", b"free", b"skip", b"wide", b"styp"}
_OF_A_VIDEO = {b"mpvd", b"moov", b"moof"}
"""Android's motion photo, and tracks as such."""
_MOST = 64
_SAMSUNG = b"MotionPhoto_Data"


def notes_of_boxes(file: BinaryIO) -> tuple[str, ...]:
    """What stands beside the picture and is left behind, a line each. The file is left at its start."""
    videos, others = False, []
    for name, start, stop in _boxes(file):
        file.seek(start)
        if name in _OF_A_VIDEO or (name == b"sefd" and _SAMSUNG in file.read(stop - start)):
            videos = True
        elif name not in _OF_THE_PICTURE:
            others.append(name.decode("latin-1") if name.isalnum() else "data behind its end")
    file.seek(0)
    notes: tuple[str, ...] = (VIDEO,) if videos else ()
    if others:
        notes += (f"boxes beside the picture were left behind: {', '.join(dict.fromkeys(others))}",)
    return notes


def _boxes(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Name, start and end of the content of each."""
    end = file.seek(0, 2)
    place = 0
    for _ in range(_MOST):
        file.seek(place)
        header = file.read(16)
        if len(header) < 8:
            return
        size, behind = int.from_bytes(header[:4], "big"), 8
        if size == 1:
            size, behind = int.from_bytes(header[8:16], "big"), 16
        stop = place + size if size else end
        if stop < place + behind:
            return
        yield header[4:8], place + behind, min(stop, end)
        place = stop
