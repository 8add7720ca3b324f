"""The paper's baseline operator + steganography: the photo is hidden in the operator's own output, and revealed from it.

Source: the paper, section "Experiments", after Weng et al., "High-Capacity Convolutional Video Steganography with Temporal
Residual Modeling", ICMR 2019: a hiding network sees cover and secret, a revealing network the container alone. Layers are
those of our own auxiliary branch, as in `encoder_decoders`.
"""

from typing import Literal

import torch
from jaxtyping import Float
from pydantic import BaseModel, ConfigDict, Field
from torch import Tensor

from unfilter_training.network.encoder_decoders import CHANNELS, residual_branch
from unfilter_training.network.restorable import RestorableNetwork
from unfilter_training.network.squeeze import HaarSqueeze


class SteganographyConfig(BaseModel):
    """Form of a hiding and a revealing network. Frozen, and unknown fields are refused.

    A width of 48 takes 35.1 kMAC per photo pixel forward and 33.8 back, 68.9 in both; the `mobile` preset takes 38.7 and
    28.0, 66.7 in both. The operator itself, which has to run before, comes on top.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    method: Literal["steganography"] = "steganography"
    width: int = Field(48, ge=1)

    @property
    def hyper_parameters(self) -> int:
        """This baseline takes none: whatever parameters the operator ran with, its output is what it is."""
        return 0


class Steganography(RestorableNetwork):
    """The container is the operator's output and a little more. At first it is that output, and so is what is revealed."""

    takes_output = True
    alignment = 2

    def __init__(self, config: SteganographyConfig) -> None:
        super().__init__()
        self.config = config
        self.squeeze = HaarSqueeze()
        self.hide = residual_branch(2 * CHANNELS, config.width)
        self.reveal = residual_branch(CHANNELS, config.width)

    def forward(
        self, image: Float[Tensor, "batch 3 height width"], output: Float[Tensor, "batch 3 height width"]
    ) -> Float[Tensor, "batch 3 height width"]:
        """The container, unclipped, of a photo and the operator's output on it. Height and width must be even."""
        secret, cover = self.squeeze.squeeze(image), self.squeeze.squeeze(output)
        return self.squeeze.unsqueeze(cover + self.hide(torch.cat([cover, secret], dim=1)).float())

    def filter(
        self,
        image: Float[Tensor, "batch 3 height width"],
        hyper_parameters: Float[Tensor, "batch count"] | None = None,
        output: Float[Tensor, "batch 3 height width"] | None = None,
    ) -> tuple[Float[Tensor, "batch 3 height width"], None]:
        """`self(image, output)`.

        Raises:
            ValueError: `output` is missing, or `hyper_parameters` are given.
        """
        if hyper_parameters is not None:
            raise ValueError("steganography takes no hyper-parameters")
        if output is None:
            raise ValueError("steganography hides the photo in the operator's output, and none was given")
        return self(image, output), None

    def restore(self, filtered: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        """Restored photo, unclipped."""
        bands = self.squeeze.squeeze(filtered)
        return self.squeeze.unsqueeze(bands + self.reveal(bands).float())
