"""The quasi-invertible network: squeeze, coupling, auxiliary branch, fusion.

Source: "Restorable Image Operators with Quasi-Invertible Networks", AAAI 2022, section "Network Architecture".
"""

from unfilter_training.network.config import PRESETS, NetworkConfig, preset
from unfilter_training.network.coupling import Coupling
from unfilter_training.network.quasi_invertible import QuasiInvertibleNetwork
from unfilter_training.network.receptive_field import halo

__all__ = ["PRESETS", "Coupling", "NetworkConfig", "QuasiInvertibleNetwork", "halo", "preset"]
