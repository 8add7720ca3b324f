"""One fault: what it is, and the edit of a bundle's files that puts it there."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from unfilter.format.artifact import Artifact, Direction, Format, Precision
from unfilter.format.bundle import Bundle, digest
from unfilter.format.manifest import MANIFEST


class NotHere(Exception):
    """The bundle has nothing that this fault could be put into; the message says what."""


@dataclass(frozen=True)
class Fault:
    """Attributes:
    name: short, of the table.
    words: what was done to the file.
    format: of the artifacts that it is put into, which are the only ones kept beside the reference.
    precision: the same.
    edit: changes files in the folder of a bundle.
    layer: in whose output it shows, by its name in the graph; empty where walking the graphs cannot find it.
    """

    name: str
    words: str
    format: Format
    precision: Precision
    edit: Callable[[Path], None]
    layer: str = ""


def artifact_path(folder: Path, format: Format, direction: Direction, precision: Precision) -> Path:
    """The file or package of one artifact.

    Raises:
        NotHere: the bundle has no such artifact.
    """
    for artifact in Bundle(folder).manifest.artifacts:
        if (artifact.format, artifact.direction, artifact.precision) == (format, direction, precision):
            return folder / artifact.path
    raise NotHere(f"the bundle has no {format} {direction} in {precision}")


def edit_manifest(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest's fields in place."""
    path = folder / MANIFEST
    fields = json.loads(path.read_text(encoding="utf-8"))
    change(fields)
    path.write_text(json.dumps(fields), encoding="utf-8")


def keep_artifacts(folder: Path, wanted: Callable[[Artifact], bool]) -> None:
    """Take all other artifacts out of the manifest; their files stay where they are, unlisted and unread."""
    kept = [artifact for artifact in Bundle(folder).manifest.artifacts if wanted(artifact)]
    edit_manifest(folder, lambda fields: fields.update(artifacts=[each.model_dump() for each in kept]))


def hash_again(folder: Path) -> None:
    """Make the manifest agree with the files as they are, and forget those that no artifact or golden needs."""

    def agree(fields: dict[str, Any]) -> None:
        goldens = {golden[part] for golden in fields["goldens"] for part in ("photo", "filtered", "restored")}
        paths = {artifact["path"] for artifact in fields["artifacts"]}
        needed = [
            entry
            for entry in fields["files"]
            if entry["path"] in goldens | paths or any(entry["path"].startswith(f"{path}/") for path in paths)
        ]
        for entry in needed:
            path = folder / entry["path"]
            entry |= {"bytes": path.stat().st_size} | ({} if entry["volatile"] else {"sha256": digest(path)})
        fields.update(files=needed, detection=None, recognition=None, delegates=None)

    edit_manifest(folder, agree)
