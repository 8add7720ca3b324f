"""What happens to a filtered photo between apply and restore, differentiable: equal siblings of one signature."""

from unfilter_training.degradation.rounding import rounding

__all__ = ["rounding"]
