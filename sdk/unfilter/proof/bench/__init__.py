"""How fast a bundle runs on this machine: every case in a process of its own, all of them in turn.

A shared machine is never twice equally fast. So nothing is measured alone: round after round every case runs once, and
what is reported are medians, and ratios within the run. Peak memory is that of the case's process.
"""

from unfilter.proof.bench.measure import BenchCase, measure
from unfilter.proof.bench.report import BenchReport, Row, render
from unfilter.proof.renamed import renamed_names

__all__ = ["BenchCase", "BenchReport", "Row", "measure", "render"]

__getattr__ = renamed_names(__name__, {"Subject": BenchCase})
