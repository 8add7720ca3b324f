"""A bundle as one file, `l0.unfilter`: a zip of the bundle's files, its manifest first, then its signature if it has one.

Law: packing is deterministic. Equal bundles give equal bytes, since nothing in them hangs on time, machine or compression.
Law: unpacking writes nothing but what the manifest lists, and no more of it than the manifest says.

An archive may come from anywhere. Names that lead out of it or stand twice, links, encrypted members, what the manifest does
not list, and what grows out of proportion are refused, each in one line, before anything is written.
"""

import shutil
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from unfilter.errors import BundleError
from unfilter.files import replacing
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import MANIFEST, SIGNATURE, bundle_id, is_inside, manifest_of

SUFFIX = ".unfilter"

SIZE_LIMIT = 1 << 30
"""Most bytes that an archive may unpack to; the largest bundle that ships has 13 MB."""
_GROWTH = 100
"""Most that an archive may grow by unpacking: bundles with all their JSON compressed grow by a tenth."""
_MANIFEST_LIMIT = 4 << 20  # bytes
_MEMBERS = 10_000
_EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest that zip knows
_UNIX = 3
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    NotImplementedError,  # of versions and disks that zipfile lacks
    RuntimeError,
    ValueError,
    OverflowError,
    IndexError,
)
"""What zipfile raises at a damaged file."""


def pack(bundle: Bundle, path: Path) -> None:
    """Write `bundle` to `path` as one file, once every file of it was compared with the manifest.

    Raises:
        BundleError: a file is missing or changed.
        FileNotFoundError: the folder of `path` does not exist.
    """
    bundle.check()
    with replacing(path) as temporary, zipfile.ZipFile(temporary, "w", zipfile.ZIP_STORED) as archive:
        signature = () if bundle.signature is None else (SIGNATURE,)
        for name in (MANIFEST, *signature, *sorted(entry.path for entry in bundle.manifest.files)):
            member = zipfile.ZipInfo(name, _EPOCH)
            member.create_system = _UNIX
            member.external_attr = (stat.S_IFREG | 0o644) << 16
            # Stored, not compressed: weights hardly shrink, and every zlib compresses differently.
            archive.writestr(member, bundle.path(name).read_bytes())


class Archive:
    """A packed bundle. Opening reads its list of members and its manifest, and writes nothing.

    Raises:
        BundleError: no zip, none of ours, or a hostile one.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        with self._opened() as archive:
            members = archive.infolist()
            if len(members) > _MEMBERS:
                raise self._refusal(f"has {len(members)} members, where {_MEMBERS} are allowed")
            self._check_members(members)
            self.manifest_bytes = self._read_small(archive, MANIFEST)
            self.signature = self._read_small(archive, SIGNATURE) if SIGNATURE in archive.namelist() else None
        self.manifest = manifest_of(self.manifest_bytes, path / MANIFEST)
        self.id = bundle_id(self.manifest_bytes)
        self._check_listed(members)

    def put_into(self, folder: Path) -> None:
        """Write manifest and files into `folder`, which is empty; whoever calls compares them with the manifest.

        Raises:
            BundleError: a member is missing, damaged, or of another size than the manifest says.
        """
        with self._opened() as archive:
            for name in (entry.path for entry in self.manifest.files):
                target = folder.joinpath(*PurePosixPath(name).parts)
                target.parent.mkdir(parents=True, exist_ok=True)
                try:
                    with archive.open(name) as source, target.open("xb") as file:
                        shutil.copyfileobj(source, file)  # zipfile gives no more than the size that was checked
                except KeyError:
                    raise self._refusal(f"lacks {name!r}, which its manifest lists") from None
        (folder / MANIFEST).write_bytes(self.manifest_bytes)
        if self.signature is not None:
            (folder / SIGNATURE).write_bytes(self.signature)

    def _refusal(self, reason: str) -> BundleError:
        return BundleError(f"{self.path}: {reason}; get the bundle again, and do not use this one")

    @contextmanager
    def _opened(self) -> Iterator[zipfile.ZipFile]:
        try:
            with zipfile.ZipFile(self.path) as archive:
                yield archive
        except BundleError:
            raise
        except FileNotFoundError:
            raise BundleError(f"{self.path}: no such file") from None
        except _BROKEN as error:
            raise BundleError(
                f"{self.path}: no packed bundle, or a damaged one ({' '.join(str(error).split())}); "
                "make one with `unfilter pack`"
            ) from None

    def _check_members(self, members: list[zipfile.ZipInfo]) -> None:
        seen: set[str] = set()
        for member in members:
            name = member.filename
            if not is_inside(name):
                raise self._refusal(f"{name!r} leads out of it")
            if member.flag_bits & 1:
                raise self._refusal(f"{name!r} is encrypted")
            if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise self._refusal(f"{name!r} is compressed in a way that bundles are not")
            if stat.S_IFMT(member.external_attr >> 16) not in (0, stat.S_IFREG, stat.S_IFDIR):
                raise self._refusal(f"{name!r} is a link or a device, not a file")
            if (folded := name.casefold()) in seen:  # as file systems see it that do not tell A from a
                raise self._refusal(f"{name!r} stands in it twice")
            seen.add(folded)

    def _read_small(self, archive: zipfile.ZipFile, name: str) -> bytes:
        """The manifest or the signature, which are read before anything is trusted."""
        try:
            member = archive.getinfo(name)
        except KeyError:
            raise BundleError(
                f"{self.path}: no packed bundle (no {name} at its top); make one with `unfilter pack`"
            ) from None
        if member.file_size > _MANIFEST_LIMIT:
            raise self._refusal(f"its {name} has {member.file_size} bytes, where {_MANIFEST_LIMIT} are allowed")
        return archive.read(member)

    def _check_listed(self, members: list[zipfile.ZipInfo]) -> None:
        listed = {entry.path: entry for entry in self.manifest.files}
        for path in listed:
            if not is_inside(path):
                raise self._refusal(f"its manifest lists {path!r}, which leads out of it")
        for member in members:
            name, size = member.filename, member.file_size
            if member.is_dir() or name in (MANIFEST, SIGNATURE):
                continue
            if name not in listed:
                raise self._refusal(f"holds {name!r}, which its manifest does not list")
            if size != listed[name].bytes and not listed[name].volatile:
                raise self._refusal(f"{name!r} has {size} bytes where its manifest says {listed[name].bytes}")
        total, packed = sum(member.file_size for member in members), self.path.stat().st_size
        if total > min(SIZE_LIMIT, _GROWTH * packed):
            raise self._refusal(f"unpacks from {packed} to {total} bytes, which no bundle does")


def is_archive(path: Path) -> bool:
    """Whether `path` is meant as a packed bundle: a file, or the name of one."""
    return path.is_file() or (path.suffix.lower() == SUFFIX and not path.is_dir())
