"""Coloured pencil drawing: strokes along edges over tones that are rendered with a pencil texture."""

import functools
from pathlib import Path

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from unfilter.errors import UnfilterError
from unfilter.photo import read_photo
from unfilter_training.operators.histogram_specification import LEVELS, specify_histogram
from unfilter_training.operators.image_resize import resize_bicubic
from unfilter_training.operators.operator import Operator, Parameter
from unfilter_training.operators.pencil_strokes import draw_strokes, line_responses, median_3x3
from unfilter_training.operators.pencil_texture import pencil_texture
from unfilter_training.operators.pencil_texture_rendering import render_texture
from unfilter_training.operators.studio_luma import replace_luma, studio_luma

GREY_SHARES = (0.298936021293775, 0.587043074451121, 0.114020904255104)
"""Of red, green and blue in the grey of a texture file (MATLAB's rgb2gray: luma of NTSC before it was rounded)."""
TONE_WINDOW = 10
PALEST_TEXTURE = 0.99
"""A texture that is paler on average cannot darken anything."""


def cpd(
    images: Float[Tensor, "batch 3 height width"],
    *,
    kernel_size: int = 8,
    width: int = 1,
    directions: int = 8,
    gamma_strokes: float = 1.0,
    gamma_tone: float = 1.0,
    texture: Path | None = None,
) -> Float[Tensor, "batch 3 height width"]:
    """Draw with coloured pencils: dark strokes along the edges, pale tones in a pencil texture, the photo's own chroma.

    sRGB in; the result is unclipped and often above white. Every photo is stretched by its own strongest stroke and matched
    by its own histogram: `cpd_fixed` is without both. Agrees with the authors' program when given its texture; a photo
    without any edge, where that program divides by zero, gets no strokes.

    Raises:
        UnfilterError: a texture that cannot be read, or a white one.
    """
    luma = studio_luma(images)
    strokes = _strokes(luma, kernel_size, width, directions) ** gamma_strokes
    tone = _tone(luma) ** gamma_tone
    sheet = _sheet(texture, *images.shape[-2:]).to(images)
    return replace_luma(images, strokes * render_texture(tone, sheet))


def _strokes(luma: Tensor, length: int, thickness: int, directions: int) -> Tensor:
    """White paper (1) with strokes down to 0 at each picture's strongest."""
    smooth = median_3x3(functional.pad(luma, (1, 1, 1, 1)))  # padded with black: the authors' program sees edges in corners
    edges = functional.pad(smooth.diff(dim=-1).abs(), (0, 1)) + functional.pad(smooth.diff(dim=-2).abs(), (0, 0, 0, 1))
    responses = line_responses(edges, length=length, directions=directions)
    drawn = draw_strokes(edges * _largest(responses), length=length, thickness=thickness)
    low, high = drawn.amin(dim=(1, 2, 3), keepdim=True), drawn.amax(dim=(1, 2, 3), keepdim=True)
    return 1 - (drawn - low) / torch.where(high > low, high - low, 1)


def _largest(responses: Tensor) -> Tensor:
    """Mask of each pixel's direction of the largest response, the first of equals (argmax, but fast on a CPU)."""
    best, chosen = responses[:, 0], torch.zeros_like(responses[:, 0], dtype=torch.uint8)
    for direction in range(1, responses.shape[1]):
        chosen = chosen.masked_fill(responses[:, direction] > best, direction)
        best = torch.maximum(best, responses[:, direction])
    return chosen[:, None] == torch.arange(responses.shape[1], device=responses.device)[:, None, None]


def _tone(luma: Tensor) -> Tensor:
    """The tones of pencil drawings, smoothed over a window that lies one pixel off its centre and sees black outside."""
    tone = specify_histogram(luma, tone_distribution().to(luma.device))
    before = TONE_WINDOW // 2 - 1
    padded = functional.pad(tone, (before, TONE_WINDOW // 2, before, TONE_WINDOW // 2))
    return functional.avg_pool2d(functional.avg_pool2d(padded, (TONE_WINDOW, 1), stride=1), (1, TONE_WINDOW), stride=1)


def tone_distribution() -> Float[Tensor, "256"]:
    """Shares of the levels 0..255 in pencil drawings: much bright paper, a broad band of middle tones, few dark strokes.

    Float64 on the CPU. Weights, and a normal distribution whose height does not fit its deviation, are as in the authors'
    program.
    """
    level = torch.arange(LEVELS, dtype=torch.float64)
    bright = torch.exp((level - 255) / 9) / 9
    middle = ((level >= 105) & (level <= 225)) / 120
    dark = torch.exp(-((level - 90) ** 2) / (2 * 11**2)) / (2 * torch.pi * 11) ** 0.5
    shares = 76 * bright + 22 * middle + 2 * dark
    return shares / shares.sum()


def _sheet(texture: Path | None, height: int, width: int) -> Tensor:
    """The user's texture at the picture's size, aspect ignored; or as much of the project's own."""
    return pencil_texture(height, width) if texture is None else resize_bicubic(_read_texture(texture), height, width)


@functools.lru_cache(maxsize=2)
def _read_texture(path: Path) -> Tensor:
    grey = torch.from_numpy(read_photo(path).pixels).to(torch.float64) @ torch.tensor(GREY_SHARES, dtype=torch.float64) / 255
    if grey.mean() > PALEST_TEXTURE:
        raise UnfilterError(f"{path}: is white; a pencil texture is a sheet of paper that was hatched with a pencil")
    return grey


CPD = Operator(
    "cpd",
    cpd,
    source="Lu, Xu, Jia: Combining Sketch and Tone for Pencil Drawing Production, NPAR 2012",
    parameters={
        "kernel_size": Parameter("half the length of a stroke, in pixels", bounds=(1.0, 64.0)),
        "width": Parameter("half the breadth of a stroke, in pixels: 2 width + 1 rows", bounds=(0.0, 16.0)),
        "directions": Parameter("directions of strokes, that divide half a turn", bounds=(1.0, 64.0)),
        "gamma_strokes": Parameter("power of the strokes: above 1 is darker", bounds=(0.1, 10.0)),
        "gamma_tone": Parameter("power of the tones: above 1 is darker", bounds=(0.1, 10.0)),
        "texture": Parameter("photo of pencil hatching on paper, stretched over the picture; by default a computed one"),
    },
    # Strokes, window of the tones and texture all have a handedness.
    symmetry="none",
)
