"""`unfilter operate`: an operator itself on a photo, such as to see what a filter learns."""

from argparse import ArgumentParser, Namespace
from pathlib import Path

SUMMARY = "apply an image operator (not its restorable filter) to a photo"
EXTRA: str | None = "train"
REQUIRES = ("torch", "jaxtyping")
TAKES_REST = True  # the operator's parameters, which differ from operator to operator


def add_arguments(parser: ArgumentParser) -> None:
    parser.usage = "unfilter operate NAME IN OUT [--PARAMETER VALUE ...]"
    parser.description = f"{SUMMARY}; `unfilter operators list` shows the operators and their parameters"
    parser.add_argument("name", metavar="NAME", help="operator, such as l0")
    parser.add_argument("source", metavar="IN", type=Path, help="photo: PNG or JPEG")
    parser.add_argument("target", metavar="OUT", type=Path, help="result: .png or .jpg")
    parser.add_argument("--float32", action="store_true", help="compute as in training, instead of as exactly as can be")


def parse_rest(rest: list[str]) -> dict[str, str]:
    """`--name value` pairs that the parser does not know: the operator's parameters.

    Raises:
        UnfilterError: something else than pairs.
    """
    from unfilter.errors import UnfilterError

    pairs: dict[str, str] = {}
    words = [part for word in rest for part in (word.split("=", 1) if word.startswith("--") else [word])]
    while words:
        name, *words = words
        if not name.startswith("--") or not words:
            raise UnfilterError(f"{name!r}: parameters are given as --NAME VALUE; see `unfilter operators list`")
        value, *words = words
        pairs[name[2:].replace("-", "_")] = value
    return pairs


def run(arguments: Namespace) -> int:
    from dataclasses import replace

    import torch

    from unfilter.photo import codec_of, read_photo, write_photo
    from unfilter_training.data import image_tensor
    from unfilter_training.operators import operator
    from unfilter_training.operators.saving import saved_levels

    chosen = operator(arguments.name)
    parameters = {name: _value(chosen, name, text) for name, text in parse_rest(arguments.rest).items()}
    codec_of(arguments.target)
    photo = read_photo(arguments.source)
    images = image_tensor(photo.pixels, torch.float32 if arguments.float32 else chosen.exact)
    with torch.inference_mode():
        result = chosen(images, **parameters)
    write_photo(arguments.target, replace(photo, pixels=saved_levels(result), tag=None))
    print(f"{arguments.target}: {chosen.name} applied")
    return 0


def _value(chosen: object, name: str, text: str) -> object:
    from unfilter.errors import UnfilterError
    from unfilter_training.operators import Operator

    assert isinstance(chosen, Operator)
    if name not in chosen.parameters:
        known = ", ".join(f"--{each}" for each in chosen.parameters) or "none"
        raise UnfilterError(f"operator {chosen.name} has no parameter --{name}; it has: {known}")
    if chosen.takes_path(name):
        return Path(text)
    default = chosen.defaults[name]
    try:
        return type(default)(text) if isinstance(default, int | str) else float(text)
    except ValueError:
        raise UnfilterError(f"--{name} {text}: not a number; operator {chosen.name} takes {default} by default") from None
