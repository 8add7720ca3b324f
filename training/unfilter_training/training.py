"""Training from a recipe, as `unfilter train` does it: warm starts, pairs, trainer, checkpoint.

    recipe = read_recipe("l0")
    train(recipe, Path("photos"), Path("build/training/l0"))

A recipe that starts from another's weights takes them from the folder beside its own, or from the shipped checkpoint; where
neither is there, that recipe is trained first.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from unfilter.errors import UnfilterError
from unfilter_training import checkpoint, distributed
from unfilter_training.data import Patches, make_pairs
from unfilter_training.operators import operator
from unfilter_training.pace import paced
from unfilter_training.plot import plot_log
from unfilter_training.recipe import Recipe, read_recipe
from unfilter_training.sources import open_source
from unfilter_training.trainer import Progress, Trainer, started

PAIRS = Path("build/pairs")
"""Where filtered photos are kept from one training to the next, unless the caller says otherwise."""


class Audience:
    """Who is told how a training goes. This one says nothing; override what is to be shown. Of several processes, the first
    alone tells.
    """

    def photos(self, recipe: Recipe, files: Sequence[tuple[Path, str]]) -> Iterable[tuple[Path, str]]:
        """`files`, each with its layout (`PhotoSource.layout`), as they are filtered one by one."""
        return files

    def steps(self, recipe: Recipe, first: int) -> AbstractContextManager[Callable[[Progress], None]]:
        """What is told of progress while steps are taken, the first of them `first`."""
        return nullcontext(lambda _: None)

    def begins(self, trainer: Trainer) -> None:
        """A training is about to take its first steps, or to go on."""

    def interrupted(self, trainer: Trainer) -> bool:
        """Whether an interrupted training, whose state is saved, ends well: with a checkpoint of what it has learned."""
        return False

    def trained(self, recipe: Recipe, folder: Path, log: Path) -> None:
        """A checkpoint stands in `folder`, and `log` is a picture of how it came about."""


SILENCE = Audience()


def train(
    recipe: Recipe,
    photos: Path,
    folder: Path,
    *,
    pairs: Path = PAIRS,
    device: str | None = None,
    recipes: Path | None = None,
    audience: Audience = SILENCE,
    waiting: tuple[str, ...] = (),
    seconds: float | None = None,
) -> Path:
    """Train `recipe` into `folder`, or go on where a training stopped; returns the checkpoint, which is `folder`.

    Args:
        recipe: what to train.
        photos: folder of training photos.
        folder: for state, log and checkpoint.
        pairs: folder of photos that were filtered before.
        device: of torch; None takes cuda where there is one, else cpu.
        recipes: folder of recipes that warm starts name, asked before the shipped ones.
        audience: told how it goes.
        waiting: names of this recipe and of those that wait for its weights.
        seconds: length of the training instead of the recipe's steps, `pace.paced`; a training that goes on keeps its own.

    Raises:
        UnfilterError: no photos, an unknown recipe, warm starts that go round in a circle, or a batch that the processes
            cannot share.
    """
    distributed.share(recipe.schedule.batch)  # refuses what cannot be shared before hours of work
    start, warm_start = None, None
    if recipe.warm_start is not None:
        source = _weights(recipe.warm_start, photos, folder, pairs, device, recipes, audience, waiting or (recipe.filter,))
        network, description = checkpoint.load(source)
        start = network.state_dict()
        warm_start = checkpoint.WarmStart(recipe=recipe.warm_start, weights_sha256=description.weights_sha256)
    alone = distributed.rank() == 0
    told = audience if alone else SILENCE
    if not alone:
        distributed.wait_for_all()  # until process 0 has made the pairs
    look = open_source(recipe.source, folder, *([recipes] if recipes else [])) if recipe.source else None
    made = make_pairs(photos, recipe, pairs, device or "cpu", lambda files: told.photos(recipe, files), look)
    if alone:
        distributed.wait_for_all()
    schedule = recipe.schedule
    symmetry = recipe.source.symmetry if recipe.source else operator(recipe.operator).symmetry
    patches = Patches(
        made,
        size=schedule.patch,
        seed=schedule.seed,
        symmetry=symmetry,
        looks=recipe.looks,
    )
    if seconds is not None:
        recipe = started(folder) or paced(recipe, patches, seconds, device)
    trainer = Trainer(recipe, patches, folder, device=device, start=start)
    told.begins(trainer)
    with told.steps(recipe, trainer.step) as on_step:
        try:
            trainer.run(on_step)
        except KeyboardInterrupt:
            if not told.interrupted(trainer):
                raise
    if alone:
        count = len({pair.photo.ctypes.data for pair in patches.pairs})  # draws of the hyper-parameters share a photo
        checkpoint.save(folder, trainer.averaged(), trainer.describe(photos=count, warm_start=warm_start))
        told.trained(recipe, folder, plot_log(folder))
    distributed.wait_for_all()
    return folder


def _weights(
    name: str,
    photos: Path,
    folder: Path,
    pairs: Path,
    device: str | None,
    recipes: Path | None,
    audience: Audience,
    waiting: tuple[str, ...],
) -> Path:
    """The checkpoint that a warm start takes, trained here where it is neither beside `folder` nor shipped."""
    beside = folder.parent / name
    if (beside / checkpoint.DESCRIPTION).exists():
        return beside
    if name in checkpoint.shipped_and_guided():
        return checkpoint.find(name)
    if name in waiting:
        raise UnfilterError(f"warm starts go round in a circle: {' from '.join((*waiting, name))}")
    own = recipes / f"{name}.toml" if recipes else None
    recipe = read_recipe(str(own) if own and own.exists() else name)
    return train(
        recipe,
        photos,
        beside,
        pairs=pairs,
        device=device,
        recipes=recipes,
        audience=audience,
        waiting=(*waiting, name),
    )
