"""`unfilter train`: a recipe and a folder of photos to a checkpoint."""

import signal
from argparse import ArgumentParser, Namespace
from pathlib import Path

SUMMARY = "train a filter from a recipe and a folder of photos; resumes where it stopped"
EXTRA: str | None = "train"
REQUIRES = ("torch", "safetensors", "jaxtyping", "tqdm", "matplotlib")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("recipe", metavar="RECIPE", help="shipped recipe, such as l0, or a .toml file")
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of training photos")
    parser.add_argument("--out", type=Path, help="where state, log and checkpoint go (build/training/FILTER)")
    parser.add_argument("--pairs", type=Path, default=Path("build/pairs"), help="filtered photos made before (build/pairs)")
    parser.add_argument("--device", help="torch device (default: cuda where there is one, else cpu)")


def run(arguments: Namespace) -> int:
    from tqdm import tqdm

    from unfilter_training import checkpoint
    from unfilter_training.data import Patches, make_pairs
    from unfilter_training.operators import operator
    from unfilter_training.plot import plot_log
    from unfilter_training.recipe import read_recipe
    from unfilter_training.trainer import Progress, Trainer

    recipe = read_recipe(arguments.recipe)
    folder = arguments.out or Path("build/training") / recipe.filter
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # a polite kill saves the state, as Ctrl-C does
    pairs = make_pairs(
        arguments.photos,
        recipe.photos,
        recipe.operator,
        recipe.parameters,
        arguments.pairs,
        lambda files: tqdm(files, desc=f"{recipe.operator} on photos", unit="photo"),
    )
    schedule = recipe.schedule
    symmetry = operator(recipe.operator).symmetry
    patches = Patches(pairs, size=schedule.patch, batch=schedule.batch, seed=schedule.seed, symmetry=symmetry)
    trainer = Trainer(recipe, patches, folder, device=arguments.device)
    with tqdm(total=schedule.steps, initial=trainer.step, desc=recipe.filter, unit="step") as bar:

        def report(progress: Progress) -> None:
            bar.update(progress.step - bar.n)
            bar.set_postfix(approximation=f"{progress.approximation:.2f} dB", restored=f"{progress.restoration:.2f} dB")

        trainer.run(report)
    description = trainer.describe(photos=len(patches.pairs))
    checkpoint.save(folder, trainer.averaged(), description)
    print(f"log: {plot_log(folder)}")
    print(f"checkpoint: {folder} (score it with: unfilter score {folder} PHOTOS)")
    return 0
