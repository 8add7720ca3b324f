"""Goldens that every language reads: `goldens.json` and the files that it names, made from a bundle by `unfilter goldens`.

A bundle's own goldens are whole PNG photos for the runtimes of this SDK. These are for code that is written again in another
language: pixels without a codec around them, tile plans, roundings, tags, and files that must be refused.
"""

from unfilter.proof.goldens.look import golden_look
from unfilter.proof.goldens.schema import NAME, Goldens
from unfilter.proof.goldens.write import write_goldens

__all__ = ["NAME", "Goldens", "golden_look", "write_goldens"]
