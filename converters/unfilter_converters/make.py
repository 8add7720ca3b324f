"""First step: every artifact, each made once from the same inputs and taken from the cache afterwards."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Protocol, cast, get_args

from pydantic import TypeAdapter

from unfilter.format.artifact import Artifact, Precision
from unfilter.format.tiles import TilePlan
from unfilter.proof.fidelity.machine import versions
from unfilter_converters.cache import Cache, key
from unfilter_converters.captured_output import captured_output
from unfilter_converters.code_digest import code_digest
from unfilter_converters.quantization import Quantizer, quantizer
from unfilter_converters.source import Source
from unfilter_training.network import QuasiInvertibleNetwork

CONVERTERS = ("reference", "onnx", "litert", "coreml")
PRECISIONS: tuple[Precision, ...] = ("fp32", "fp16", "w8")
"""What ships without being asked for. `w8a16` is for NPUs of integers, which nothing here can run, and is slow elsewhere."""
ENTRIES = "artifacts.json"
"""Beside the files of one converter in one precision: their entries for the manifest."""


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


@dataclass(frozen=True)
class Made:
    """What one converter made in one precision: a folder of the cache, named by its key, and versions of what made it."""

    folder: Path
    tools: dict[str, str]

    @property
    def artifacts(self) -> tuple[Artifact, ...]:
        """Their paths are relative to the folder."""
        return TypeAdapter(tuple[Artifact, ...]).validate_json((self.folder / ENTRIES).read_bytes())


def make(source: Source, precisions: Collection[Precision], cache: Cache, on_step: Callable[[str], None]) -> list[Made]:
    """Convert to fp32 and `precisions`; each format gets what can be made of it.

    Raises:
        CheckpointError: something is not in the cache, and the weights are missing or damaged.
    """
    return list(
        _made(source, [each for each in get_args(Precision) if each == "fp32" or each in precisions], cache, on_step)
    )


def _made(source: Source, precisions: Collection[Precision], cache: Cache, on_step: Callable[[str], None]) -> Iterator[Made]:
    done: dict[tuple[str, Precision], Made | None] = {}

    def of(name: str, precision: Precision) -> Made | None:
        """None where that converter cannot make that precision."""
        if (name, precision) not in done:
            done[name, precision] = convert(name, precision)
        return done[name, precision]

    def convert(name: str, precision: Precision) -> Made | None:
        module, smaller = converter(name), quantizer(name)
        if precision in module.PRECISIONS:
            inputs = {"precision": precision, "code": code_digest(cast(ModuleType, module))}
            return cached(
                f"{name} {precision}",
                module.TOOLS,
                inputs,
                lambda folder: module.convert(source.network, source.plan, folder, precision),
            )
        base = smaller.MADE_FROM.get(precision) if smaller else None
        larger = of(name, base) if base else None
        if smaller is None or larger is None:
            return None
        inputs = {"precision": precision, "code": code_digest(cast(ModuleType, smaller)), "made_from": larger.folder.name}
        return cached(
            f"{name} {precision}",
            module.TOOLS + smaller.TOOLS,
            inputs,
            lambda folder: _quantized(smaller, larger, source.plan, precision, folder),
        )

    def cached(
        title: str,
        distributions: tuple[str, ...],
        inputs: Mapping[str, object],
        write: Callable[[Path], tuple[Artifact, ...]],
    ) -> Made:
        def fill(folder: Path) -> None:
            with captured_output():
                artifacts = write(folder)
            (folder / ENTRIES).write_bytes(TypeAdapter(tuple[Artifact, ...]).dump_json(artifacts))

        tools = versions(distributions)
        on_step(f"{title} ...")
        folder, hit = cache.get(key(**source.inputs, **inputs, tools=tools), fill)
        on_step(f"{title}: {'from the cache' if hit else 'made'}")
        return Made(folder, tools)

    for precision in precisions:
        for name in CONVERTERS:
            if made := of(name, precision):
                yield made


def _quantized(smaller: Quantizer, larger: Made, plan: TilePlan, precision: Precision, folder: Path) -> tuple[Artifact, ...]:
    return smaller.quantize(larger.folder, larger.artifacts, plan, precision, folder)
