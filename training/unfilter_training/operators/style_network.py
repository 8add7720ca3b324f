"""The feed-forward style network (Johnson, Alahi, Fei-Fei 2016, with instance normalisation), as TensorFlow computes it."""

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

EPSILON = 1e-3
"""Added to the variance in instance normalisation."""


class Layer(NamedTuple):
    """A convolution of stride 1 or 2, or a transposed one of stride 2; instance normalisation follows each."""

    size: int
    inputs: int
    outputs: int
    stride: int = 1
    transposed: bool = False

    @property
    def shapes(self) -> tuple[tuple[int, ...], ...]:
        """Shapes of kernel, shift and scale as TensorFlow stores them."""
        channels = (self.outputs, self.inputs) if self.transposed else (self.inputs, self.outputs)
        return (self.size, self.size, *channels), (self.outputs,), (self.outputs,)


class LayerWeights(NamedTuple):
    """Tensors of one layer: the kernel in torch's order, shift and scale of its normalisation."""

    kernel: Tensor
    shift: Tensor
    scale: Tensor


ENCODER = (Layer(9, 3, 32), Layer(3, 32, 64, stride=2), Layer(3, 64, 128, stride=2))
RESIDUAL_BLOCKS = 5
DECODER = (Layer(3, 128, 64, stride=2, transposed=True), Layer(3, 64, 32, stride=2, transposed=True), Layer(9, 32, 3))
LAYERS = (*ENCODER, *(Layer(3, 128, 128),) * (2 * RESIDUAL_BLOCKS), *DECODER)


def arrange(tensors: list[Tensor]) -> tuple[LayerWeights, ...]:
    """Weights per layer from TensorFlow's tensors in the order of their making; `tensor_shapes` says which."""
    return tuple(
        # rows, columns, then channels in and out (out and in where transposed): torch has both the other way round, in front
        LayerWeights(kernel.permute(3, 2, 0, 1).contiguous(), shift, scale)
        for kernel, shift, scale in zip(tensors[::3], tensors[1::3], tensors[2::3], strict=True)
    )


def tensor_shapes() -> list[tuple[int, ...]]:
    """Shapes of TensorFlow's tensors in the order of their making: kernel, shift and scale of each layer."""
    return [shape for layer in LAYERS for shape in layer.shapes]


def stylise(
    images: Float[Tensor, "batch 3 height width"], weights: tuple[LayerWeights, ...]
) -> Float[Tensor, "batch 3 height width"]:
    """Run the network on sRGB in 0..1; the result lies in -0.09..1.09.

    Sides that are no multiple of 4 give a larger picture, of which the top left part is kept.
    """
    steps = iter(zip(LAYERS, weights, strict=True))
    features = (images * 255).contiguous(memory_format=torch.channels_last)  # a fifth faster on a CPU
    for _ in ENCODER:
        features = torch.relu(_normalised(features, *next(steps)))
    for _ in range(RESIDUAL_BLOCKS):
        inner = torch.relu(_normalised(features, *next(steps)))
        features = features + _normalised(inner, *next(steps))  # no ReLU after the sum
    for _ in DECODER[:-1]:
        features = torch.relu(_normalised(features, *next(steps)))
    painted = torch.tanh(_normalised(features, *next(steps)))
    return (painted * (150 / 255) + 127.5 / 255)[..., : images.shape[-2], : images.shape[-1]]


def _normalised(features: Tensor, layer: Layer, weights: LayerWeights) -> Tensor:
    convolved = _upsampled(features, weights.kernel) if layer.transposed else _convolved(features, layer, weights.kernel)
    # One group per channel is instance normalisation, and unlike torch's own takes a single pixel.
    return torch.group_norm(convolved, layer.outputs, weights.scale, weights.shift, EPSILON)


def _convolved(features: Tensor, layer: Layer, kernel: Tensor) -> Tensor:
    """TensorFlow's SAME padding with zeros: an odd pixel of it goes behind, not in front."""
    if layer.stride == 1:
        return functional.conv2d(features, kernel, padding=layer.size // 2)
    padding = []
    for length in (features.shape[-1], features.shape[-2]):
        total = layer.size - (layer.stride if length % layer.stride == 0 else length % layer.stride)
        padding += [total // 2, total - total // 2]
    return functional.conv2d(functional.pad(features, padding), kernel, stride=layer.stride)


def _upsampled(features: Tensor, kernel: Tensor) -> Tensor:
    """Transposed SAME convolution to twice the size: its full result has one row and column too many, at the end."""
    return functional.conv_transpose2d(features, kernel, stride=2)[..., :-1, :-1]
