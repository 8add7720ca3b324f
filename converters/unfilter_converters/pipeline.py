"""Checkpoint to bundle: every artifact through the cache, then goldens, manifest and verdict, then one rename."""

import json
import shutil
import tempfile
from collections.abc import Callable, Collection
from functools import cached_property
from importlib import import_module
from pathlib import Path
from typing import Protocol, cast, get_args

from pydantic import BaseModel, TypeAdapter

from unfilter.errors import UnfilterError
from unfilter.files import replacing
from unfilter.format.bundle import Bundle, digest, json_digest
from unfilter.format.manifest import MANIFEST, Artifact, FileEntry, Golden, Manifest, Precision, Provenance, Refused
from unfilter.format.remainder import RULE as REMAINDER_RULE
from unfilter.format.rounding import RULE as ROUNDING_RULE
from unfilter.format.tiles import TilePlan
from unfilter.jobs.detection.detector import FILE as DETECTOR
from unfilter.jobs.detection.detector import read_detector
from unfilter.proof.fidelity import FidelityReport, read_report, verify
from unfilter.proof.fidelity.gallery import Gallery
from unfilter.proof.fidelity.machine import versions
from unfilter.proof.fidelity.reports.page import page
from unfilter.run.delegates.coverage import FILE as DELEGATES
from unfilter.run.delegates.coverage import DelegateFile
from unfilter.run.delegates.recipes import table
from unfilter_converters.authorship import describe
from unfilter_converters.cache import Cache, key, source_digest
from unfilter_converters.chatter import held_back
from unfilter_converters.delegates import coverage
from unfilter_converters.quantization import Quantizer, quantizer
from unfilter_converters.shipping import measured, shippable, without
from unfilter_training.checkpoint import CARD, Description, load, read_description
from unfilter_training.network import NetworkConfig, QuasiInvertibleNetwork, halo, method_of

TILE = 768
"""Side of a tile, pixels: (768 / (768 - 2 * 60))**2 = 1.4 times the work of an untiled photo at a halo of 60."""

CONVERTERS = ("reference", "onnx", "litert", "coreml")
PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "w8")
"""What ships without being asked for. `w8a16` is for NPUs of integers, which nothing here can run, and is slow elsewhere."""
FIDELITY = "fidelity.json"
PAGE = "page.html"


class Converter(Protocol):
    """What every sibling (`reference`, `onnx`, `litert`, `coreml`) offers."""

    FORMAT: str
    PRECISIONS: tuple[Precision, ...]
    TOOLS: tuple[str, ...]

    def convert(
        self, network: QuasiInvertibleNetwork, plan: TilePlan, folder: Path, precision: Precision
    ) -> tuple[Artifact, ...]:
        """Write one precision of both directions under `folder`; the artifacts' paths are relative to it."""
        ...


def converter(name: str) -> Converter:
    """The sibling of that name; importing one imports nothing but torch."""
    return cast(Converter, import_module(f"unfilter_converters.{name}"))


