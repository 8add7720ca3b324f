"""Second step: one folder of all that a bundle may hold, and a draft of its manifest, which is not written yet."""

import json
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from unfilter.format.bundle import Bundle, digest, json_digest
from unfilter.format.manifest import FileEntry, Golden, Manifest, Provenance, bundle_id
from unfilter.format.quantisation import Quantisation
from unfilter.format.remainder import RULE as REMAINDER_RULE
from unfilter.format.rounding import RULE as ROUNDING_RULE
from unfilter.jobs.detection.detector import FILE as DETECTOR
from unfilter.jobs.detection.detector import Detector, read_detector
from unfilter.jobs.recognition.recognizer import FILE as RECOGNIZER
from unfilter.jobs.recognition.recognizer import Recognizer, read_recognizer
from unfilter.proof.fidelity.machine import versions
from unfilter.run.delegates.coverage import FILE as DELEGATES
from unfilter.run.delegates.coverage import DelegateFile
from unfilter.run.delegates.table import read_table
from unfilter_converters import delegates
from unfilter_converters.authorship import describe
from unfilter_converters.cache import Cache, key
from unfilter_converters.captured_output import captured_output
from unfilter_converters.code_digest import code_digest
from unfilter_converters.goldens import make_goldens
from unfilter_converters.make import ENTRIES, Made
from unfilter_converters.restoration_id import restoration_id_of
from unfilter_converters.source import Source
from unfilter_training.checkpoint import CARD, PhotoScore
from unfilter_training.quantisation.learned import FILE as TABLES
from unfilter_training.quantisation.learned import read_learned
from unfilter_training.recipe import Recipe

GOLDENS = "goldens.json"
CALIBRATIONS: dict[str, tuple[str, Callable[[Path], Detector | Recognizer], str]] = {
    "detector": (DETECTOR, read_detector, "unfilter detection calibrate"),
    "recogniser": (RECOGNIZER, read_recognizer, "unfilter detection recognise"),
}
"""What a checkpoint may have beside its weights: the file, what reads it, and the command that makes it."""


class Draft(Bundle):
    """A bundle whose manifest is known and not written: graphs can be run and judged before anything is settled."""

    def __init__(self, folder: Path, manifest: Manifest) -> None:
        self.folder, self.manifest = folder, manifest
        self.manifest_bytes = manifest_bytes(manifest)
        self.id = bundle_id(self.manifest_bytes)


def manifest_bytes(manifest: Manifest) -> bytes:
    """What stands in `manifest.json`."""
    return (manifest.model_dump_json(indent=2) + "\n").encode()


def assemble(source: Source, made: Sequence[Made], folder: Path, cache: Cache, on_step: Callable[[str], None]) -> Draft:
    """Fill `folder`, which is empty: artifacts, goldens, card, detector where there is one, and what delegates would run."""
    for each in made:
        shutil.copytree(each.folder, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(ENTRIES))
    describe([artifact for each in made for artifact in each.artifacts], folder, source.description)
    goldens, restoration_id = _goldens(source, folder, cache)
    shutil.copyfile(source.checkpoint / CARD, folder / CARD)
    detector, recognizer = (_copy_calibration(what, source, folder, on_step) for what in CALIBRATIONS)
    _ask_delegates(source, made, folder, cache, on_step)
    description = source.description
    manifest = Manifest(
        filter=description.filter,
        restoration=restoration_id,
        rounding=ROUNDING_RULE,
        remainder=REMAINDER_RULE,
        tiles=source.plan,
        requires=("tile_grid",) if source.plan.grid else (),
        research_only=description.recipe.research_only,
        carriers=("exact", "jpeg") if description.recipe.degradation.jpeg else ("exact",),
        hyper_parameters=description.recipe.hyper_parameters,
        artifacts=tuple(artifact for each in made for artifact in each.artifacts),
        goldens=goldens,
        files=file_entries(folder),
        detection=detector,
        recognition=recognizer,
        quantisation=_tables(source, on_step),
        delegates=DELEGATES,
        tools={name: version for each in made for name, version in each.tools.items()},
        provenance=Provenance(
            weights_sha256=description.weights_sha256,
            steps=description.steps,
            operator=description.recipe.operator,
            parameters=description.recipe.parameters,
            scores=tuple(_score(score, description.recipe) for score in description.scores),
        ),
    )
    return Draft(folder, manifest)


