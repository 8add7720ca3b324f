"""Looks of the examples in docs/looks.md: three tables of ours, and functions: film grain, and two operators of the paper.

python tests/bench/looks.py FOLDER      # writes mild.cube, strong.cube and mono.cube
unfilter new grain --from tests.bench.looks:grain --photos PHOTOS --guided
"""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NODES = 17
LUMA = np.array([0.299, 0.587, 0.114])

Floats = NDArray[np.float64]


def mild(colours: Floats) -> Floats:
    """A print film: blacks lifted, colours a little weaker, warm lights and cool shadows."""
    luma = colours @ LUMA
    faded = luma[..., None] + 0.85 * (colours - luma[..., None])
    toned = faded + (luma[..., None] - 0.4) * np.array([0.06, 0.01, -0.05])
    return 0.03 + 0.94 * toned


def strong(colours: Floats) -> Floats:
    """Teal and orange: a steep curve, and colours pulled towards two hues."""
    curved = colours**2 * (3 - 2 * colours)
    luma = (curved @ LUMA)[..., None]
    orange, teal = np.array([0.20, 0.03, -0.20]), np.array([-0.16, 0.02, 0.14])
    return luma + 0.8 * (curved - luma) + luma * (1 - luma) * 2 * np.where(luma > 0.45, orange, teal)


def mono(colours: Floats) -> Floats:
    """Black and white through a red filter, with a curve."""
    grey = colours @ np.array([0.6, 0.3, 0.1])
    return np.repeat((grey**1.2)[..., None], 3, axis=-1)


TABLES: dict[str, Callable[[Floats], Floats]] = {"mild": mild, "strong": strong, "mono": mono}


def write(folder: Path) -> None:
    """Write every table as `NAME.cube`: red runs fastest, as Adobe's specification says."""
    axis = np.linspace(0, 1, NODES)
    blue, green, red = np.meshgrid(axis, axis, axis, indexing="ij")
    colours = np.stack([red, green, blue], axis=-1)
    folder.mkdir(parents=True, exist_ok=True)
    for name, look in TABLES.items():
        rows = np.clip(look(colours), 0, 1).reshape(-1, 3)
        lines = [f'TITLE "{name}"', f"LUT_3D_SIZE {NODES}", *(" ".join(f"{value:.6f}" for value in row) for row in rows)]
        (folder / f"{name}.cube").write_text("\n".join(lines) + "\n", encoding="utf-8")


def grain(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Black and white with grain that no two photos share: no network learns where it falls, a guided one need not."""
    grey = (photo / 255) @ LUMA
    noise = np.random.default_rng().normal(0, 0.04, grey.shape)
    return np.floor(np.clip(grey + noise, 0, 1) * 255 + 0.5).astype(np.uint8)[..., None].repeat(3, axis=2)


def l0(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """L0 smoothing, as an app would run it: a filter that sees the whole photo."""
    return _operated("l0", photo, smoothness=0.02)


def llf(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Local Laplacian detail enhancement at its authors' strength."""
    return _operated("llf", photo)


def _operated(name: str, photo: NDArray[np.uint8], **parameters: float) -> NDArray[np.uint8]:
    from unfilter_training.data import image_tensor  # torch, which the tables do without
    from unfilter_training.operators import operator
    from unfilter_training.operators.saving import saved_levels

    return saved_levels(operator(name)(image_tensor(photo), **parameters))


if __name__ == "__main__":
    write(Path(sys.argv[1]))
