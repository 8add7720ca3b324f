"""What graphs hold, read from their files: a sibling per format, `read` gives weights and biases by name as float32.

Names are equal in every precision of one format, so that one can be laid beside another; arrays of four axes have output
channels first. `unavailable` says what is missing to read them, or None.
"""

from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Weights = NDArray[np.float32]


class Reader(Protocol):
    """What every sibling has."""

    def unavailable(self) -> str | None: ...

    def read(self, path: Path, /) -> dict[str, Weights]: ...
