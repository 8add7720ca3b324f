"""A bundle: one folder that holds a filter as paired forward and inverse models, with what proves that they restore.

manifest.json   `unfilter.format.manifest`; lists every other file with sha256 and size
artifacts       ONNX, TFLite, Core ML, and the PyTorch reference (.pt2)
goldens/        small photos with the reference's filtered and restored bytes, as PNG
fidelity.json   the verdict when the bundle was made
delegates.json  how to engage GPUs and NPUs, and what each would run (`unfilter.run.delegates`); bundles may lack it
detection.json  what tells the filter's own files from others (`unfilter.jobs.detection`); bundles may lack it
recognition.json  what recognises the filter's pictures after they were shared (`unfilter.jobs.recognition`); may lack
CARD.md         the model card
signature.json  who vouches for the manifest, and so for all of it (`unfilter.find.signing`); bundles may lack it
"""

import hashlib
import json
import shutil
from pathlib import Path

from unfilter.errors import BundleError
from unfilter.format.artifact import Artifact, Direction, Format, Precision
from unfilter.format.manifest import CARD, MANIFEST, SHOWN, SIGNATURE, FileEntry, bundle_id, is_inside, manifest_of


def digest(path: Path) -> str:
    """sha256 of a file's bytes, as 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def json_digest(path: Path) -> str:
    """sha256 of a JSON file's content, whatever its order of keys and white space.

    Raises:
        ValueError: it is not JSON.
    """
    content = json.loads(path.read_bytes())
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


class Bundle:
    """A bundle on disk. Opening reads the manifest; `check` compares every file with it.

    Raises:
        BundleError: no manifest, another schema, or not what a manifest must be.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        path = folder / MANIFEST
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise BundleError(f"{folder}: no bundle here (no {MANIFEST}); make one with `unfilter convert`") from None
        except OSError as error:
            raise BundleError(f"{path}: cannot be read ({error.strerror}); let yourself read the bundle's files") from None
        self.manifest = manifest_of(content, path)
        self.manifest_bytes = content
        self.id = bundle_id(content)

    @property
    def name(self) -> str:
        """What tells this filter from all others, such as `l0@13b9ce6cb738`: its filter id, and the start of its restoration
        id. `Filter.open` takes it.
        """
        return f"{self.manifest.filter}@{self.manifest.restoration[:SHOWN]}"

    @property
    def size(self) -> int:
        """Bytes of all files that the manifest lists."""
        return sum(entry.bytes for entry in self.manifest.files)

    @property
    def signature(self) -> bytes | None:
        """Content of `signature.json`, unchecked; None where the bundle is not signed."""
        path = self.folder / SIGNATURE
        return path.read_bytes() if path.is_file() else None

    @property
    def card(self) -> Path | None:
        """The model card; None where the bundle has none."""
        return self.path(CARD) if any(entry.path == CARD for entry in self.manifest.files) else None

    def path(self, relative: str) -> Path:
        """A file or folder of the bundle.

        Raises:
            BundleError: the path leads out of the bundle.
        """
        path = self.folder / relative
        try:
            inside = path.resolve().is_relative_to(self.folder.resolve())
        except ValueError:  # a NUL in the name
            inside = False
        if not inside:
            raise BundleError(f"{self.folder / MANIFEST}: {relative!r} leads out of the bundle; do not use it")
        return path

    def size_of(self, artifact: Artifact) -> int:
        """Bytes of the file or package that holds one artifact."""
        return sum(entry.bytes for entry in self._entries(artifact))

    def put_into(self, folder: Path) -> None:
        """Copy manifest, listed files and the signature into `folder`, which is empty.

        Raises:
            BundleError: a file is missing or changed, or a path leads out of the bundle.
        """
        self.check()
        for name in (entry.path for entry in self.manifest.files):
            if not is_inside(name):
                raise BundleError(f"{self.folder / MANIFEST}: {name!r} leads out of the bundle; do not use it")
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(self.path(name), folder / name)
        (folder / MANIFEST).write_bytes(self.manifest_bytes)
        if (signature := self.signature) is not None:
            (folder / SIGNATURE).write_bytes(signature)

    def check(self) -> None:
        """Compare size and sha256 of every file with the manifest (R9).

        Raises:
            BundleError: a file is missing or changed.
        """
        for entry in self.manifest.files:
            self._check_file(entry)
        for artifact in self.manifest.artifacts:
            self._check_listed(artifact)

    def check_artifact(self, artifact: Artifact) -> None:
        """The same for the files of one artifact, as `Filter` does before it loads them."""
        for entry in self._entries(artifact):
            self._check_file(entry)
        self._check_listed(artifact)

    def checked(self, relative: str) -> Path:
        """One file, after the same for it.

        Raises:
            BundleError: it is missing, changed, or not in the manifest's list.
        """
        for entry in self.manifest.files:
            if entry.path == relative:
                self._check_file(entry)
                return self.path(relative)
        raise BundleError(f"{self.folder}: {relative} is not in the manifest's list of files; convert the filter again")

    def _entries(self, artifact: Artifact) -> list[FileEntry]:
        prefix = artifact.path + "/"
        return [entry for entry in self.manifest.files if entry.path == artifact.path or entry.path.startswith(prefix)]

    def _check_listed(self, artifact: Artifact) -> None:
        """No file of an artifact may be one that the manifest does not vouch for."""
        listed = {self.path(entry.path) for entry in self._entries(artifact)}
        path = self.path(artifact.path)
        present = {file for file in path.rglob("*") if file.is_file()} if path.is_dir() else {path}
        for file in sorted(present - listed):
            raise BundleError(f"{file}: is not in the manifest's list of files; convert the filter again")

    def _check_file(self, entry: FileEntry) -> None:
        path = self.path(entry.path)
        if not path.is_file():
            raise BundleError(f"{path}: missing; convert the filter again")
        size = path.stat().st_size
        if size != entry.bytes and not entry.volatile:
            raise BundleError(f"{path}: {size} bytes where the manifest says {entry.bytes}; convert the filter again")
        try:
            found = json_digest(path) if entry.volatile else digest(path)
        except (ValueError, RecursionError):
            raise BundleError(f"{path}: is not JSON; convert the filter again") from None
        if found != entry.sha256:
            raise BundleError(f"{path}: its bytes are not those of the manifest (sha256 differs); convert the filter again")

    def artifact(self, format: Format, direction: Direction, precision: Precision) -> Artifact:
        """The artifact of that format, direction and precision (R8 of sdk/format/RULES.md).

        Raises:
            BundleError: the bundle has none.
        """
        for artifact in self.manifest.artifacts:
            if (artifact.format, artifact.direction, artifact.precision) == (format, direction, precision):
                return artifact
        raise BundleError(f"{self.folder}: holds no {format} {direction} in {precision}")
