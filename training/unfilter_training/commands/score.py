"""`unfilter score`: measure a checkpoint on photos, through saved PNG files, and write the result on its card."""

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from unfilter_training.network import QuasiInvertibleNetwork
    from unfilter_training.recipe import Recipe

SUMMARY = "score a checkpoint on a folder of photos, through saved PNG files"
EXTRA: str | None = "train"
REQUIRES = ("torch", "safetensors", "jaxtyping", "tqdm")


def add_arguments(parser: ArgumentParser) -> None:
    parser.add_argument("checkpoint", metavar="CHECKPOINT", help="shipped filter, such as l0, or checkpoint folder")
    parser.add_argument("photos", metavar="PHOTOS", type=Path, help="folder of photos the network was not trained on")
    parser.add_argument("--label", help="name of the photo set on the card (default: the folder's)")
    parser.add_argument("--odd", action="store_true", help="measure instead what a column left over by an odd width loses")
    parser.add_argument("--write", action="store_true", help="put the score into checkpoint.json and CARD.md")


def run(arguments: Namespace) -> int:
    from tqdm import tqdm

    from unfilter_training import checkpoint
    from unfilter_training.data import photo_files
    from unfilter_training.scoring import score

    folder = checkpoint.find(arguments.checkpoint)
    network, description = checkpoint.load(folder)
    files = photo_files(arguments.photos)
    label = arguments.label or arguments.photos.resolve().name
    recipe = description.recipe
    if arguments.odd:
        return _odd(network, recipe, files)
    mean, pictures = score(
        network, recipe.operator, recipe.parameters, files, label, lambda paths: tqdm(paths, desc=label, unit="photo")
    )
    print(f"{'photo':<28}{'unfiltered':>12}{'approximation':>15}{'restoration':>13}")
    for path, picture in zip(files, pictures, strict=True):
        print(f"{path.name:<28}{picture.unfiltered:>12.2f}{picture.approximation:>15.2f}{picture.restoration:>13.2f}")
    print(f"{'mean':<28}{mean.unfiltered:>12.2f}{mean.approximation:>15.2f}{mean.restoration:>13.2f}")
    through_jpeg = ", ".join(f"{db:.2f}" for db in mean.restoration_jpeg)
    print(f"mean restoration through JPEG 80, 90 and 95 (4:4:4): {through_jpeg} dB")
    print(f"outermost 16 px below the centre: approximation {mean.approximation_border:.2f} dB, ", end="")
    print(f"restoration {mean.restoration_border:.2f} dB")
    if arguments.write:
        others = tuple(s for s in description.scores if s.photos != label)
        checkpoint.describe(folder, description.model_copy(update={"scores": (*others, mean)}))
        print(f"written to {folder / checkpoint.CARD}")
    return 0


def _odd(network: "QuasiInvertibleNetwork", recipe: "Recipe", files: list[Path]) -> int:
    import tempfile

    from unfilter_training.scoring import score_odd_column

    with tempfile.TemporaryDirectory() as folder:
        lines = [score_odd_column(network, recipe.operator, recipe.parameters, path, Path(folder)) for path in files]
    means = [sum(column) / len(column) for column in zip(*lines, strict=True)]
    print(f"{len(files)} photos cut to an odd width, mean RGB PSNR of the last column and of the one before it:")
    print(f"approximation {means[0]:.2f} and {means[1]:.2f} dB, restoration {means[2]:.2f} and {means[3]:.2f} dB")
    return 0
