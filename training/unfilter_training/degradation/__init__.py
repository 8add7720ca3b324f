"""What happens to a filtered photo between apply and restore, differentiable: equal siblings.

`rounding` and `identity` take the filtered images; `real_jpeg` and `simulated_jpeg` also quality and chroma subsampling. All
give the images that come back from the file. `Sharing` is a chain of them with a resizing between. `Mixture` draws among
them, `each` gives every image of a batch its own, `of_step` draws for a step of a training.
"""

from unfilter_training.degradation.identity import identity
from unfilter_training.degradation.mixture import Degradation, Mixture, each, of_step, reference
from unfilter_training.degradation.real_jpeg import real_jpeg
from unfilter_training.degradation.rounding import rounding
from unfilter_training.degradation.sharing import Sharing, SharingRanges
from unfilter_training.degradation.simulated_jpeg import simulated_jpeg

__all__ = [
    "Degradation",
    "Mixture",
    "Sharing",
    "SharingRanges",
    "each",
    "identity",
    "of_step",
    "real_jpeg",
    "reference",
    "rounding",
    "simulated_jpeg",
]
