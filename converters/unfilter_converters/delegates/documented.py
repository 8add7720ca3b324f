"""What vendors' pages say that a delegate takes, and what that comes to for a graph. A prediction, and labelled as one."""

from collections.abc import Collection, Sequence
from itertools import groupby

from unfilter.format.artifact import Artifact
from unfilter.run.delegates.coverage import Coverage, Evidence


def predicted(
    artifact: Artifact,
    delegate: tuple[str, str],
    operations: Sequence[str],
    takes: Collection[str],
    source: str,
    note: str = "",
) -> Coverage:
    """Coverage of `operations`, kinds in the order of the graph, by a delegate that takes the kinds `takes`.

    `delegate` is its runtime and its name.
    """
    runs = [taken for taken, _ in groupby(kind in takes for kind in operations)]
    return Coverage(
        path=artifact.path,
        direction=artifact.direction,
        precision=artifact.precision,
        runtime=delegate[0],
        delegate=delegate[1],
        evidence=Evidence.PREDICTED,
        operations=len(operations),
        taken=sum(kind in takes for kind in operations),
        partitions=sum(runs),
        left=tuple(sorted(set(operations) - set(takes))),
        source=source,
        note=note,
    )


def not_asked(artifact: Artifact, delegate: tuple[str, str], operations: Sequence[str], source: str, note: str) -> Coverage:
    """The entry of a delegate whose vendor could not be asked here."""
    nothing = predicted(artifact, delegate, operations, (), source, note)
    return nothing.model_copy(update={"evidence": Evidence.NOT_ASKED, "taken": None, "partitions": None, "left": ()})
