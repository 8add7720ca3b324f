"""How far a reader walks to follow `unfilter apply`: functions, modules, and ways back, counted while it runs.

    python tests/bench/stops.py --filter tests/fixtures/bundle-schema-1 tests/fixtures/bundle-schema-1/photo.png out.png

- stops: functions of `unfilter` that are entered, each once; comprehensions and lambdas belong to the function around them.
- rooms: modules that they stand in.
- returns: how often a call leads from one room into another that was entered before.

Modules are imported before counting, by a first run, so that only what the command does is counted.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from typing import Any

import unfilter
from unfilter.cli import main

PACKAGE = str(Path(unfilter.__file__).parent)
_INNER = ("<listcomp>", "<genexpr>", "<dictcomp>", "<setcomp>", "<lambda>", "<module>")


class Walk:
    """What `sys.setprofile` tells of calls within the package."""

    def __init__(self) -> None:
        self.stops: dict[tuple[str, str], int] = {}
        self.rooms: set[str] = set()
        self.returns = 0
        self._room = ""

    def __call__(self, frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(PACKAGE) or code.co_name in _INNER:
            return
        room = code.co_filename
        if room != self._room:
            self.returns += room in self.rooms
            self._room = room
        self.rooms.add(room)
        stop = (str(Path(room).relative_to(PACKAGE)), code.co_qualname)
        self.stops[stop] = self.stops.get(stop, 0) + 1


def walked(arguments: Sequence[str]) -> Walk:
    walk = Walk()
    sys.setprofile(walk)
    try:
        main(["apply", *arguments])
    finally:
        sys.setprofile(None)
    return walk


if __name__ == "__main__":
    main(["apply", *sys.argv[1:], "--force"])
    walk = walked([*sys.argv[1:], "--force"])
    for (module, name), count in walk.stops.items():
        print(f"{count:6}  {module}  {name}")
    print(f"stops {len(walk.stops)}, rooms {len(walk.rooms)}, returns {walk.returns}")
