"""A preset of the network as a bundle of ONNX graphs, untrained: for what does not hang on weights, such as speed."""

import json
from pathlib import Path

from unfilter.format.bundle import Bundle, digest
from unfilter.format.manifest import MANIFEST, FileEntry, Manifest, Provenance
from unfilter.format.remainder import RULE as REMAINDER_RULE
from unfilter.format.rounding import RULE as ROUNDING_RULE
from unfilter.format.tiles import TilePlan
from unfilter_converters import onnx
from unfilter_converters.chatter import held_back
from unfilter_converters.pipeline import TILE
from unfilter_training.network import QuasiInvertibleNetwork, build, halo
from unfilter_training.network.config import preset


def preset_bundle(name: str, folder: Path) -> Bundle:
    """Convert the preset of that name into `folder`, which is empty.

    Raises:
        ValueError: no such preset.
    """
    form = preset(name)
    network = build(form).eval()
    assert isinstance(network, QuasiInvertibleNetwork)
    reach = max(halo(form, direction) for direction in ("forward", "inverse"))
    plan = TilePlan(tile=TILE, halo=reach, alignment=form.alignment)
    with held_back():
        artifacts = onnx.convert(network, plan, folder, "fp32")
    paths = sorted({artifact.path for artifact in artifacts})
    manifest = Manifest(
        filter=f"preset_{name}",
        restoration="0" * 64,
        rounding=ROUNDING_RULE,
        remainder=REMAINDER_RULE,
        tiles=plan,
        artifacts=artifacts,
        goldens=(),
        files=tuple(
            FileEntry(path=path, sha256=digest(folder / path), bytes=(folder / path).stat().st_size) for path in paths
        ),
        tools={},
        provenance=Provenance(weights_sha256="0" * 64, steps=0, operator="none", parameters={}),
    )
    (folder / MANIFEST).write_text(json.dumps(manifest.model_dump(mode="json")), encoding="utf-8")
    return Bundle(folder)
