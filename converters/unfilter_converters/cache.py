"""Content-addressed cache: an artifact made once from the same inputs by the same code and tools is never made again."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from unfilter.files import new_folder, remove_leftovers


def key(**inputs: object) -> str:
    """sha256 of the inputs, which must be JSON values."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


class Cache:
    """Folders named by key. A folder under its final name is complete; a damaged one is the user's to delete."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def get(self, name: str, make: Callable[[Path], None]) -> tuple[Path, bool]:
        """The folder of that key, made by `make` where it is missing; and whether it was there already."""
        final = self.folder / name
        if final.is_dir():
            return final, True
        remove_leftovers(self.folder)
        try:
            with new_folder(final) as temporary:
                make(temporary)
        except OSError:
            if not final.is_dir():  # another process may have made the same in the meantime
                raise
        return final, False
