"""The paper's baseline IED: two encoder-decoders that know nothing of each other but the saved file.

Source: the paper, section "Experiments", after Chen, Xu and Koltun, "Fast Image Processing with Fully-Convolutional
Networks", ICCV 2017: dilations that grow. Here they shrink again, in the half-resolution bands and the form of our own
auxiliary branch, so that methods and not layers are compared.
"""

from typing import Literal

from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor, nn

from unfilter_training.network.auxiliary import Dilated
from unfilter_training.network.restorable import RestorableNetwork
from unfilter_training.network.squeeze import HaarSqueeze

CHANNELS = 12


class EncoderDecodersConfig(BaseModel):
    """Form of two encoder-decoders. Frozen, and unknown fields are refused.

    A width of 48 takes 33.8 kMAC per photo pixel in either direction, 67.5 in both; the `mobile` preset takes 38.7 forward
    and 28.0 back, 66.7 in both.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["encoder_decoders"] = "encoder_decoders"
    width: int = Field(48, ge=1)

    @property
    def hyper_parameters(self) -> int:
        """This baseline takes none."""
        return 0


class EncoderDecoders(RestorableNetwork):
    """One encoder-decoder learns the operator, another one learns to restore. Both start as the identity."""

    alignment = 2

    def __init__(self, config: EncoderDecodersConfig) -> None:
        super().__init__()
        self.config = config
        self.squeeze = HaarSqueeze()
        self.there = residual_branch(CHANNELS, config.width)
        self.back = residual_branch(CHANNELS, config.width)

    def forward(self, image: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        """The filtered photo, unclipped. Height and width must be even."""
        bands = self.squeeze.squeeze(image)
        return self.squeeze.unsqueeze(bands + self.there(bands).float())

    def filter(
        self,
        image: Float[Tensor, "batch 3 height width"],
        hyper_parameters: Float[Tensor, "batch count"] | None = None,
        output: Float[Tensor, "batch 3 height width"] | None = None,
    ) -> tuple[Float[Tensor, "batch 3 height width"], None]:
        """`self(image)`.

        Raises:
            ValueError: `hyper_parameters` are given.
        """
        if hyper_parameters is not None:
            raise ValueError("encoder_decoders take no hyper-parameters")
        return self(image), None

    def restore(self, filtered: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        """Restored photo, unclipped."""
        bands = self.squeeze.squeeze(filtered)
        return self.squeeze.unsqueeze(bands + self.back(bands).float())


def residual_branch(channels_in: int, width: int) -> Dilated:
    """An encoder-decoder whose result is added to an image's bands, and zero at first."""
    branch = Dilated(channels_in, CHANNELS, width)
    nn.init.zeros_(branch.last.weight)
    nn.init.zeros_(branch.last.bias)
    return branch
