"""Methods of making a filter restorable, equal siblings: the quasi-invertible network, and the paper's baselines."""

from typing import Annotated, Any

from pydantic import Discriminator, Tag

from unfilter_training.network.config import NetworkConfig
from unfilter_training.network.encoder_decoders import EncoderDecoders, EncoderDecodersConfig
from unfilter_training.network.quasi_invertible import QuasiInvertibleNetwork
from unfilter_training.network.restorable import RestorableNetwork
from unfilter_training.network.steganography import Steganography, SteganographyConfig

QUASI_INVERTIBLE = "quasi_invertible"
METHODS = (QUASI_INVERTIBLE, "encoder_decoders", "steganography")


def method_of(config: Any) -> str:
    """Name of the method that a configuration, or the table it is read from, is one of.

    Tables that name none are quasi-invertible networks, as all were once.
    """
    if isinstance(config, dict):
        return str(config.get("method", QUASI_INVERTIBLE))
    return str(getattr(config, "method", QUASI_INVERTIBLE))


MethodConfig = Annotated[
    Annotated[NetworkConfig, Tag(QUASI_INVERTIBLE)]
    | Annotated[EncoderDecodersConfig, Tag("encoder_decoders")]
    | Annotated[SteganographyConfig, Tag("steganography")],
    Discriminator(
        method_of,
        custom_error_type="unknown_method",
        custom_error_message=f"unknown method: choose one of {', '.join(METHODS)}",
    ),
]
"""A network's form, whatever its method: a field of recipes and of checkpoints."""


def build(config: NetworkConfig | EncoderDecodersConfig | SteganographyConfig) -> RestorableNetwork:
    """A fresh network of that form."""
    if isinstance(config, NetworkConfig):
        return QuasiInvertibleNetwork(config)
    return EncoderDecoders(config) if isinstance(config, EncoderDecodersConfig) else Steganography(config)
