"""`unfilter ablate`: every ablation and baseline, trained one after another."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unfilter.errors import UnfilterError
    from unfilter_training.recipe import Recipe

SUMMARY = "train the ablations and the paper's baselines, all that are missing, one after another; resumes where it stopped"
EXTRA: str | None = "train"
REQUIRES = ("torch", "safetensors", "jaxtyping", "tqdm", "matplotlib")

FORM = "form_"
"""Begins the names of recipes that compare forms of the network at equal seconds; unbounded, each is a whole training."""


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of training photos")
    parser.add_argument(
        "names",
        metavar="NAME",
        nargs="*",
        help="recipes of recipes/ablations (default: all; those of forms with --seconds only)",
    )
    parser.add_argument("--out", type=Path, default=Path("build/ablations"), help="a folder for each (build/ablations)")
    parser.add_argument("--pairs", type=Path, default=Path("build/pairs"), help="filtered photos made before (build/pairs)")
    parser.add_argument(
        "--seconds",
        type=float,
        help="length of each training in seconds of one processor, whatever its steps cost (default: the recipe's steps)",
    )
    parser.add_argument("--device", help="torch device (default: cuda where there is one, else cpu)")


def run(arguments: Namespace) -> int:
    from unfilter.errors import UnfilterError
    from unfilter_training import distributed
    from unfilter_training.commands.train import interrupt_politely
    from unfilter_training.recipe import ablation_recipes, read_recipe

    interrupt_politely()
    known = ablation_recipes()
    if not known:
        raise UnfilterError("no recipes of short trainings come with the wheel; train them in a clone of the project")
    names = arguments.names or [name for name in known if arguments.seconds or not name.startswith(FORM)]
    if unknown := [name for name in names if name not in known]:
        raise UnfilterError(f"no ablation is called {', '.join(unknown)}; there are: {', '.join(known)}")
    recipes = {name: read_recipe(name) for name in names}
    with distributed.launched(arguments.device) as device:
        left_out = _train_all(recipes, arguments, device)
    if left_out:
        reasons = "; ".join(f"{name} ({error})" for name, error in left_out.items())
        raise UnfilterError(f"{len(left_out)} of {len(recipes)} were left out: {reasons}")
    return 0


def _train_all(recipes: "dict[str, Recipe]", arguments: Namespace, device: str | None) -> "dict[str, UnfilterError]":
    """Train those that are missing; returns what kept others from being trained, by name."""
    from unfilter.errors import UnfilterError
    from unfilter_training import distributed
    from unfilter_training.commands.train import bars
    from unfilter_training.training import train

    def say(line: str) -> None:
        if distributed.rank() == 0:
            print(line, flush=True)

    audience = bars()
    left_out: dict[str, UnfilterError] = {}
    for number, (name, recipe) in enumerate(recipes.items(), start=1):
        folder = arguments.out / name
        trained = _is_trained(folder, recipe, arguments.seconds)
        say(f"[{number}/{len(recipes)}] {name}{': was trained before' if trained else ''}")
        if trained:
            continue
        try:
            train(
                recipe,
                arguments.photos,
                folder,
                pairs=arguments.pairs,
                device=device,
                audience=audience,
                waiting=(name,),
                seconds=arguments.seconds,
            )
        except UnfilterError as error:
            if distributed.world_size() > 1:  # the other processes may not have met it, and would wait for this one
                raise
            left_out[name] = error  # such as the weights of a style that are not here: the others need not wait
            say(f"left out: {error}")
    return left_out


def _is_trained(folder: Path, recipe: "Recipe", seconds: float | None) -> bool:
    from unfilter_training import checkpoint
    from unfilter_training.pace import without_length

    if not (folder / checkpoint.DESCRIPTION).exists():
        return False
    description = checkpoint.read_description(folder)
    if description.steps != description.recipe.schedule.total:
        return False
    if seconds is None:
        return description.recipe == recipe
    return without_length(description.recipe) == without_length(recipe)
