"""Checkpoint to bundle, in four steps: make, assemble, judge, publish."""

from collections.abc import Callable, Collection
from pathlib import Path

from unfilter.files import remove_leftovers, replacing_folder
from unfilter.format.artifact import Precision
from unfilter.proof.fidelity import FidelityReport
from unfilter_converters.assemble import assemble
from unfilter_converters.cache import Cache
from unfilter_converters.judge import judge
from unfilter_converters.make import PRECISIONS, make
from unfilter_converters.publish import publish, write_page
from unfilter_converters.source import Source


def convert(
    source: Source,
    folder: Path,
    cache: Path,
    *,
    precisions: Collection[Precision] = PRECISIONS,
    on_step: Callable[[str], None] = lambda _: None,
) -> FidelityReport:
    """Make the bundle of `source` at `folder` and verify it; a bundle that stands there is replaced when the new one is
    complete, and what a killed conversion left beside it is cleared away.

    Args:
        source: the checkpoint, from `unfilter_converters.source.read_source`.
        folder: where the bundle goes; a page with pictures goes beside it, as `FOLDER.html`.
        cache: folder of artifacts that were made before; made where it is missing.
        precisions: beside fp32, which ships always, with its verdict; of these, each format gets what can be made of it and
            what keeps its tolerance.
        on_step: called with a line of progress.

    Returns:
        The report of what ships, with what does not under `refused`. It stands in the bundle, without speeds, so that equal
        conversions give equal bundles.

    Raises:
        CheckpointError: the weights are missing or damaged.
        FileNotFoundError: the folder's parent does not exist.
    """
    made_before = Cache(cache)
    if folder.parent.is_dir():
        remove_leftovers(folder.parent)
    with replacing_folder(folder) as temporary:
        made = make(source, precisions, made_before, on_step)
        draft = assemble(source, made, temporary, made_before, on_step)
        judged = judge(draft, made_before, on_step)
        for each in judged.report.refused:
            on_step(f"{each.format} {each.precision} does not ship: {each.reason}")
        publish(draft, judged)
    write_page(folder, judged)
    return judged.report
