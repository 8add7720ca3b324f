"""What may stand before and after the inverse: a few convolutions that mend what the file lost.

Source of an enhancer on the decoded image: PRIS (Yang et al.) and IRN-CRM, hiding and rescaling under attack.
"""

from jaxtyping import Float
from torch import Tensor

from unfilter_training.network.coupling import Subnet

CONVOLUTIONS = 3


class Enhancer(Subnet):
    """Adds to a squeezed image what convolutions see in it; adds nothing at first, so that it starts as the identity."""

    def __init__(self, channels: int, width: int) -> None:
        super().__init__(channels, channels, width, CONVOLUTIONS, skip=False)

    def forward(self, x: Float[Tensor, "batch channels height width"]) -> Float[Tensor, "batch channels height width"]:
        # float32 from here on, as in the couplings: in bf16 the sum would round the photo itself
        return x + super().forward(x).float()
