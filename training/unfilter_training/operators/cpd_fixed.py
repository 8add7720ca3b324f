"""Coloured pencil drawing with fixed curves: what `cpd` does, as far as a local network can learn it.

What differs from `cpd`, and why:

- Strokes have a fixed gain in place of the stretch to each picture's strongest stroke.
- Tones go through one curve in place of each picture's histogram match.
- No texture: it lies at fixed places of the sheet, which a network that treats all places alike cannot know. The authors'
  rendering keeps the mean tone, so the tone alone is its mean effect; the hatching that stays is the photo's own detail,
  drawn as strokes.
- An edge pixel shares its strokes between directions that fit about equally well, in place of the best one alone, and edges
  are measured to both sides: flipped or turned photos give flipped or turned drawings (turned: if `directions` is even).
- Paper is as white as the screen, not 9% whiter, so that pale tones are not lost in clipping; borders are not darkened.

A result depends on the photo within `reach` pixels and on nothing else.
"""

import torch
from jaxtyping import Float
from torch import Tensor
from torch.nn import functional

from unfilter_training.operators.operator import Operator, Parameter
from unfilter_training.operators.pencil_strokes import draw_strokes, line_responses, median_3x3
from unfilter_training.operators.studio_luma import BLACK, RANGE, replace_luma, studio_luma

DARKEST_TONE, CURVE_MIDDLE, CURVE_STEEPNESS = 0.26, 0.142, 2.45
"""Fitted once (to 0.02 rms) to the curve that takes the mean luma distribution of 78 photos of the training set, CID22,
cameras and BSDS500, to the tones of `cpd`."""
TONE_WINDOW = 9
SELECTIVITY = 3
"""Squarings: a direction's share of the strokes grows with the 8th power of its response."""


def cpd_fixed(
    images: Float[Tensor, "batch 3 height width"],
    *,
    kernel_size: int = 8,
    width: int = 1,
    directions: int = 8,
    stroke_gain: float = 2.5,  # the median photo of those 78 is stretched by about this much in `cpd`
    gamma_tone: float = 1.0,
) -> Float[Tensor, "batch 3 height width"]:
    """Draw with coloured pencils, with fixed curves: strokes along the edges over pale tones, the photo's own chroma.

    sRGB in; the result is unclipped and passes white only in bright colours. A pixel depends on those within `reach` only.
    """
    luma = (studio_luma(images) - BLACK) / RANGE
    paper = _strokes(luma, kernel_size, width, directions, stroke_gain)
    tone = _box_mean(pencil_tone(luma)) ** gamma_tone
    return replace_luma(images, BLACK + RANGE * paper * tone)


def reach(kernel_size: int = 8) -> int:
    """Pixels in each direction beyond which nothing counts: median, difference, response, stroke."""
    return 1 + 1 + kernel_size + kernel_size


def pencil_tone(luma: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """Tone of a pencil drawing for a luma in 0..1: smooth, rising, 0.26 for black and near 1 from the middle on."""
    rise = (luma.clamp_min(0) / CURVE_MIDDLE) ** CURVE_STEEPNESS
    return 1 - (1 - DARKEST_TONE) / (1 + rise)


def _strokes(luma: Tensor, length: int, thickness: int, directions: int, gain: float) -> Tensor:
    smooth = median_3x3(_extended(luma, 1))
    across, down = (_extended(smooth, 1).diff(dim=dim).abs() for dim in (-1, -2))
    across, down = across[..., 1:-1, :], down[..., 1:-1]
    edges = (across[..., 1:] + across[..., :-1] + down[..., 1:, :] + down[..., :-1, :]) / 2
    responses = line_responses(edges, length=length, directions=directions)
    tiny = torch.finfo(luma.dtype).tiny ** 0.5
    shares = responses / responses.amax(dim=1, keepdim=True).clamp_min(tiny)
    for _ in range(SELECTIVITY):
        shares = shares * shares
    shares = shares / shares.sum(dim=1, keepdim=True).clamp_min(tiny)
    drawn = draw_strokes(edges * shares, length=length, thickness=thickness)
    strongest = (2 * length + 1) * (2 * thickness + 1)
    return (1 - gain / strongest * drawn).clamp_min(0)


def _extended(luma: Tensor, by: int) -> Tensor:
    return functional.pad(luma, (by, by, by, by), mode="replicate")


def _box_mean(tone: Tensor) -> Tensor:
    extended = _extended(tone, TONE_WINDOW // 2)
    return functional.avg_pool2d(functional.avg_pool2d(extended, (TONE_WINDOW, 1), stride=1), (1, TONE_WINDOW), stride=1)


CPD_FIXED = Operator(
    "cpd_fixed",
    cpd_fixed,
    source="after Lu, Xu, Jia: Combining Sketch and Tone for Pencil Drawing Production, NPAR 2012; the curves are our own",
    parameters={
        "kernel_size": Parameter("half the length of a stroke, in pixels", bounds=(1.0, 64.0)),
        "width": Parameter("half the breadth of a stroke, in pixels: 2 width + 1 rows", bounds=(0.0, 16.0)),
        "directions": Parameter("directions of strokes, that divide half a turn", bounds=(1.0, 64.0)),
        "stroke_gain": Parameter("darkness of a stroke per luma step of a long straight edge", bounds=(0.0, 20.0)),
        "gamma_tone": Parameter("power of the tones: above 1 is darker", bounds=(0.1, 10.0)),
    },
    exact=torch.float32,
)
