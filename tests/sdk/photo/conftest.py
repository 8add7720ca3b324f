"""exiftool as a second reader and writer of files: the one that people ask."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

_OF_THE_FILE = {"SourceFile", "ExifTool", "System", "File", "Composite"}
"""Groups that tell of the file as such, or repeat others."""


def _counts(name: str) -> bool:
    return name == "File:Comment" or name.split(":")[0] not in _OF_THE_FILE


class Exiftool:
    """The installed program."""

    def tell(self, path: Path, *arguments: str) -> None:
        """Write tags into a file, such as `-IPTC:Keywords=sea`."""
        self._run("-q", "-m", "-overwrite_original", "-codedcharacterset=utf8", *arguments, str(path))

    def seen(self, *paths: Path) -> list[dict[str, Any]]:
        """Of each file the values of all tags but those of the file as such, by group and tag, such as `IFD0:Make`."""
        files = json.loads(self._run("-j", "-G1", "-a", "-u", "-n", "-struct", *map(str, paths)))
        return [{name: value for name, value in tags.items() if _counts(name)} for tags in files]

    def binary(self, path: Path, tag: str) -> bytes:
        """One tag's bytes, such as those of a thumbnail; empty where there is none."""
        done = subprocess.run(["exiftool", "-b", f"-{tag}", str(path)], check=True, capture_output=True)
        return done.stdout

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(["exiftool", *arguments], check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture(scope="session")
def exiftool() -> Exiftool:
    """Skips where it is not installed."""
    if shutil.which("exiftool") is None:
        pytest.skip("exiftool is not installed (apt-get install libimage-exiftool-perl)")
    return Exiftool()
