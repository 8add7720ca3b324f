"""The quasi-invertible network: squeeze, coupling, auxiliary branch, fusion; and the paper's baselines beside it.

Source: "Restorable Image Operators with Quasi-Invertible Networks", AAAI 2022, section "Network Architecture".
"""

from unfilter_training.network.config import PRESETS, NetworkConfig, preset
from unfilter_training.network.coupling import Coupling
from unfilter_training.network.encoder_decoders import EncoderDecoders, EncoderDecodersConfig
from unfilter_training.network.methods import METHODS, MethodConfig, build, method_of
from unfilter_training.network.quasi_invertible import QuasiInvertibleNetwork
from unfilter_training.network.receptive_field import halo
from unfilter_training.network.restorable import RestorableNetwork
from unfilter_training.network.steganography import Steganography, SteganographyConfig

__all__ = [
    "METHODS",
    "PRESETS",
    "Coupling",
    "EncoderDecoders",
    "EncoderDecodersConfig",
    "MethodConfig",
    "NetworkConfig",
    "QuasiInvertibleNetwork",
    "RestorableNetwork",
    "Steganography",
    "SteganographyConfig",
    "build",
    "halo",
    "method_of",
    "preset",
]
