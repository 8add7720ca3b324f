"""What happens to a filtered photo between apply and restore, differentiable: equal siblings.

`rounding` and `identity` take the filtered images; `real_jpeg` and `simulated_jpeg` also quality and chroma subsampling. All
give the images that come back from the file. `Mixture` draws one per batch.
"""

from unfilter_training.degradation.identity import identity
from unfilter_training.degradation.mixture import Degradation, Mixture
from unfilter_training.degradation.real_jpeg import real_jpeg
from unfilter_training.degradation.rounding import rounding
from unfilter_training.degradation.simulated_jpeg import simulated_jpeg
from unfilter_training.degradation.subsampling import Subsampling

__all__ = ["Degradation", "Mixture", "Subsampling", "identity", "real_jpeg", "rounding", "simulated_jpeg"]
