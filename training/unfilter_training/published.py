"""The paper's own figures: RGB PSNR in dB and SSIM (of a window of its own: the released code has one of 51 pixels).

Source: "Restorable Image Operators with Quasi-Invertible Networks", AAAI 2022, Tables 1 to 5, through PNG files unless a
table says JPEG. Its photos are MIT-Adobe FiveK's test set, unless a table says RAISE.
"""

from typing import NamedTuple


class Figures(NamedTuple):
    """Approximation and restoration, each PSNR in dB and SSIM; an SSIM that the paper does not give is None."""

    approximation_db: float
    restoration_db: float
    approximation_ssim: float | None = None
    restoration_ssim: float | None = None


PUBLISHED = {
    "wls": Figures(32.58, 37.31, 0.982, 0.985),
    "llf": Figures(32.29, 38.16, 0.976, 0.988),
    "l0": Figures(32.54, 36.46, 0.952, 0.975),
    "wmf": Figures(40.81, 41.25, 0.967, 0.980),
    "rtv": Figures(38.13, 38.76, 0.984, 0.987),
    "rgf": Figures(38.01, 40.06, 0.988, 0.991),
    "bwp": Figures(45.86, 40.50, 0.998, 0.991),
    "cpd": Figures(15.71, 32.33, 0.748, 0.946),
    "rain_princess": Figures(14.69, 36.24, 0.626, 0.984),
    "scream": Figures(19.30, 37.84, 0.733, 0.988),
}
"""Table 1, the paper's method, by filter. Its `bwp` and `cpd` follow each photo's histogram."""

BASELINES = {
    "baseline_ied_l0": Figures(32.19, 28.30, 0.961, 0.876),
    "baseline_steganography_l0": Figures(30.59, 28.43, 0.945, 0.906),
    "baseline_quasi_invertible_llf": PUBLISHED["llf"],
    "baseline_ied_llf": Figures(35.97, 34.65, 0.993, 0.984),
    "baseline_steganography_llf": Figures(27.55, 28.20, 0.927, 0.907),
    "baseline_quasi_invertible_rtv": PUBLISHED["rtv"],
    "baseline_ied_rtv": Figures(35.85, 28.98, 0.976, 0.902),
    "baseline_steganography_rtv": Figures(34.06, 28.66, 0.973, 0.915),
    "baseline_quasi_invertible_scream": PUBLISHED["scream"],
    "baseline_ied_scream": Figures(19.71, 16.45, 0.769, 0.670),
    "baseline_steganography_scream": Figures(31.11, 28.65, 0.941, 0.926),
}
"""Table 1, the columns IED (two encoder-decoders), the paper's method (for L0 that is `ablation_full`) and operator +
steganography, by the recipe that trains the like."""

CROSS_DATASET = {
    ("llf", "fivek"): Figures(32.29, 38.16, 0.976, 0.988),
    ("llf", "raise"): Figures(32.17, 36.20, 0.985, 0.992),
}
"""Table 2, trained on FiveK, by operator and the collection that it is tested on."""

HYPER_PARAMETERS = {
    ("l0", "smoothness", 0.01): Figures(32.83, 37.20),
    ("l0", "smoothness", 0.02): Figures(32.37, 37.14),
    ("l0", "smoothness", 0.04): Figures(31.84, 37.00),
}
"""Table 3, by operator, hyper-parameter and value. Its LLF rows vary a lambda that our LLF (sigma, factor) does not have."""

ABLATIONS = {
    "ablation_no_restoration": Figures(32.10, 16.69, 0.946, 0.672),
    "ablation_no_auxiliary": Figures(29.78, 43.32, 0.921, 0.993),
    "ablation_4_blocks": Figures(31.26, 35.08, 0.947, 0.971),
    "ablation_full": Figures(32.54, 36.46, 0.952, 0.975),
}
"""Table 4, L0, by the recipe that trains the like: no restoration loss, no auxiliary branch, 4 blocks, all of it."""

JPEG_RESTORATION = {70: (26.95, 0.711), 80: (27.78, 0.743), 90: (28.87, 0.786)}
"""Table 5, L0 with compression-aware optimisation: restoration (dB, SSIM) by JPEG quality."""
