"""The first divergence: two runtimes walk their graphs on one photo, and the first operation that goes wrong is named.

    from unfilter.proof.divergence import first_divergence

    divergence = first_divergence(bundle, "inverse", Engine("litert", "fp32"), Engine("torch", "fp32"))

The graphs need not have the same operations: values are compared, not names (`unfilter.proof.divergence.counterparts`). What
departs and comes back, such as a convolution whose weights carry a sign that the other graph applies later, is no fault.
"""

from unfilter.proof.divergence.divergence import Divergence
from unfilter.proof.divergence.walk import first_divergence, first_divergences
from unfilter.proof.renamed import renamed_names

__all__ = ["Divergence", "first_divergence", "first_divergences"]

__getattr__ = renamed_names(
    __name__, {"Departure": Divergence, "locate": first_divergence, "locate_failures": first_divergences}
)
