"""The model card of a checkpoint, made from its description so that the two cannot differ."""

from collections.abc import Sequence
from textwrap import fill
from typing import TYPE_CHECKING

from unfilter_training.chains import CHAINS
from unfilter_training.network import NetworkConfig, method_of
from unfilter_training.network.methods import QUASI_INVERTIBLE
from unfilter_training.published import PUBLISHED
from unfilter_training.recipe import Recipe, ablation_recipes

if TYPE_CHECKING:
    from unfilter_training.checkpoint import Description, PhotoScore
    from unfilter_training.degradation import Mixture

_TEMPLATE = """# {filter}

{notice}{what}

## Scores

Through saved files, mean of per-picture RGB PSNR in dB. *Unfiltered* is the photo itself against the operator's output: what
doing nothing scores. *PNG* is restoration from a PNG file, *JPEG* from a JPEG file of quality 70 / 80 / 90 instead. *Border*
is what the outermost 16 pixels lose against the centre, approximation / restoration.

{scores}
{once}{look}{shared}{published}
## Training

{steps} of {planned} steps of {batch} patches of {patch} x {patch} pixels, on {machine}.{start}
Recipe: `{recipe}`. Photos: {photos}.

{sources}
{notes}
## Limits

{limits}

sha256 of the weights: `{weights}`
"""


_LEARNED = (
    "A restorable `{operator}` filter{parameters}. What it saves as an 8-bit PNG or JPEG looks like the operator's output,\n"
    "and the photo can be restored from that file alone. {method}"
)
_GUIDED = (
    "A guided filter: the app makes its own picture of the photo, gives both, and saves what comes out as an 8-bit PNG or "
    "JPEG. It looks like the app's picture, and the photo can be restored from that file alone. Trained on {looks}. {method}"
)

_PAPER = '"Restorable Image Operators with Quasi-Invertible Networks", AAAI\n2022.'
_METHODS = {
    QUASI_INVERTIBLE: f"Method: {_PAPER}",
    "encoder_decoders": f"Method: two encoder-decoders, a\nbaseline of {_PAPER}",
    "steganography": f"Method: the photo is hidden in\nthe operator's own output, a baseline of {_PAPER}",
}


def render_card(description: "Description") -> str:
    """The card as Markdown."""
    recipe, schedule = description.recipe, description.recipe.schedule
    rows = [
        f"| {s.photos} ({s.count}) | {s.unfiltered:.2f} | {s.approximation:.2f} | {s.restoration:.2f} "
        f"| {_three(s.restoration_jpeg_420)} | {_three(s.restoration_jpeg_444)} "
        f"| {s.approximation_border:.2f} / {s.restoration_border:.2f} |"
        for s in description.scores
    ]
    head = [
        "| photos | unfiltered | approximation | PNG | JPEG 4:2:0 | JPEG 4:4:4 | border |",
        "|---|---|---|---|---|---|---|",
    ]
    start = description.warm_start
    return _TEMPLATE.format(
        filter=description.filter,
        recipe=_recipe(description),
        what=_what(recipe, _METHODS[method_of(description.network)]),
        notice=f"**For research only**: {recipe.research_only.strip()}\n\n" if recipe.research_only else "",
        scores="\n".join(head + rows) if rows else "Not scored yet: `unfilter score` writes them here.",
        once="" if _is_guided(recipe) else _once(description.scores),  # R35 is not for guided filters
        look=_look(description.scores),
        shared=_shared(description.scores),
        published=_published(description.filter),
        steps=f"{description.steps:,}",
        planned=f"{schedule.total:,}",
        batch=schedule.batch,
        patch=schedule.patch,
        machine=description.machine,
        start=f"\nStarted from the weights of `{start.recipe}` (sha256 `{start.weights_sha256[:12]}`)." if start else "",
        photos=description.photos,
        sources="\n".join(f"- `{s.match}`: {s.origin}; {s.licence}" for s in recipe.photos),
        limits=_limits(recipe.degradation),
        notes="".join(f"\n{note}\n" for note in description.notes),
        weights=description.weights_sha256,
    )


