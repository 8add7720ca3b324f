"""A bundle around artifacts alone, for tests that open them with the SDK's runtimes; no shape checks while tracing."""

from collections.abc import Callable, Iterator
from pathlib import Path

import jaxtyping
import pytest

from unfilter.bundle import MANIFEST, Artifact, Bundle, FileEntry, Manifest, Provenance, TilePlan, digest

BundleOf = Callable[[Path, tuple[Artifact, ...], TilePlan], Bundle]


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
            artifacts=artifacts,
            goldens=(),
            files=tuple(
                FileEntry(path=path.relative_to(folder).as_posix(), sha256=digest(path), bytes=path.stat().st_size)
                for path in files
            ),
            tools={},
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
