"""`unfilter zoo`: all trained filters at one look."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

SUMMARY = "show the trained filters: a table of their scores, or one's pictures side by side"
EXTRA: str | None = "train"
REQUIRES = ("torch", "safetensors", "jaxtyping")


def add_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    table = actions.add_parser("table", help="scores as a Markdown table, beside the paper's")
    table.add_argument("checkpoints", metavar="CHECKPOINT", nargs="*", help="filters or checkpoint folders (all shipped)")
    pictures = actions.add_parser("pictures", help="a photo, and what becomes of it, side by side")
    pictures.add_argument("checkpoint", metavar="CHECKPOINT", help="filter, such as l0, or checkpoint folder")
    pictures.add_argument("photo", metavar="PHOTO", type=Path, help="PNG or JPEG")
    pictures.add_argument("target", metavar="OUT", type=Path, help="picture to write: .png or .jpg")


def run(arguments: Namespace) -> int:
    from unfilter.photo import Photo, codec_of, read_photo, write_photo
    from unfilter_training import checkpoint, zoo
    from unfilter_training.scoring import task

    if arguments.action == "table":
        names = arguments.checkpoints or checkpoint.shipped()
        print(zoo.table([checkpoint.read_description(checkpoint.find(name)) for name in names]))
        return 0
    codec_of(arguments.target)
    network, description = checkpoint.load(checkpoint.find(arguments.checkpoint))
    sheet = zoo.pictures(network, task(description.recipe), read_photo(arguments.photo).pixels)
    write_photo(arguments.target, Photo(sheet), quality=90)
    print(f"{arguments.target}: {description.filter}, {' | '.join(zoo.SHEET)}")
    return 0
