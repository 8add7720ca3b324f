"""The paper's own figures, to stand beside ours."""

from typing import NamedTuple


class Published(NamedTuple):
    """What the paper's method scores through PNG files on its FiveK test set, dB. Source: the paper, Table 1."""

    approximation: float
    restoration: float


PUBLISHED = {
    "wls": Published(32.58, 37.31),
    "llf": Published(32.29, 38.16),
    "l0": Published(32.54, 36.46),
    "wmf": Published(40.81, 41.25),
    "rtv": Published(38.13, 38.76),
    "rgf": Published(38.01, 40.06),
    "bwp": Published(45.86, 40.50),
    "cpd": Published(15.71, 32.33),
    "rain_princess": Published(14.69, 36.24),
    "scream": Published(19.30, 37.84),
}
"""By filter id. The paper's `bwp` and `cpd` follow each photo's histogram, ours have the fixed curves of their operators."""
