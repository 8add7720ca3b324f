"""Speed of the operators, beside OpenCV's function for the same purpose where one exists."""

import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
import torch

from unfilter.errors import UnfilterError
from unfilter_training.operators.operator import Operator

HEADER = f"{'operator':<16}{'seconds':>9}{'MP/s':>9}   OpenCV's function for the same purpose (another result), MP/s"

# OpenCV's functions take one 8-bit image each and give other pictures: 10-30 dB from the authors' programs.
_OPENCV: dict[str, tuple[str, Callable[[Any, Any], object]]] = {
    "l0": ("ximgproc.l0Smooth", lambda cv2, image: cv2.ximgproc.l0Smooth(image)),
    "rgf": ("ximgproc.rollingGuidanceFilter", lambda cv2, image: cv2.ximgproc.rollingGuidanceFilter(image)),
    "wmf": ("ximgproc.weightedMedianFilter", lambda cv2, image: cv2.ximgproc.weightedMedianFilter(image, image, 10)),
    "wls": ("detailEnhance", lambda cv2, image: cv2.detailEnhance(image)),
    "llf": ("detailEnhance", lambda cv2, image: cv2.detailEnhance(image)),
    "rtv": (
        "ximgproc.fastGlobalSmootherFilter",
        lambda cv2, image: cv2.ximgproc.fastGlobalSmootherFilter(image, image, 50, 16),
    ),
    "cpd": ("pencilSketch", lambda cv2, image: cv2.pencilSketch(image)),
}


def measure(operator: Operator, batch: int, side: int, repeat: int, device: str) -> str:
    """One row: the fastest of `repeat` runs in float32 after a warm-up, on smooth random images."""
    images = _images(batch, side)
    tensor = torch.from_numpy(images).permute(0, 3, 1, 2).float().div(255).to(device)
    try:
        seconds = _fastest(lambda: _finished(operator(tensor), device), repeat)
    except UnfilterError as error:
        return f"{operator.name:<16}{'-':>9}{'-':>9}   {error}"
    row = f"{operator.name:<16}{seconds:>9.3f}{images.shape[0] * side * side / 1e6 / seconds:>9.2f}"
    if operator.name not in _OPENCV:
        return row
    name, function = _OPENCV[operator.name]
    if find_spec("cv2") is None:
        return f"{row}   {name}: OpenCV is not installed (extra opencv)"
    import cv2

    try:
        seconds = _fastest(lambda: [function(cv2, image) for image in images], repeat)
    except (AttributeError, cv2.error) as error:
        return f"{row}   {name}: {str(error).splitlines()[0]}"
    return f"{row}   {name} {images.shape[0] * side * side / 1e6 / seconds:.2f}"


def _images(batch: int, side: int) -> np.ndarray:
    """8-bit images, batch x side x side x 3: noise blurred to the scale of a photo's structure, with some edges."""
    random = np.random.default_rng(0)
    coarse = random.random((batch, side // 16 + 2, side // 16 + 2, 3))
    images = coarse.repeat(16, axis=1).repeat(16, axis=2)[:, :side, :side] * 200 + random.random((batch, side, side, 3)) * 55
    return images.astype(np.uint8)


def _finished(result: torch.Tensor, device: str) -> None:
    if device.startswith("cuda"):
        torch.cuda.synchronize()
    else:
        result[..., 0, 0].sum().item()


def _fastest(run: Callable[[], object], repeat: int) -> float:
    run()
    times = []
    for _ in range(repeat):
        start = time.perf_counter()
        run()
        times.append(time.perf_counter() - start)
    return min(times)
