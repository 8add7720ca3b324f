"""`unfilter train`: a recipe and a folder of photos to a checkpoint."""

import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unfilter_training.training import Audience

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
    from unfilter_training.training import train

    interrupt_politely()
    recipe = read_recipe(arguments.recipe)
    own = Path(arguments.recipe)
    folder = arguments.out or Path("build/training") / recipe.filter
    with distributed.launched(arguments.device) as device:
        train(
            recipe,
            arguments.photos,
            folder,
            pairs=arguments.pairs,
            device=device,
            recipes=own.parent if own.suffix == ".toml" else None,
            audience=bars(),
            waiting=(own.stem,),
        )
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


def bars() -> "Audience":
    """Shows a bar for photos and one for steps, and prints where the results are."""
    from tqdm import tqdm

    from unfilter_training.recipe import Recipe
    from unfilter_training.trainer import Progress
    from unfilter_training.training import Audience

    class Bars(Audience):
        def photos(self, recipe: Recipe, files: Sequence[tuple[Path, str]]) -> Iterable[tuple[Path, str]]:
            return tqdm(files, desc=f"{recipe.operator} on photos", unit="photo")

        @contextmanager
        def steps(self, recipe: Recipe, first: int) -> Iterator[Callable[[Progress], None]]:
            with tqdm(total=recipe.schedule.total, initial=first, desc=recipe.filter, unit="step") as bar:

                def on_step(progress: Progress) -> None:
                    bar.update(progress.step - bar.n)
                    bar.set_postfix(
                        approximation=f"{progress.approximation_db:.2f} dB", restored=f"{progress.restoration_db:.2f} dB"
                    )

                yield on_step

        def trained(self, recipe: Recipe, folder: Path, log: Path) -> None:
            print(f"log: {log}")
            print(f"checkpoint: {folder} (score it with: unfilter score {folder} PHOTOS)")

    return Bars()
