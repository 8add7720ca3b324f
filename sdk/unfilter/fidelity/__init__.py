"""Proof that a bundle restores: measured on its goldens, every forward against every inverse, judged by tolerances."""

from unfilter.fidelity.metrics import psnr, ssim
from unfilter.fidelity.report import FidelityReport, Verdict
from unfilter.fidelity.tolerances import TOLERANCES, Tolerance
from unfilter.fidelity.verify import verify

__all__ = ["TOLERANCES", "FidelityReport", "Tolerance", "Verdict", "psnr", "ssim", "verify"]