def _what(recipe: Recipe, method: str) -> str:
    operator = recipe.source.value if recipe.source else recipe.operator
    if _is_guided(recipe):
        names = dict.fromkeys([operator, *(other.operator for other in recipe.others)])
        looks = ", ".join(f"`{name}`" for name in names) + (" and random looks" if recipe.looks else "")
        return fill(_GUIDED.format(looks=looks, method=" ".join(method.split())), 120)
    parameters = [
        *(f", {name} {value:g}" for name, value in recipe.parameters.items()),
        *(f", {one.name} {one.low:g} to {one.high:g} as the user sets it" for one in recipe.hyper_parameters),
    ]
    return _LEARNED.format(operator=operator, parameters="".join(parameters), method=method)


def _is_guided(recipe: Recipe) -> bool:
    return isinstance(recipe.network, NetworkConfig) and recipe.network.auxiliary == "guided"


def _recipe(description: "Description") -> str:
    if description.recipe.source is not None:
        return "recipe.toml"
    part = "ablations/" if description.filter in ablation_recipes() else ""
    return f"recipes/{part}{description.filter}.toml"


def _once(scores: "Sequence[PhotoScore]") -> str:
    """What the inverse alone restores from PNG; nothing where no score says so."""
    said = [f"{s.photos} {s.restoration_once:.2f}" for s in scores if s.restoration_once is not None]
    if not said:
        return ""
    return f"\nPNG files are restored again by what the filter makes of the restored photo; once: {', '.join(said)}.\n"


def _look(scores: "Sequence[PhotoScore]") -> str:
    """How near it comes as people see it; nothing where no score says so."""
    rows = [
        f"| {s.photos} ({s.count}) | {s.approximation:.2f} / {s.approximation_half:.2f} / {s.approximation_quarter:.2f} "
        f"| {' / '.join(f'{value:.3f}' for value in s.approximation_ssim or ()) or '-'} | {s.grid:.2f} |"
        for s in scores
        if s.approximation_half is not None and s.approximation_quarter is not None and s.grid is not None
    ]
    if not rows:
        return ""
    head = "| photos | approximation, dB | SSIM | grid, levels |\n|---|---|---|---|"
    return (
        "\nHow it looks: approximation at full / half / quarter resolution, and what a pattern with a period of two\n"
        "pixels adds in flat areas (`unfilter_training.look`).\n\n" + "\n".join([head, *rows]) + "\n"
    )


def _shared(scores: "Sequence[PhotoScore]") -> str:
    """What is restored from shared files; nothing where no score says so."""
    rows = [
        f"| {s.photos} ({s.count}) "
        + "".join(f"| {restored:.2f} ({arrived:.2f}) " for restored, arrived in zip(s.shared, s.arrived, strict=True))
        + "|"
        for s in scores
        if s.shared
    ]
    if not rows:
        return ""
    chains = [chain.name for chain in CHAINS]
    head = f"| photos | {' | '.join(chains)} |\n|---{'|---' * len(chains)}|"
    return (
        "\nShared: saved, resized, saved again, as sites do. Restored at the size that arrives, in brackets the file that\n"
        "arrived, both against the photo resized the same way.\n\n" + "\n".join([head, *rows]) + "\n"
    )


def _published(name: str) -> str:
    if name not in PUBLISHED:
        return ""
    figures = PUBLISHED[name]
    return (
        f"\nThe paper's method, through PNG files on its FiveK test set: approximation {figures.approximation_db:.2f}, "
        f"restoration\n{figures.restoration_db:.2f}. How far this filter is from its goals, and what was tried: "
        "`docs/filters.md` and `docs/training.md`.\n"
    )


def _limits(degradation: "Mixture") -> str:
    if degradation.sharing.weight > 0:
        low, high = degradation.sharing.scale
        return (
            "Restores best from the file as it was saved. It was trained through JPEG of qualities "
            f"{degradation.qualities[0]} to {degradation.qualities[1]}, and through\n"
            f"resizing by {low:g} to {high:g} between two JPEGs. Recolouring, and editing, change what comes back."
        )
    if not degradation.jpeg:
        codec = "So does a lossy codec,\nJPEG included: this network was trained through rounding only."
    else:
        low, high = degradation.qualities
        codec = f"It was trained\nthrough JPEG of qualities {low} to {high} too."
    saved = "Restores from the 8-bit file as it was saved. Resizing, cropping or recolouring destroys what the file carries."
    return f"{saved} {codec}"


def _three(scores: tuple[float, float, float]) -> str:
    return " / ".join(f"{db:.2f}" for db in scores)
