"""What a JPEG's decoder costs the restored photo: `python tests/bench/jpeg_decoders.py BUNDLE PHOTO [PHOTO ...]`.

Each photo is filtered, saved at 85 in 4:2:0, decoded by libjpeg-turbo's `djpeg` with each of its settings, and restored.
Printed are the largest difference from the SDK's decoding and the mean PSNR to the photo.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter import Filter
from unfilter.proof.fidelity import psnr

SETTINGS = {
    "accurate DCT, interpolated chroma": ("-dct", "int"),
    "floating-point DCT": ("-dct", "float"),
    "fast DCT": ("-dct", "fast"),
    "chroma not interpolated": ("-nosmooth",),
    "fast DCT, chroma not interpolated": ("-dct", "fast", "-nosmooth"),
}


def decoded(file: Path, settings: tuple[str, ...]) -> NDArray[np.uint8]:
    """Height x width x 3 levels."""
    target = file.with_suffix(".ppm")
    subprocess.run(["djpeg", *settings, "-ppm", "-outfile", target, file], check=True)
    return np.array(Image.open(target))


def main(bundle: str, photos: list[str]) -> None:
    """Print a row for each setting."""
    chosen = Filter.open(bundle, runtime="onnx")
    found: dict[str, list[tuple[int, float]]] = {name: [] for name in SETTINGS}
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "filtered.jpg"
        for path in photos:
            photo = np.array(Image.open(path).convert("RGB"))
            Image.fromarray(chosen.apply(photo)).save(file, quality=85, subsampling="4:2:0")
            own = np.array(Image.open(file)).astype(int)
            for name, settings in SETTINGS.items():
                levels = decoded(file, settings)
                found[name].append((int(np.abs(levels - own).max()), psnr(photo, chosen.restore(levels))))
    for name, each in found.items():
        off, score = max(levels for levels, _ in each), float(np.mean([score for _, score in each]))
        print(f"| {name} | {off} | {score:.2f} dB |")


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(f"usage: {os.path.basename(__file__)} BUNDLE PHOTO [PHOTO ...]")
    main(sys.argv[1], sys.argv[2:])
