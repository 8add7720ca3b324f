"""Where a graph goes wrong: two runtimes walk their graphs on one photo, and the first operation that departs is named.

    from unfilter.proof.locate import locate

    departure = locate(bundle, "inverse", Engine("litert", "fp32"), Engine("torch", "fp32"))

The graphs need not have the same operations: values are compared, not names (`unfilter.proof.locate.counterparts`). What
departs and comes back, such as a convolution whose weights carry a sign that the other graph applies later, is no fault.
"""

from unfilter.proof.locate.departure import Departure
from unfilter.proof.locate.locate import locate, locate_failures

__all__ = ["Departure", "locate", "locate_failures"]
