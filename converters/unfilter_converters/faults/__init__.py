"""Faults that a bundle may have, put into real ones on purpose, to see which check of `unfilter verify` catches each.

`onnx`, `litert` and `coreml` edit graphs and weights in the files themselves, `whole` edits manifest and goldens. The
manifest is hashed again after every edit, so that nothing but numbers can tell. `bench` puts each fault into a copy of a
bundle and verifies it.
"""

from unfilter_converters.faults.bench import Outcome, run, without_fault
from unfilter_converters.faults.catalogue import catalogue
from unfilter_converters.faults.fault import Fault, NotHere
from unfilter_converters.faults.form import HIDING, form_of
from unfilter_converters.faults.table import render

__all__ = ["HIDING", "Fault", "NotHere", "Outcome", "catalogue", "form_of", "render", "run", "without_fault"]
