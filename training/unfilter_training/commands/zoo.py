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
    shared = actions.add_parser(
        "shared",
        help="a photo that was filtered, posted on an imitated site, and restored: three files, and a Markdown table",
    )
    shared.add_argument("checkpoint", metavar="CHECKPOINT", help="filter, such as bwp, or checkpoint folder")
    shared.add_argument("photo", metavar="PHOTO", type=Path, help="PNG or JPEG")
    shared.add_argument("folder", metavar="FOLDER", type=Path, help="where photo.jpg, posted.jpg and back.jpg are written")
    shared.add_argument("--scale", type=float, default=0.5, help="factor of the size that the site gives the photo (0.5)")
    shared.add_argument("--posted", type=int, default=75, metavar="1..100", help="JPEG quality of the site (75)")


def run(arguments: Namespace) -> int:
    from unfilter.photo import Photo, codec_of, read_photo, write_photo
    from unfilter_training import checkpoint, zoo
    from unfilter_training.scoring import task

    if arguments.action == "table":
        names = arguments.checkpoints or checkpoint.shipped()
        print(zoo.table([checkpoint.read_description(checkpoint.find(name)) for name in names]))
        return 0
    if arguments.action == "shared":
        return _shared(arguments)
    codec_of(arguments.target)
    network, description = checkpoint.load(checkpoint.find(arguments.checkpoint))
    sheet = zoo.pictures(network, task(description.recipe), read_photo(arguments.photo).pixels)
    write_photo(arguments.target, Photo(sheet), quality=90)
    print(f"{arguments.target}: {description.filter}, {' | '.join(zoo.SHEET)}")
    return 0


def _shared(arguments: Namespace) -> int:
    from unfilter.errors import UnfilterError
    from unfilter.photo import read_photo
    from unfilter_training import checkpoint, zoo
    from unfilter_training.chains import Chain
    from unfilter_training.scoring import task

    if not 0 < arguments.scale <= 1 or not 1 <= arguments.posted <= 100:
        raise UnfilterError(
            f"--scale {arguments.scale:g} --posted {arguments.posted}: a factor of 0 to 1, a quality of 1 to 100"
        )
    network, description = checkpoint.load(checkpoint.find(arguments.checkpoint))
    chain = Chain(90, arguments.scale, arguments.posted)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    photo = read_photo(arguments.photo).pixels
    print(zoo.shared(network, task(description.recipe), photo, chain, arguments.folder))
    return 0
