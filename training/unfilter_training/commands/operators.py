"""`unfilter operators`: list them, measure their speed, draw all of them on one photo."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

SUMMARY = "list the image operators, measure their speed, or draw a contact sheet"
EXTRA: str | None = "train"
REQUIRES = ("torch", "jaxtyping")


def add_arguments(parser: ArgumentParser) -> None:
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    actions.add_parser("list", help="operators with their parameters, ranges and sources")
    bench = actions.add_parser("bench", help="megapixels per second of each operator, beside OpenCV's where one exists")
    bench.add_argument("names", metavar="NAME", nargs="*", help="operators (default: all)")
    bench.add_argument("--batch", type=int, default=16, help="images at once (16)")
    bench.add_argument("--side", type=int, default=144, help="side of an image, pixels (144)")
    bench.add_argument("--repeat", type=int, default=3, help="runs; the fastest counts (3)")
    bench.add_argument("--device", default="cpu", help="torch device (cpu)")
    sheet = actions.add_parser("sheet", help="one photo through every operator, side by side")
    sheet.add_argument("source", metavar="IN", type=Path, help="photo: PNG or JPEG")
    sheet.add_argument("target", metavar="OUT", type=Path, help="contact sheet: .png or .jpg")
    sheet.add_argument("--weights", type=Path, help="folder of style weights; without it the style networks are left out")


def run(arguments: Namespace) -> int:
    return {"list": _list, "bench": _bench, "sheet": _sheet}[arguments.action](arguments)


def _list(arguments: Namespace) -> int:
    from unfilter_training.operators import OPERATORS

    for each in OPERATORS.values():
        print(f"{each.name}: {each.summary}\n    {each.source}")
        for name, parameter in each.parameters.items():
            training = f"; in training {parameter.training[0]:g}..{parameter.training[1]:g}" if parameter.training else ""
            print(f"    --{name} ({each.defaults[name]}): {parameter.meaning}{training}")
    return 0


def _bench(arguments: Namespace) -> int:
    from unfilter_training.operators import OPERATORS, operator
    from unfilter_training.operators.bench import HEADER, measure

    names = arguments.names or list(OPERATORS)
    chosen = [operator(name) for name in names]
    print(
        f"batch of {arguments.batch} x {arguments.side} x {arguments.side}, {arguments.device}, best of {arguments.repeat}"
    )
    print(HEADER)
    for each in chosen:
        print(measure(each, arguments.batch, arguments.side, arguments.repeat, arguments.device), flush=True)
    return 0


def _sheet(arguments: Namespace) -> int:
    from unfilter.photo import Photo, codec_of, read_photo, write_photo
    from unfilter_training.operators.contact_sheet import contact_sheet

    codec_of(arguments.target)
    photo = read_photo(arguments.source)
    sheet, left_out = contact_sheet(photo.pixels, arguments.weights)
    write_photo(arguments.target, Photo(sheet))
    for reason in left_out:
        print(f"left out: {reason}")
    print(f"{arguments.target}: contact sheet")
    return 0
