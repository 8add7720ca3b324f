"""One graph of a bundle as its manifest tells of it: format, direction, precision, inputs and outputs, what was measured."""

from typing import Any, Literal, get_args

from pydantic import ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from unfilter.format.validation import Extensible

Direction = Literal["forward", "inverse"]
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
Precision = Literal["fp32", "fp16", "w8", "w8a16"]
"""`w8`: weights in 8 bits, arithmetic in float; `w8a16`: activations in 16-bit integers too. See docs/precisions.md."""
Format = Literal["onnx", "tflite", "mlpackage", "pt2"]

GUIDED = "guided"
"""What a forward graph requires that takes the app's own result beside the photo."""


class Part(Extensible):
    """A part of a manifest."""

    model_config = ConfigDict(ser_json_inf_nan="strings")


class RequiringPart(Part):
    """A part that may list what a reader must know of to use it. An empty list is not written: older files have none; nor
    is what is there for guided filters, or for those with quantiser tables, alone.
    """

    @model_serializer(mode="wrap")
    def _without_empty_list(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = write(self)
        if not fields["requires"]:
            del fields["requires"]
        if "output" in fields and fields["output"] is None:
            del fields["output"]
        if "quantisation" in fields and not fields["quantisation"]:
            del fields["quantisation"]
        return fields


class Tensor(Part):
    """A graph's input or output: float32, batch 1, `height` and `width` free unless the artifact has a tile size.

    Hyper-parameters are a tensor of one pixel, a channel each.
    """

    name: str
    layout: Literal["NCHW", "NHWC"]
    channels: int = Field(ge=1)
    meaning: str = Field(description="range and colour space in words")


class Measured(Part):
    """What an artifact came to when the bundle was made, on its goldens.

    `error` and the loss are those of the runtime that did worst, where several of this machine open the format.
    """

    bytes: int = Field(ge=0, description="of all its files; one file may hold both directions")
    error: float = Field(description="largest difference of an output from the reference's, where 1 is the range of a photo")
    round_trip_loss_db: float = Field(
        description="PSNR of what the reference restores, less PSNR of what both directions in this format and precision do"
    )


class Refused(Part):
    """A precision that was made and does not ship, since it missed its tolerance."""

    format: Format
    precision: Precision
    reason: str


class Artifact(RequiringPart):
    """One graph: a direction of the filter in one format and precision."""

    format: Format
    direction: Direction
    precision: Precision
    path: str = Field(description="file or package folder, relative to the bundle")
    image: Tensor
    result: Tensor
    output: Tensor | None = Field(
        None, description="what the app's own filter made of the photo; only forward graphs of a guided filter"
    )
    parameters: Tensor | None = Field(None, description="normalised hyper-parameters, 0..1; only forward graphs")
    valid: Tensor | None = Field(None, description="1 inside the photo, 0 outside, per squeeze cell; only fixed-size graphs")
    signature: str | None = Field(None, description="TFLite signature for photos that fill the tile")
    masked_signature: str | None = Field(None, description="TFLite signature that takes `valid` too")
    fixed_size: bool = Field(False, description="takes exactly the plan's tile; otherwise any aligned size up to it")
    macs_per_pixel: float | None = Field(None, description="multiply-accumulates per photo pixel, counted on the graph")
    measured: Measured | None = Field(None, description="size, error and loss; None: not measured where it was made")
    requires: tuple[str, ...] = Field((), description="what a reader must know of to run this graph; others skip it")
