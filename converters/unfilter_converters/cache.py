"""Content-addressed cache: an artifact made once from the same inputs by the same code and tools is never made again."""

import hashlib
import json
import shutil
import tempfile
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path


def key(**inputs: object) -> str:
    """sha256 of the inputs, which must be JSON values."""
    return hashlib.sha256(json.dumps(inputs, sort_keys=True).encode()).hexdigest()


def source_digest(*packages: str) -> str:
    """sha256 over the files of packages, data included, so that a change of code is a change of key."""
    hasher = hashlib.sha256()
    for package in packages:
        spec = find_spec(package)
        assert spec is not None and spec.submodule_search_locations
        folder = Path(spec.submodule_search_locations[0])
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
            hasher.update(path.relative_to(folder).as_posix().encode() + path.read_bytes())
    return hasher.hexdigest()


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
        temporary = Path(tempfile.mkdtemp(prefix=".making-", dir=self.folder))
        try:
            make(temporary)
            temporary.chmod(0o755)
            try:
                temporary.rename(final)
            except OSError:
                if not final.is_dir():  # another process may have made the same in the meantime
                    raise
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return final, False
