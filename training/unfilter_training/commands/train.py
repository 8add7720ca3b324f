"""`unfilter train`: a recipe and a folder of photos to a checkpoint."""

import signal
from argparse import ArgumentParser, Namespace
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unfilter_training.recipe import Recipe

SUMMARY = "train a filter from a recipe and a folder of photos; resumes where it stopped"
EXTRA: str | None = "train"
REQUIRES = ("torch", "safetensors", "jaxtyping", "tqdm", "matplotlib")
DESCRIPTION = """\
A recipe that starts from another's weights (warm_start) takes them from the folder beside --out, or from the shipped
checkpoint; where neither is there, that recipe is trained first: the one beside a .toml file, or the shipped one. On several
GPUs or machines, start the same command with torch's launcher: torchrun --nproc-per-node 4 -m unfilter train l0 PHOTOS"""


def add_arguments(parser: ArgumentParser) -> None:
    parser.description = DESCRIPTION
    parser.add_argument("recipe", metavar="RECIPE", help="shipped recipe, such as l0, or a .toml file")
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of training photos")
    parser.add_argument("--out", type=Path, help="where state, log and checkpoint go (build/training/FILTER)")
    parser.add_argument("--pairs", type=Path, default=Path("build/pairs"), help="filtered photos made before (build/pairs)")
    parser.add_argument("--device", help="torch device (default: cuda where there is one, else cpu)")


def run(arguments: Namespace) -> int:
    from unfilter_training import distributed
    from unfilter_training.recipe import read_recipe

    interrupt_politely()
    recipe = read_recipe(arguments.recipe)
    folder = arguments.out or Path("build/training") / recipe.filter
    with distributed.launched(arguments.device) as device:
        train_recipe(recipe, folder, arguments, device, (Path(arguments.recipe).stem,))
    return 0


def interrupt_politely() -> None:
    """A polite kill interrupts, and so saves the state, as Ctrl-C does."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _interrupt_once)


def _interrupt_once(number: int, frame: FrameType | None) -> None:
    """Interrupts, and lets nothing interrupt the saving: torchrun passes on a Ctrl-C that each process gets already."""
    for later in (signal.SIGINT, signal.SIGTERM):
        signal.signal(later, signal.SIG_IGN)
    raise KeyboardInterrupt


def train_recipe(recipe: "Recipe", folder: Path, arguments: Namespace, device: str | None, chain: tuple[str, ...]) -> None:
    """Train one recipe into `folder`, with a bar; `arguments` name `recipe`, `photos` and `pairs`.

    `chain` holds the recipe's name, and before it those of the recipes that wait for its weights.
    """
    from tqdm import tqdm

    from unfilter_training import checkpoint, distributed
    from unfilter_training.data import Patches, make_pairs
    from unfilter_training.operators import operator
    from unfilter_training.plot import plot_log
    from unfilter_training.trainer import Progress, Trainer

    distributed.share(recipe.schedule.batch)  # refuses what cannot be shared before hours of work
    start, warm_start = None, None
    if recipe.warm_start is not None:
        source = _trained(recipe.warm_start, folder, arguments, device, chain)
        network, description = checkpoint.load(source)
        start = network.state_dict()
        warm_start = checkpoint.WarmStart(recipe=recipe.warm_start, weights_sha256=description.weights_sha256)
    alone = distributed.rank() == 0
    if not alone:
        distributed.wait_for_all()  # until process 0 has made the pairs
    pairs = make_pairs(
        arguments.photos,
        recipe,
        arguments.pairs,
        device or "cpu",
        lambda files: tqdm(files, desc=f"{recipe.operator} on photos", unit="photo", disable=not alone),
    )
    if alone:
        distributed.wait_for_all()
    schedule = recipe.schedule
    symmetry = operator(recipe.operator).symmetry
    patches = Patches(
        pairs,
        size=schedule.patch,
        seed=schedule.seed,
        symmetry=symmetry,
        overshoot=recipe.overshoot,
        looks=recipe.looks,
    )
    trainer = Trainer(recipe, patches, folder, device=device, start=start)
    with tqdm(
        total=schedule.approximate + schedule.steps, initial=trainer.step, desc=recipe.filter, unit="step", disable=not alone
    ) as bar:

        def report(progress: Progress) -> None:
            bar.update(progress.step - bar.n)
            bar.set_postfix(approximation=f"{progress.approximation:.2f} dB", restored=f"{progress.restoration:.2f} dB")

        trainer.run(report)
    if alone:
        photos = len({pair.photo.ctypes.data for pair in patches.pairs})  # draws of the hyper-parameters share a photo
        checkpoint.save(folder, trainer.averaged(), trainer.describe(photos=photos, warm_start=warm_start))
        print(f"log: {plot_log(folder)}")
        print(f"checkpoint: {folder} (score it with: unfilter score {folder} PHOTOS)")
    distributed.wait_for_all()


def _trained(name: str, folder: Path, arguments: Namespace, device: str | None, chain: tuple[str, ...]) -> Path:
    """The checkpoint that a warm start takes, trained here where it is neither beside `folder` nor shipped."""
    from unfilter.errors import UnfilterError
    from unfilter_training import checkpoint
    from unfilter_training.recipe import read_recipe

    beside = folder.parent / name
    if (beside / checkpoint.DESCRIPTION).exists():
        return beside
    if name in checkpoint.shipped():
        return checkpoint.find(name)
    if name in chain:
        raise UnfilterError(f"warm starts go round in a circle: {' from '.join((*chain, name))}")
    own = Path(arguments.recipe).with_name(f"{name}.toml")
    recipe = read_recipe(own if arguments.recipe.endswith(".toml") and own.exists() else name)
    train_recipe(recipe, beside, arguments, device, (*chain, name))
    return beside
