"""What training and scoring ask of a network, whatever its method."""

from abc import ABC, abstractmethod

from jaxtyping import Float
from torch import Tensor, nn


class RestorableNetwork(nn.Module, ABC):
    """A pair of directions: photo to filtered photo, and back from what the file holds. Images are sRGB 0..1, unclipped.

    Attributes:
        takes_output: whether filtering needs the operator's own output besides the photo.
        alignment: height and width of whatever passes through are multiples of this, in pixels.
    """

    takes_output: bool = False
    alignment: int

    @abstractmethod
    def filter(
        self,
        image: Float[Tensor, "batch 3 height width"],
        hyper_parameters: Float[Tensor, "batch count"] | None = None,
        output: Float[Tensor, "batch 3 height width"] | None = None,
    ) -> tuple[Float[Tensor, "batch 3 height width"], Float[Tensor, "batch delta delta_height delta_width"] | None]:
        """The filtered photo, and Delta where the method has one.

        `output` is the operator's own output on `image`: looked at where `takes_output`, and by no other network.

        Raises:
            ValueError: `hyper_parameters` or `output` are missing, or `hyper_parameters` superfluous.
        """

    @abstractmethod
    def restore(self, filtered: Float[Tensor, "batch 3 height width"]) -> Float[Tensor, "batch 3 height width"]:
        """The photo, from the filtered one as it was saved and nothing else."""
