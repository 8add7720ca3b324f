"""What exiftool sees of a file: a second reader, and the one that people ask."""

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

Seen = dict[str, Any]
"""Values by group and tag, such as `IFD0:Make`."""

_OF_THE_FILE = {"SourceFile", "ExifTool", "System", "File", "Composite"}
"""Groups that tell of the file as such, or repeat others."""


def needed() -> str:
    """The program; skips the test where it is not."""
    found = shutil.which("exiftool")
    if found is None:
        pytest.skip("exiftool is not installed (apt-get install libimage-exiftool-perl)")
    return found


def tell(path: Path, *arguments: str) -> None:
    """Write tags into a file, such as `-IPTC:Keywords=sea`."""
    command = [needed(), "-q", "-m", "-overwrite_original", "-codedcharacterset=utf8", *arguments, str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def seen(path: Path) -> Seen:
    """All tags of a file but those of the file as such."""
    command = [needed(), "-j", "-G1", "-a", "-u", "-n", "-struct", str(path)]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    (tags,) = json.loads(done.stdout)
    return {name: value for name, value in tags.items() if name.split(":")[0] not in _OF_THE_FILE or name == "File:Comment"}
