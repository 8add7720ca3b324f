"""Weighted median filter: each value becomes the median of its window, where similar colours weigh more."""

import math
from collections.abc import Iterator
from itertools import product

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn.functional import pad

from unfilter.errors import UnfilterError
from unfilter_training.operators.operator import Operator, Parameter

PIXELS_AT_ONCE = {"cpu": 2**15, "gpu": 2**19}
"""Pixels of a strip of rows, whose weights are held at once: what a CPU's cache holds, what keeps a GPU busy."""


def wmf(
    images: Float[Tensor, "batch 3 height width"],
    *,
    radius: float = 10.0,
    sigma: float = 25.5,
    implementation: str = "torch",
) -> Float[Tensor, "batch 3 height width"]:
    """Replace each sRGB value by the median of its channel in a window, weighted by the likeness of the colours.

    Images are rounded to 8 bits first, and so is the result: the authors' program takes bytes. Two colours weigh
    exp(-d^2 / (2 sigma^2)), d being their distance in RGB, each channel cut to 6 bits. The window ends at the border.

    The authors group those colours into 256 by a random clustering. "torch" takes each as it is; so it is deterministic,
    but differs from their program as much as that does from itself with another seed (42 dB). "opencv" needs the package
    opencv-contrib-python-headless and repeats the clustering, seeded so that results equal the authors'; CPU only.

    Raises:
        UnfilterError: an unknown implementation, or OpenCV's weighted median is not installed.
    """
    values = torch.floor(images.detach().clamp(0, 1) * 255 + 0.5).to(torch.float32)
    radius = math.floor(radius + 0.5)
    if implementation == "torch":
        median = _median(values, radius, sigma)
    elif implementation == "opencv":
        median = _opencv(values, radius, sigma)
    else:
        raise UnfilterError(f"wmf has no implementation {implementation!r}: choose torch or opencv")
    return median.to(images.dtype) / 255


def _median(
    values: Float[Tensor, "batch 3 height width"], radius: int, sigma: float
) -> Float[Tensor, "batch 3 height width"]:
    batch, _, height, width = values.shape
    pixels = PIXELS_AT_ONCE["cpu" if values.device.type == "cpu" else "gpu"]
    rows = max(1, pixels // (batch * width))
    around = (radius, radius, radius, radius)
    padded = pad(values, around)
    # Infinitely far from every colour, so what is padded has weight 0.
    features = pad((values / 4).floor(), around, value=math.inf)
    strips = []
    for top in range(0, height, rows):
        strip = slice(top, min(top + rows, height) + 2 * radius)
        strips.append(_bisect(padded[:, :, strip], _weights(features[:, :, strip], radius, sigma / 4), radius))
    return torch.cat(strips, dim=2)


def _weights(
    features: Float[Tensor, "batch 3 padded_height padded_width"], radius: int, sigma: float
) -> Float[Tensor, "window batch 1 height width"]:
    """Weight of each pixel of the window, for every pixel: whole numbers whose sum over the window is below 2^24.

    So sums are exact in float32 in any order, and ties are ties on every device and in every batch.
    """
    centre = _window(features, radius, radius, radius)
    difference = torch.empty_like(centre, memory_format=torch.contiguous_format)
    weights = centre.new_empty((2 * radius + 1) ** 2, *centre[:, :1].shape)
    for weight, (y, x) in zip(weights, _offsets(radius), strict=True):
        torch.sub(_window(features, radius, y, x), centre, out=difference)
        red, green, blue = difference.square_().split(1, dim=1)
        torch.add(red, green, out=weight).add_(blue)
    return weights.mul_(-0.5 / sigma**2).exp_().mul_(2**24 // len(weights)).round_()


def _bisect(
    values: Float[Tensor, "batch 3 padded_height padded_width"],
    weights: Float[Tensor, "window batch 1 height width"],
    radius: int,
) -> Float[Tensor, "batch 3 height width"]:
    """Smallest value up to which half of the weight lies, found bit by bit."""
    total = weights.sum(dim=0)
    median = torch.zeros_like(_window(values, radius, radius, radius), memory_format=torch.contiguous_format)
    not_above = torch.empty_like(median)
    for bit in (128, 64, 32, 16, 8, 4, 2, 1):
        candidate = median + (bit - 1)
        below = torch.zeros_like(median)
        for weight, (y, x) in zip(weights, _offsets(radius), strict=True):
            torch.le(_window(values, radius, y, x), candidate, out=not_above)
            below.addcmul_(weight, not_above)
        median += bit * (2 * below < total)
    return median


def _offsets(radius: int) -> Iterator[tuple[int, int]]:
    along = range(2 * radius + 1)
    return product(along, along)


def _window(padded: Tensor, radius: int, y: int, x: int) -> Tensor:
    """For each pixel of a padded strip, the one at place (y, x) of its window."""
    height, width = padded.shape[-2] - 2 * radius, padded.shape[-1] - 2 * radius
    return padded[..., y : y + height, x : x + width]


def _opencv(
    values: Float[Tensor, "batch 3 height width"], radius: int, sigma: float
) -> Float[Tensor, "batch 3 height width"]:
    try:
        import cv2

        weighted_median = cv2.ximgproc.weightedMedianFilter
    except (ImportError, AttributeError):
        raise UnfilterError(
            "wmf: implementation \"opencv\" needs its weighted median: pip install 'unfilter[opencv]'"
        ) from None
    median = torch.empty_like(values)
    for image, result in zip(values, median, strict=True):
        pixels = image.permute(1, 2, 0).to("cpu", torch.uint8).contiguous().numpy()
        # The clustering draws from OpenCV's generator, which stands at 0 when the authors' program starts.
        cv2.setRNGSeed(0)
        result.copy_(torch.from_numpy(weighted_median(pixels, pixels, radius, sigma)).permute(2, 0, 1))
    return median


WMF = Operator(
    "wmf",
    wmf,
    source="Zhang, Xu, Jia: 100+ Times Faster Weighted Median Filter, CVPR 2014, as in the authors' program",
    parameters={
        "radius": Parameter(
            "reach of the window in pixels, rounded to a whole number", bounds=(1.0, 25.0), training=(1.0, 10.0)
        ),
        "sigma": Parameter("distance of colours, in 0..255, beyond which they hardly count", bounds=(0.5, 1e5)),
        "implementation": Parameter('"torch", or "opencv" for the authors\' clustering'),
    },
    exact=torch.float32,
)
