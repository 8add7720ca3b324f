"""Names and meanings of the graphs' inputs and outputs, and the manifest's entry for a graph, the same in every format."""

from typing import Any, Literal

from unfilter.format.artifact import GUIDED, Artifact, Direction, Format, Precision, Tensor

Layout = Literal["NCHW", "NHWC"]

INPUT: dict[Direction, str] = {"forward": "photo", "inverse": "filtered"}
OUTPUT: dict[Direction, str] = {"forward": "filtered", "inverse": "restored"}
LOOK = "output"
"""Input of a guided forward graph beside the photo."""
VALID = "valid"
PARAMETERS = "parameters"

_MEANING = {
    "photo": "sRGB as stored in the file, levels / 255",
    "filtered": "sRGB, unclipped: the host rounds to bytes before saving, and gives levels / 255",
    "output": "what the app's own filter made of the photo, sRGB as stored in the file, levels / 255",
    "restored": "sRGB, unclipped: the host rounds to bytes",
}


def graph_entry(
    format: Format,
    direction: Direction,
    precision: Precision,
    path: str,
    layout: Layout,
    hyper_parameters: int,
    guided: bool = False,
    **more: Any,
) -> Artifact:
    """The manifest's entry for one graph; `hyper_parameters` is how many it takes, `guided` whether it takes the app's own
    result beside the photo, `more` what only some formats have.
    """
    return Artifact(
        format=format,
        direction=direction,
        precision=precision,
        path=path,
        image=image_tensor(INPUT[direction], layout),
        result=image_tensor(OUTPUT[direction], layout),
        output=image_tensor(LOOK, layout) if guided else None,
        requires=(GUIDED,) if guided else (),
        parameters=parameters_tensor(hyper_parameters, layout) if hyper_parameters else None,
        **more,
    )


def image_tensor(name: str, layout: Layout) -> Tensor:
    """The manifest's entry for an image input or output."""
    return Tensor(name=name, layout=layout, channels=3, meaning=_MEANING[name])


def valid_tensor(layout: Layout) -> Tensor:
    """The manifest's entry for the validity mask."""
    return Tensor(name=VALID, layout=layout, channels=1, meaning="1 inside the photo, 0 outside, one value per squeeze cell")


def parameters_tensor(count: int, layout: Layout) -> Tensor:
    """The manifest's entry for the hyper-parameters, a channel each."""
    return Tensor(
        name=PARAMETERS,
        layout=layout,
        channels=count,
        meaning="one pixel; where each hyper-parameter lies in its range, 0 at low and 1 at high, in the manifest's order",
    )
