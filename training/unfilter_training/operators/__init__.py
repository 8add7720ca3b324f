"""Image operators: the filters that networks learn. Each is a torch function, batched, on any device.

    from unfilter_training.operators import operator
    filtered = operator("l0")(images, smoothness=0.02)

`images` are `Float[Tensor, "batch 3 height width"]` in sRGB 0..1; results may leave 0..1 slightly and are clipped on saving.
Operators run on whole photos; patches are cut afterwards, because most of them look far.
"""

from unfilter.errors import UnfilterError
from unfilter_training.operators.bwp import BWP
from unfilter_training.operators.bwp_fixed import BWP_FIXED
from unfilter_training.operators.cpd import CPD
from unfilter_training.operators.cpd_fixed import CPD_FIXED
from unfilter_training.operators.exposure import EXPOSURE
from unfilter_training.operators.l0 import L0
from unfilter_training.operators.llf import LLF
from unfilter_training.operators.operator import Operator, Parameter, Symmetry
from unfilter_training.operators.retouch import RETOUCH
from unfilter_training.operators.rgf import RGF
from unfilter_training.operators.rtv import RTV
from unfilter_training.operators.style import RAIN_PRINCESS, SCREAM
from unfilter_training.operators.wls import WLS
from unfilter_training.operators.wmf import WMF

OPERATORS: dict[str, Operator] = {
    each.name: each
    for each in (L0, WLS, LLF, WMF, RTV, RGF, BWP, BWP_FIXED, CPD, CPD_FIXED, RAIN_PRINCESS, SCREAM, RETOUCH, EXPOSURE)
}


def operator(name: str) -> Operator:
    """The operator of that name.

    Raises:
        UnfilterError: no such operator.
    """
    try:
        return OPERATORS[name]
    except KeyError:
        raise UnfilterError(f"unknown operator {name!r}: choose one of {', '.join(OPERATORS)}") from None


__all__ = ["OPERATORS", "Operator", "Parameter", "Symmetry", "operator"]
