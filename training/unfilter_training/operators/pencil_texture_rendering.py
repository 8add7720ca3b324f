"""Render tones with a pencil texture: how many layers of the texture give each tone (Lu, Xu, Jia 2012, section 3.2)."""

import torch
from jaxtyping import Float
from torch import Tensor

SMOOTHNESS = 0.2
TOLERANCE = 1e-6
"""The authors' program stops at this relative residual."""
MAX_ITERATIONS = 1000
"""Some 40 are needed; more only where a texture has large white parts."""
DARKEST = 1e-3
"""Tones and textures below are raised to it: the logarithm of black is not finite."""
LIGHTEST = 1 - 1e-6


def render_texture(
    tone: Float[Tensor, "batch 1 height width"], texture: Float[Tensor, "height width"]
) -> Float[Tensor, "batch 1 height width"]:
    """`texture` to the power b, where b log(texture) is close to log(tone) and b is smooth; grey in 0..1.

    Raw grey values take the role of light: b is the number of times that the pencil went over a place.
    """
    # The authors difference the picture as one long column, so the foot of each column touches the head of the next.
    logarithm = texture.clamp(DARKEST, LIGHTEST).log().T
    wanted = tone[:, 0].clamp_min(DARKEST).log().transpose(1, 2)
    layers = _solve((logarithm * wanted).flatten(1), logarithm.square().flatten(), texture.shape[0])
    rendered = (layers.view(wanted.shape) * logarithm).exp()
    return rendered.transpose(1, 2)[:, None]


def _solve(
    right_side: Float[Tensor, "batch pixels"], data_weight: Float[Tensor, " pixels"], column: int
) -> Float[Tensor, "batch pixels"]:
    """Solve (0.2 (Dx Dx' + Dy Dy') + diag(data_weight)) b = right_side by conjugate gradients.

    Preconditioned by the diagonal. Pixels in column-major order, `column` of them to a column. D takes a forward
    difference, the last one without a partner.
    """
    diagonal = data_weight + 4 * SMOOTHNESS
    diagonal[-1] -= SMOOTHNESS
    diagonal[-column:] -= SMOOTHNESS
    inverse = 1 / diagonal

    def apply(vector: Tensor) -> Tensor:
        result = diagonal * vector
        for step in (1, column):
            result[:, step:].add_(vector[:, :-step], alpha=-SMOOTHNESS)
            result[:, :-step].add_(vector[:, step:], alpha=-SMOOTHNESS)
        return result

    goal = TOLERANCE * right_side.norm(dim=1, keepdim=True)
    solution = torch.zeros_like(right_side)
    residual = right_side.clone()
    direction = inverse * residual
    energy = (residual * direction).sum(dim=1, keepdim=True)
    for _ in range(MAX_ITERATIONS):
        # A picture that is solved stays as it is, so that its result does not hang on the others of its batch.
        active = residual.norm(dim=1, keepdim=True) > goal
        if not active.any():
            break
        applied = apply(direction)
        length = torch.where(active, energy / (direction * applied).sum(dim=1, keepdim=True), 0)
        solution.addcmul_(length, direction)
        residual.addcmul_(length, applied, value=-1)
        preconditioned = inverse * residual
        previous, energy = energy, (residual * preconditioned).sum(dim=1, keepdim=True)
        direction.mul_(torch.where(active, energy / previous, 0)).add_(preconditioned)
    return solution
