"""The first divergence: two runtimes walk their graphs on one photo, and the first operation that goes wrong is named.

    from unfilter.proof.divergence import locate

    divergence = locate(bundle, "inverse", Engine("litert", "fp32"), Engine("torch", "fp32"))

The graphs need not have the same operations: values are compared, not names (`unfilter.proof.divergence.counterparts`). What
departs and comes back, such as a convolution whose weights carry a sign that the other graph applies later, is no fault.
"""

import warnings

from unfilter.proof.divergence.divergence import Divergence
from unfilter.proof.divergence.locate import locate, locate_failures

__all__ = ["Divergence", "locate", "locate_failures"]


def __getattr__(name: str) -> type[Divergence]:
    if name != "Departure":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    warnings.warn("Departure is Divergence now; the old name goes with 1.0", DeprecationWarning, stacklevel=2)
    return Divergence
