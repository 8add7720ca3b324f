"""Third step: run the draft on every runtime of this machine, and settle which precisions ship.

The verdict is kept with the pictures of its page, by all that it depends on; how the page looks is no part of that.
"""

import json
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from unfilter.proof.fidelity import FidelityReport, read_report, verify
from unfilter.proof.fidelity.constants import mlpackage, onnx, tflite
from unfilter.proof.fidelity.gallery import Gallery
from unfilter.proof.fidelity.machine import versions
from unfilter.proof.fidelity.results import Engine
from unfilter.run import runtimes
from unfilter_converters.assemble import Draft
from unfilter_converters.cache import Cache, key
from unfilter_converters.code_digest import code_digest
from unfilter_converters.shipping import shippable
from unfilter_training.checkpoint import CARD

FIDELITY = "fidelity.json"
PICTURES = "pictures.json"


@dataclass
class KeptPictures(Gallery):
    """The pictures of a verdict that was made before."""

    content: Mapping[str, Any] = field(default_factory=dict)

    def data(self, engines: Collection[Engine]) -> dict[str, Any]:
        """As they were kept, which was for the engines that ship."""
        return dict(self.content)


@dataclass(frozen=True)
class Judged:
    """The report of what ships, with what does not under `refused`, and pictures for its page."""

    report: FidelityReport
    pictures: Gallery


def judge(draft: Draft, cache: Cache, on_step: Callable[[str], None]) -> Judged:
    """The verdict: made now, or by the same code and runtimes from the same files before."""

    def make(folder: Path) -> None:
        gallery = Gallery()
        report = shippable(verify(draft, gallery=gallery, on_step=on_step))
        (folder / FIDELITY).write_text(report.model_dump_json(), encoding="utf-8")
        (folder / PICTURES).write_text(json.dumps(gallery.data(report.engines)), encoding="utf-8")

    cached, hit = cache.get(_key(draft), make)
    on_step("verdict: from the cache" if hit else "verdict: made")
    pictures = json.loads((cached / PICTURES).read_text(encoding="utf-8"))
    return Judged(read_report(cached / FIDELITY), KeptPictures(content=pictures))


def _key(draft: Draft) -> str:
    siblings = [runtimes.sibling(name).open_graph for name in runtimes.NAMES]
    manifest = draft.manifest.model_dump(mode="json", exclude={"tools"})
    manifest["files"] = [entry for entry in manifest["files"] if entry["path"] != CARD]
    return key(
        manifest=manifest,
        code=code_digest(verify, shippable, *siblings, onnx, tflite, mlpackage),
        runtimes=versions(("onnxruntime", "ai-edge-litert", "coremltools", "torch", "numpy")),
    )
