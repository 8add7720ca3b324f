"""Proof that a bundle restores: on its goldens or on photos, every forward against every inverse, judged by tolerances.

    from pathlib import Path
    from unfilter import Bundle
    from unfilter.proof.fidelity import judge, read_report, regressions, render, verify

    report = verify(Bundle(Path("build/bundles/l0")))
    print(render(report))
    assert not report.failures

`verify` measures and judges; `judge` judges a report again under other tolerances; `regressions` compares two.
docs/verify.md describes the report.
"""

from unfilter.proof.fidelity.baseline import Regression, regressions
from unfilter.proof.fidelity.judgement import judge
from unfilter.proof.fidelity.metrics import psnr, ssim
from unfilter.proof.fidelity.report import FidelityReport, read_report
from unfilter.proof.fidelity.reports.terminal import render
from unfilter.proof.fidelity.results import Verdict
from unfilter.proof.fidelity.tolerances import TOLERANCES, Tolerance, read_tolerances
from unfilter.proof.fidelity.verify import verify

__all__ = [
    "TOLERANCES",
    "FidelityReport",
    "Regression",
    "Tolerance",
    "Verdict",
    "judge",
    "psnr",
    "read_report",
    "read_tolerances",
    "regressions",
    "render",
    "ssim",
    "verify",
]
