"""A look from its source to a verified bundle, in one call: examined, trained, scored, converted."""

from collections.abc import Callable
from pathlib import Path

from unfilter.proof.fidelity import FidelityReport
from unfilter_converters.convert import convert
from unfilter_converters.source import read_source
from unfilter_training.look_progress import Watcher
from unfilter_training.new_look import Prepared, learn


def new(
    prepared: Prepared,
    bundle: Path,
    cache: Path,
    *,
    minutes: float = 20.0,
    pairs: Path = Path("build/pairs"),
    watcher: Watcher | None = None,
    on_step: Callable[[str], None] = lambda _: None,
) -> FidelityReport:
    """Train what `unfilter_training.new_look.prepare` gave, and make the bundle of it at `bundle`.

    Args:
        prepared: the look, its photos and its recipe.
        bundle: folder of the bundle, which is replaced where it stands; its parent is made.
        cache: as for `convert`.
        minutes: of training, on one processor.
        pairs: folder of results that were made before.
        watcher: told how the training goes.
        on_step: called with a line of progress of the conversion.

    Raises:
        UnfilterError: as `learn` and `convert` say.
    """
    checkpoint = learn(prepared, minutes=minutes, pairs=pairs, watcher=watcher)
    bundle.parent.mkdir(parents=True, exist_ok=True)
    return convert(read_source(checkpoint), bundle, cache, on_step=on_step)
