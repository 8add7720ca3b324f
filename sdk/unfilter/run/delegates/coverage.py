"""What a GPU or NPU would run of an artifact, and who says so: the file `delegates.json` of a bundle."""

import json
from enum import StrEnum
from typing import get_args

from pydantic import ValidationError

from unfilter.errors import BundleError
from unfilter.format.artifact import DIRECTIONS, Direction, Precision
from unfilter.format.bundle import Bundle
from unfilter.format.validation import READING, Extensible, first_problem, without_later
from unfilter.run.delegates import table
from unfilter.run.delegates.table import Delegates

FILE = "delegates.json"


class Evidence(StrEnum):
    """What a coverage rests on, from the strongest down. A prediction is never more than that."""

    COMPILED = "compiled by the vendor's compiler"
    CHECKED = "vendor's checker"
    PREDICTED = "predicted from vendor documentation"
    NOT_ASKED = "not available here"


class Coverage(Extensible):
    """One graph on one delegate.

    Attributes:
        path: the artifact, relative to the bundle.
        operations: how many the graph has, after constants are folded.
        taken: how many of them the delegate takes; None where nobody could be asked.
        partitions: stretches that the delegate takes; one, with all operations in it, is the goal. A prediction counts the
            unbroken runs in the order of the graph.
        left: kinds of operations that it leaves to the CPU.
        source: tool and version, or the vendor's page.
        note: what the evidence does not say.
    """

    path: str
    direction: Direction
    precision: Precision
    runtime: str
    delegate: str
    evidence: Evidence
    operations: int
    taken: int | None
    partitions: int | None
    left: tuple[str, ...]
    source: str
    note: str

    @property
    def whole(self) -> bool:
        """Whether the delegate takes everything, in one partition."""
        return self.taken == self.operations and self.partitions == 1


class DelegateFile(Extensible):
    """`delegates.json`: the table that samples engage delegates by, and what each covers of this bundle's artifacts."""

    recipes: Delegates
    coverage: tuple[Coverage, ...]


def read_coverage(bundle: Bundle) -> tuple[Coverage, ...]:
    """The coverage that a bundle holds, without delegates and precisions that a later version added; empty where it was
    made without.

    Raises:
        BundleError: the file is missing, changed, or not what it must be.
    """
    if bundle.manifest.delegates is None:
        return ()
    path = bundle.checked(bundle.manifest.delegates)
    try:
        fields = json.loads(path.read_bytes())
        known = {
            "precision": get_args(Precision),
            "direction": DIRECTIONS,
            "delegate": table.names(),
            "evidence": [str(each) for each in Evidence],
        }
        if isinstance(fields, dict) and "coverage" in fields:
            fields["coverage"] = without_later(fields["coverage"], known)
        own = Delegates(recipes=(), preferred={})  # this version's table counts, not the bundle's
        return DelegateFile.model_validate({**fields, "recipes": own}, context=READING).coverage
    except ValidationError as error:
        raise BundleError(f"{path}: {first_problem(error, 'delegates')}; convert the filter again") from None
    except (ValueError, TypeError, RecursionError):
        raise BundleError(f"{path}: is no list of delegates; convert the filter again") from None
