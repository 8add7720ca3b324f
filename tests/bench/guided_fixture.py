"""Make `tests/fixtures/bundle-guided` and `goldens-guided` again: a tiny untrained guided network, for the samples.

    python tests/bench/guided_fixture.py

ONNX and TFLite in fp32, with the golden photo that takes the fewest bytes; the goldens are ONNX Runtime's.
"""

import json
import shutil
import tempfile
from pathlib import Path

import jaxtyping
import torch

from unfilter import Filter, read_photo
from unfilter.proof.goldens import write_goldens
from unfilter_converters import make, source
from unfilter_converters.convert import convert
from unfilter_training import checkpoint
from unfilter_training.network import NetworkConfig, build
from unfilter_training.recipe import read_recipe

FIXTURES = Path(__file__).parents[1] / "fixtures"
CONFIG = NetworkConfig(
    blocks=0,
    subnet_width=4,
    auxiliary="guided",
    fusion="hiding",
    hiding_blocks=2,
    predictor_widths=(4, 6),
    gain=0.3,
)


def main() -> None:
    jaxtyping.config.update("jaxtyping_disable", True)  # under a tracer sizes are symbols
    make.CONVERTERS = ("reference", "onnx", "litert")
    source.TILE_OF_PYRAMIDS = 128
    torch.manual_seed(0)
    network = build(CONFIG)
    with torch.no_grad():
        for weight in network.parameters():
            weight.add_(torch.randn_like(weight) * 0.05)
    description = checkpoint.Description(
        filter="guided",
        network=CONFIG,
        weights_sha256="0" * 64,
        recipe=read_recipe("any"),
        steps=1,
        photos=1,
        machine="none: it was not trained",
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        checkpoint.save(folder / "checkpoint", network, description)
        convert(source.read_source(folder / "checkpoint"), folder / "guided", folder / "cache", precisions=())
        target = FIXTURES / "bundle-guided"
        shutil.rmtree(target, ignore_errors=True)
        keep(folder / "guided", target)
    goldens = FIXTURES / "goldens-guided"
    shutil.rmtree(goldens, ignore_errors=True)
    photo = read_photo(FIXTURES / "bundle-schema-1/photo.png").pixels
    write_goldens(Filter.open(target, runtime="onnx"), photo, goldens)


def keep(bundle: Path, target: Path) -> None:
    """Copy what the samples open."""
    fields = json.loads((bundle / "manifest.json").read_text(encoding="utf-8"))
    fields["artifacts"] = [each for each in fields["artifacts"] if each["format"] in ("onnx", "tflite")]
    bytes_of = {each["path"]: each["bytes"] for each in fields["files"]}
    fields["goldens"] = [min(fields["goldens"], key=lambda golden: bytes_of[golden["photo"]])]
    pictures = [fields["goldens"][0][part] for part in ("photo", "output", "filtered", "restored")]
    kept = {each["path"] for each in fields["artifacts"]} | set(pictures)
    fields["files"] = [each for each in fields["files"] if each["path"] in kept]
    for path in kept:
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(bundle / path, target / path)
    (target / "manifest.json").write_text(json.dumps(fields, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
