"""How fast a bundle runs on this machine: every subject in a process of its own, all of them in turn.

A shared machine is never twice equally fast. So nothing is measured alone: round after round every subject runs once, and
what is reported are medians, and ratios within the run. Peak memory is that of the subject's process.
"""

from unfilter.proof.bench.measure import Subject, measure
from unfilter.proof.bench.report import BenchReport, Row, render

__all__ = ["BenchReport", "Row", "Subject", "measure", "render"]
