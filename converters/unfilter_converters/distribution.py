"""What the wheel `unfilter-filters` carries of a bundle: the graphs that apps on computers and phones run, in one file."""

import shutil
from collections.abc import Collection
from pathlib import Path
from tempfile import TemporaryDirectory

from unfilter.find.archive import SUFFIX, pack
from unfilter.format.artifact import Format, Precision
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import MANIFEST, FileEntry, Golden
from unfilter.proof.fidelity import read_report
from unfilter.run.delegates.coverage import FILE as DELEGATES
from unfilter.run.delegates.coverage import DelegateFile, read_coverage
from unfilter.run.delegates.table import read_table
from unfilter_converters.assemble import file_entries, manifest_bytes
from unfilter_converters.judge import FIDELITY
from unfilter_converters.shipping import leave_out

FORMATS: tuple[Format, ...] = ("onnx", "tflite")
PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16")


def pack_for_distribution(
    bundle: Bundle,
    folder: Path,
    formats: Collection[Format] = FORMATS,
    precisions: Collection[Precision] = PRECISIONS,
) -> Path:
    """Write `folder / FILTER.unfilter`: the bundle with artifacts of these formats and precisions alone.

    What its other files say of the rest is left out, and so is the golden that fills a tile, which takes most of the bytes.

    The restoration id stays, and so what the whole bundle filtered is restored, and the other way round.

    Raises:
        BundleError: a file is missing or changed.
    """
    bundle.check()
    folder.mkdir(parents=True, exist_ok=True)
    manifest = bundle.manifest
    kept = [each for each in manifest.artifacts if each.format in formats and each.precision in precisions]
    gone = {(each.format, each.precision) for each in manifest.artifacts} - {(each.format, each.precision) for each in kept}
    goldens = tuple(golden for golden in manifest.goldens if golden.round_trip)
    left_out = [path for golden in manifest.goldens if golden not in goldens for path in _files_of(golden)]
    left_out += [each.path for each in manifest.artifacts if each not in kept]
    with TemporaryDirectory(prefix="unfilter-distribution-") as temporary:
        reduced = Path(temporary) / manifest.filter
        for entry in manifest.files:
            if not _is_below(entry, left_out):
                (reduced / entry.path).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(bundle.path(entry.path), reduced / entry.path)
        paths = {each.path for each in kept}
        coverage = tuple(each for each in read_coverage(bundle) if each.path in paths)
        if manifest.delegates:
            _write(reduced / DELEGATES, DelegateFile(recipes=read_table(), coverage=coverage).model_dump_json(indent=2))
        if (reduced / FIDELITY).exists():
            report = leave_out(read_report(reduced / FIDELITY), gone)
            _write(reduced / FIDELITY, report.model_copy(update={"refused": ()}).model_dump_json(indent=2))
        settled = {"artifacts": tuple(kept), "goldens": goldens, "refused": (), "files": file_entries(reduced)}
        (reduced / MANIFEST).write_bytes(manifest_bytes(manifest.model_copy(update=settled)))
        target = folder / f"{manifest.filter}{SUFFIX}"
        pack(Bundle(reduced), target)
    return target


def _files_of(golden: Golden) -> tuple[str, ...]:
    return (golden.photo, golden.filtered, golden.restored, *([golden.output] if golden.output else []))


def _is_below(entry: FileEntry, paths: Collection[str]) -> bool:
    return any(entry.path == path or entry.path.startswith(f"{path}/") for path in paths)


def _write(path: Path, text: str) -> None:
    path.write_text(text + "\n", encoding="utf-8")
