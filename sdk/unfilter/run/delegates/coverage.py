"""What a GPU or NPU would run of an artifact, and who says so: the file `delegates.json` of a bundle."""

from enum import StrEnum

from pydantic import BaseModel, ConfigDict, ValidationError

from unfilter.errors import BundleError
from unfilter.format.bundle import Bundle
from unfilter.format.manifest import Direction, Precision
from unfilter.run.delegates.recipes import Delegates

FILE = "delegates.json"


class Evidence(StrEnum):
    """What a coverage rests on, from the strongest down. A prediction is never more than that."""

    COMPILED = "compiled by the vendor's compiler"
    CHECKED = "vendor's checker"
    PREDICTED = "predicted from vendor documentation"
    NOT_ASKED = "not available here"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Coverage(_Frozen):
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


class DelegateFile(_Frozen):
    """`delegates.json`: the recipes that samples engage delegates by, and what each covers of this bundle's artifacts."""

    recipes: Delegates
    coverage: tuple[Coverage, ...]


def read_coverage(bundle: Bundle) -> tuple[Coverage, ...]:
    """The coverage that a bundle holds; empty where it was made without.

    Raises:
        BundleError: the file is missing, changed, or not what it must be.
    """
    if bundle.manifest.delegates is None:
        return ()
    path = bundle.checked(bundle.manifest.delegates)
    try:
        return DelegateFile.model_validate_json(path.read_bytes()).coverage
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise BundleError(f"{path}: {where}: {first['msg']}; convert the filter again") from None