def _score(score: PhotoScore, recipe: Recipe) -> dict[str, Any]:
    """As the manifest has it. What a shared file may be expected to restore to (R34 of sdk/format/RULES.md) is left out of a
    network for many looks: each restores otherwise, and its card is of one.
    """
    expected = {"shared", "arrived"} if recipe.looks or recipe.others else set()
    return score.model_dump(exclude=expected)


def file_entries(folder: Path) -> tuple[FileEntry, ...]:
    """Every file below `folder`, in order of paths."""
    return tuple(_entry(path, folder) for path in sorted(path for path in folder.rglob("*") if path.is_file()))


def _entry(path: Path, folder: Path) -> FileEntry:
    relative = path.relative_to(folder).as_posix()
    # Loading a Core ML package writes its Manifest.json again.
    volatile = path.name == "Manifest.json" and ".mlpackage/" in relative
    sha256 = json_digest(path) if volatile else digest(path)
    return FileEntry(path=relative, sha256=sha256, bytes=path.stat().st_size, volatile=volatile)


def _goldens(source: Source, folder: Path, cache: Cache) -> tuple[tuple[Golden, ...], str]:
    """Copy the goldens, which the training network makes; their entries, and the restoration id."""
    hyper_parameters = source.description.recipe.hyper_parameters

    def make(into: Path) -> None:
        made = make_goldens(source.network, source.plan.tile, into, hyper_parameters)
        goldens = TypeAdapter(tuple[Golden, ...]).dump_python(made, mode="json")
        stored = {"goldens": goldens, "restoration": restoration_id_of(source.network)}
        (into / GOLDENS).write_text(json.dumps(stored), encoding="utf-8")

    inputs = key(
        **source.inputs,
        ranges=[one.model_dump() for one in hyper_parameters],
        code=code_digest(make_goldens, restoration_id_of),
        tools=versions(("torch", "numpy", "pillow")),
    )
    cached, _ = cache.get(inputs, make)
    stored = json.loads((cached / GOLDENS).read_text(encoding="utf-8"))
    shutil.copytree(cached / "goldens", folder / "goldens")
    return TypeAdapter(tuple[Golden, ...]).validate_python(stored["goldens"]), stored["restoration"]


def _copy_calibration(what: str, source: Source, folder: Path, on_step: Callable[[str], None]) -> str | None:
    """Take a file of `CALIBRATIONS` along, where the checkpoint has one for its weights; the file's name then."""
    name, read, command = CALIBRATIONS[what]
    path = source.checkpoint / name
    if not path.exists():
        on_step(f"no {what}: `{command}` makes one")
    elif read(path).weights_sha256 != source.description.weights_sha256:
        on_step(f"no {what}: that of the checkpoint is for other weights; calibrate again")
    else:
        shutil.copyfile(path, folder / name)
        return name
    return None


def _tables(source: Source, on_step: Callable[[str], None]) -> tuple[Quantisation, ...]:
    """Quantiser tables that were learned for the checkpoint's weights; none where there are none."""
    path = source.checkpoint / TABLES
    if not path.exists():
        on_step("no quantiser tables: JPEG files have annex K's, or `unfilter quantisation learn` makes some")
        return ()
    learned = read_learned(path)
    if learned.weights_sha256 != source.description.weights_sha256:
        on_step("no quantiser tables: those of the checkpoint are for other weights; learn again")
        return ()
    return tuple(
        Quantisation(subsampling=subsampling, luma=tables.luma, chroma=tables.chroma)
        for subsampling, tables in sorted(learned.tables.items())
    )


def _ask_delegates(source: Source, made: Sequence[Made], folder: Path, cache: Cache, on_step: Callable[[str], None]) -> None:
    """Write what GPUs and NPUs would run, or take what the same vendors' tools said of the same graphs before."""

    def ask(into: Path) -> None:
        with captured_output():
            found = tuple(delegates.coverage([artifact for each in made for artifact in each.artifacts], folder))
        content = DelegateFile(recipes=read_table(), coverage=found)
        (into / DELEGATES).write_text(content.model_dump_json(indent=2) + "\n", encoding="utf-8")

    inputs = key(
        made=[each.folder.name for each in made],
        recipes=read_table().model_dump(mode="json"),
        code=code_digest(delegates, *delegates.siblings()),
        tools=versions(("onnx", "onnxruntime", "onnxruntime-qnn", "tensorflow")),
    )
    cached, hit = cache.get(inputs, ask)
    on_step(f"delegates: {'from the cache' if hit else 'asked'}")
    shutil.copyfile(cached / DELEGATES, folder / DELEGATES)