class Conversion:
    """One checkpoint on its way to a bundle, in fp32 and `precisions`. Of those, each format gets what can be made of it and
    what keeps its tolerance; fp32 ships always, with its verdict.

    Raises:
        UnfilterError: the checkpoint is missing or damaged, or holds one of the paper's baselines.
    """

    def __init__(
        self,
        checkpoint: Path,
        cache: Path,
        report: Callable[[str], None] = lambda _: None,
        precisions: Collection[Precision] = PRECISIONS,
    ) -> None:
        self.checkpoint, self.report = checkpoint, report
        self.precisions = [each for each in get_args(Precision) if each == "fp32" or each in precisions]
        self.cache = Cache(cache)
        self.description: Description = read_description(checkpoint)
        form = refuse_baseline(checkpoint, self.description)
        reach = max(halo(form, direction) for direction in ("forward", "inverse"))
        self.plan = TilePlan(tile=TILE, halo=reach, alignment=form.alignment)
        self._folders: dict[tuple[str, Precision], Path] = {}
        self._tools: dict[str, str] = {}
        self._inputs = {
            "weights": self.description.weights_sha256,
            "network": form.model_dump(),
            "plan": self.plan.model_dump(),
            "source": source_digest("unfilter_converters", "unfilter_training.network"),
        }

    @cached_property
    def network(self) -> QuasiInvertibleNetwork:
        """Loaded only where something is not in the cache."""
        network = load(self.checkpoint)[0]
        assert isinstance(network, QuasiInvertibleNetwork)  # as __init__ made sure
        return network

    def run(self, folder: Path) -> FidelityReport:
        """Make the bundle at `folder` and verify it; a bundle that stood there is replaced when the new one is complete.

        The report is of what ships, with what does not under `refused`. It stands in the bundle, without speeds, so that
        equal conversions give equal bundles; and beside it, with pictures, as `FOLDER.html`.

        Raises:
            CheckpointError: the checkpoint is missing, damaged or of another version.
            FileNotFoundError: the folder's parent does not exist.
        """
        temporary = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        try:
            temporary.chmod(0o755)
            artifacts = self._artifacts(temporary)
            goldens, restoration = self._goldens(temporary)
            shutil.copyfile(self.checkpoint / CARD, temporary / CARD)
            self._copy_detector(temporary)
            self._ask_delegates(temporary, artifacts)
            proof = self._verify(temporary, self._write_manifest(temporary, artifacts, goldens, restoration))
            report = read_report(proof / FIDELITY)
            for each in report.refused:
                self.report(f"{each.format} {each.precision} does not ship: {each.reason}")
            shipped = without(report.refused, artifacts, temporary)
            _write(temporary / DELEGATES, DelegateFile(recipes=table(), coverage=report.coverage))
            _write(temporary / FIDELITY, report.model_copy(update={"speeds": ()}))
            self._write_manifest(temporary, measured(shipped, report), goldens, restoration, report.refused)
            _replace(folder, temporary)
            with replacing(page_of(folder)) as written:
                shutil.copyfile(proof / PAGE, written)
        finally:
            shutil.rmtree(temporary, ignore_errors=True)
        return report

    def _artifacts(self, bundle: Path) -> list[Artifact]:
        made = [self._made(name, precision) for precision in self.precisions for name in CONVERTERS]
        artifacts = [artifact for folder in made if folder for artifact in _merge(folder, bundle)]
        describe(artifacts, bundle, self.description)
        return artifacts

    def _made(self, name: str, precision: Precision) -> Path | None:
        """The folder of one converter's artifacts in one precision, from the cache; None where it cannot make that one."""
        if (name, precision) not in self._folders:
            module, smaller = converter(name), quantizer(name)
            if precision in module.PRECISIONS:
                folder = self._cached(name, precision, module.TOOLS, lambda to: self._convert(module, precision, to))
            elif smaller and (source := self._source(name, precision, smaller)):
                folder = self._cached(
                    name, precision, module.TOOLS + smaller.TOOLS, lambda to: self._quantize(smaller, source, precision, to)
                )
            else:
                return None
            self._folders[name, precision] = folder
        return self._folders[name, precision]

    def _source(self, name: str, precision: Precision, smaller: Quantizer) -> Path | None:
        base = smaller.MADE_FROM.get(precision)
        return self._made(name, base) if base else None

    def _cached(self, name: str, precision: Precision, distributions: tuple[str, ...], make: Callable[[Path], None]) -> Path:
        found = versions(distributions)
        self._tools |= found
        self.report(f"{name} {precision} ...")
        cached, hit = self.cache.get(key(**self._inputs, converter=name, precision=precision, tools=found), make)
        self.report(f"{name} {precision}: {'from the cache' if hit else 'made'}")
        return cached

    def _convert(self, module: Converter, precision: Precision, folder: Path) -> None:
        network = self.network
        with held_back():
            artifacts = module.convert(network, self.plan, folder, precision)
        _list(artifacts, folder)

    def _quantize(self, smaller: Quantizer, source: Path, precision: Precision, folder: Path) -> None:
        with held_back():
            artifacts = smaller.quantize(source, tuple(_listed(source)), self.plan, precision, folder)
        _list(artifacts, folder)

    def _goldens(self, bundle: Path) -> tuple[tuple[Golden, ...], str]:
        def make(folder: Path) -> None:
            from unfilter_converters.goldens import make_goldens
            from unfilter_converters.restoration import restoration_id

            goldens = TypeAdapter(tuple[Golden, ...]).dump_python(
                make_goldens(self.network, self.plan.tile, folder, self.description.recipe.hyper_parameters), mode="json"
            )
            stored = {"goldens": goldens, "restoration": restoration_id(self.network)}
            (folder / "goldens.json").write_text(json.dumps(stored), encoding="utf-8")

        ranges = [one.model_dump() for one in self.description.recipe.hyper_parameters]
        sdk, tools = source_digest("unfilter"), versions(("torch", "pillow"))
        cached, _ = self.cache.get(key(**self._inputs, goldens=True, ranges=ranges, sdk=sdk, tools=tools), make)
        stored = json.loads((cached / "goldens.json").read_text(encoding="utf-8"))
        shutil.copytree(cached / "goldens", bundle / "goldens")
        return TypeAdapter(tuple[Golden, ...]).validate_python(stored["goldens"]), stored["restoration"]

    def _copy_detector(self, bundle: Path) -> None:
        """Take the detector along, where the checkpoint has one for its weights."""
        if not (self.checkpoint / DETECTOR).exists():
            self.report("no detector: `unfilter detection calibrate` makes one")
        elif read_detector(self.checkpoint / DETECTOR).weights_sha256 != self.description.weights_sha256:
            self.report("no detector: that of the checkpoint is for other weights; calibrate again")
        else:
            shutil.copyfile(self.checkpoint / DETECTOR, bundle / DETECTOR)

    def _ask_delegates(self, bundle: Path, artifacts: list[Artifact]) -> None:
        """Write what GPUs and NPUs would run, or take what the same vendors' tools said of the same graphs before."""

        def make(folder: Path) -> None:
            with held_back():
                found = tuple(coverage(artifacts, bundle))
            _write(folder / DELEGATES, DelegateFile(recipes=table(), coverage=found))

        inputs = key(
            **self._inputs,
            artifacts=[artifact.path for artifact in artifacts],
            recipes=table().model_dump(mode="json"),
            tools=versions(("onnx", "onnxruntime", "onnxruntime-qnn", "tensorflow")),
        )
        cached, hit = self.cache.get(inputs, make)
        self.report(f"delegates: {'from the cache' if hit else 'asked'}")
        shutil.copyfile(cached / DELEGATES, bundle / DELEGATES)

    def _write_manifest(
        self,
        bundle: Path,
        artifacts: list[Artifact],
        goldens: tuple[Golden, ...],
        restoration: str,
        refused: tuple[Refused, ...] = (),
    ) -> Manifest:
        description = self.description
        files = sorted(path for path in bundle.rglob("*") if path.is_file() and path.name != MANIFEST)
        manifest = Manifest(
            filter=description.filter,
            restoration=restoration,
            rounding=ROUNDING_RULE,
            remainder=REMAINDER_RULE,
            tiles=self.plan,
            research_only=description.recipe.research_only,
            carriers=("exact", "jpeg") if description.recipe.degradation.jpeg else ("exact",),
            hyper_parameters=description.recipe.hyper_parameters,
            artifacts=tuple(artifacts),
            refused=refused,
            goldens=goldens,
            files=tuple(_entry(path, bundle) for path in files),
            detection=DETECTOR if (bundle / DETECTOR).exists() else None,
            delegates=DELEGATES if (bundle / DELEGATES).exists() else None,
            tools=self._tools,
            provenance=Provenance(
                weights_sha256=description.weights_sha256,
                steps=description.steps,
                operator=description.recipe.operator,
                parameters=description.recipe.parameters,
                scores=tuple(score.model_dump() for score in description.scores),
            ),
        )
        _write(bundle / MANIFEST, manifest)
        return manifest

    def _verify(self, bundle: Path, manifest: Manifest) -> Path:
        """The folder of report and page, both of what ships: made now, or by the same code and runtimes from the same files
        before.
        """

        def make(folder: Path) -> None:
            gallery = Gallery()
            report = shippable(verify(Bundle(bundle), gallery=gallery, report=self.report))
            _write(folder / FIDELITY, report)
            (folder / PAGE).write_text(page(report, gallery), encoding="utf-8")

        inputs = key(
            files=[[entry.path, entry.sha256] for entry in manifest.files],
            ranges=[one.model_dump() for one in manifest.hyper_parameters],
            values=[golden.parameters for golden in manifest.goldens],
            sdk=source_digest("unfilter"),
            converters=self._inputs["source"],
            runtimes=versions(("onnxruntime", "ai-edge-litert", "coremltools", "torch", "numpy")),
        )
        cached, hit = self.cache.get(inputs, make)
        self.report("verdict: from the cache" if hit else "verdict: made")
        return cached


