"""A bundle around artifacts alone, for tests that open them with the SDK's runtimes; no shape checks while tracing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import jaxtyping
import pytest

from unfilter.format.artifact import Artifact
from unfilter.format.bundle import Bundle, digest
from unfilter.format.hyper_parameter import HyperParameter
from unfilter.format.manifest import MANIFEST, FileEntry, Manifest, Provenance
from unfilter.format.tiles import TilePlan

BundleOf = Callable[[Path, tuple[Artifact, ...], TilePlan], Bundle]


def hyper_parameters_of(artifacts: tuple[Artifact, ...]) -> tuple[HyperParameter, ...]:
    """As many as the forward graph takes."""
    count = next(a.parameters.channels if a.parameters else 0 for a in artifacts if a.direction == "forward")
    return tuple(HyperParameter(name=f"p{index}", low=0, high=1, default=0) for index in range(count))


@pytest.fixture(scope="session")
def bundle_of() -> BundleOf:
    """Makes a bundle in a folder that holds the files of `artifacts` and nothing else."""

    def make(folder: Path, artifacts: tuple[Artifact, ...], plan: TilePlan) -> Bundle:
        files = (path for path in folder.rglob("*") if path.is_file())
        manifest = Manifest(
            filter="test",
            restoration="0" * 64,
            rounding="",
            remainder="",
            tiles=plan,
            requires=("tile_grid",) if plan.grid else (),
            artifacts=artifacts,
            goldens=(),
            files=tuple(
                FileEntry(path=path.relative_to(folder).as_posix(), sha256=digest(path), bytes=path.stat().st_size)
                for path in files
            ),
            tools={},
            hyper_parameters=hyper_parameters_of(artifacts),
            provenance=Provenance(weights_sha256="0" * 64, steps=0, operator="l0", parameters={}),
        )
        (folder / MANIFEST).write_text(manifest.model_dump_json(), encoding="utf-8")
        return Bundle(folder)

    return make


@pytest.fixture(autouse=True, scope="module")
def _untyped_while_tracing() -> Iterator[None]:
    """Shape checks off: under a tracer they compare symbolic sizes, which warns and would be written into the graph."""
    jaxtyping.config.update("jaxtyping_disable", True)
    yield
    jaxtyping.config.update("jaxtyping_disable", False)