def page_of(bundle: Path) -> Path:
    """The report of a bundle as a page, beside it."""
    return bundle.with_name(bundle.name + ".html")


def refuse_baseline(checkpoint: Path, description: Description) -> NetworkConfig:
    """The network's form.

    Raises:
        UnfilterError: it is one of the paper's baselines.
    """
    form = description.network
    if not isinstance(form, NetworkConfig):
        raise UnfilterError(f"{checkpoint}: {method_of(form)} is a baseline to compare with and is never converted")
    return form


def _write(path: Path, content: BaseModel) -> None:
    path.write_text(content.model_dump_json(indent=2) + "\n", encoding="utf-8")


def _merge(cached: Path, bundle: Path) -> list[Artifact]:
    """Copy the files of a cached conversion into the bundle."""
    shutil.copytree(cached, bundle, dirs_exist_ok=True, ignore=shutil.ignore_patterns("artifacts.json"))
    return _listed(cached)


def _list(artifacts: tuple[Artifact, ...], folder: Path) -> None:
    (folder / "artifacts.json").write_bytes(TypeAdapter(tuple[Artifact, ...]).dump_json(artifacts))


def _listed(folder: Path) -> list[Artifact]:
    return TypeAdapter(list[Artifact]).validate_json((folder / "artifacts.json").read_bytes())


def _entry(path: Path, bundle: Path) -> FileEntry:
    relative = path.relative_to(bundle).as_posix()
    # Loading a Core ML package writes its Manifest.json again.
    volatile = path.name == "Manifest.json" and ".mlpackage/" in relative
    sha256 = json_digest(path) if volatile else digest(path)
    return FileEntry(path=relative, sha256=sha256, bytes=path.stat().st_size, volatile=volatile)


def _replace(folder: Path, new: Path) -> None:
    """Put `new` in the place of `folder`, which may be missing, empty or an older bundle."""
    old = None
    if folder.exists():
        old = Path(tempfile.mkdtemp(prefix=f".{folder.name}.old.", dir=folder.parent)) / folder.name
        folder.rename(old)
    new.rename(folder)
    if old is not None:
        shutil.rmtree(old.parent)
