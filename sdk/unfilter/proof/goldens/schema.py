"""What `goldens.json` says. docs/goldens.md explains it, sdk/format/goldens.schema.json is this module as JSON Schema."""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, model_serializer

from unfilter.format.artifact import Precision
from unfilter.format.tiles import TilePlan

NAME = "goldens.json"

Refusal = Literal[
    "not_a_photo", "other_format", "damaged", "no_tag", "needs_update", "other_filter", "other_codec", "altered"
]
"""Why a file is not restored, in the order of R20 (sdk/format/RULES.md):

- not_a_photo: no format that a photo comes in
- other_format: a photo, but no PNG or JPEG, which are what the samples save and restore
- damaged: begins as a PNG or JPEG and is not one to its end
- no_tag: no filter says that it made it
- needs_update: the tag requires what this version does not know
- other_filter: the tag's restoration id is not the bundle's
- other_codec: the tag names another codec than the file has
- altered: its pixels, or their number, are not those that the tag's fingerprint is of
"""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class PhotoGolden(_Frozen):
    """A photo, what the filter makes of it, and what restoring *those* bytes gives.

    All are raw: 8-bit RGB, row by row, height x width x 3 bytes, no header.
    """

    name: str
    height: int = Field(ge=1)
    width: int = Field(ge=1)
    parameters: dict[str, float] = Field(description="values of the hyper-parameters by name")
    places: tuple[float, ...] = Field(
        description="the same normalised, 0..1, in the manifest's order, for the forward graph"
    )
    photo: str
    output: str | None = Field(None, description="what an app's own filter made of the photo; only of a guided filter")
    filtered: str
    restored: str

    @model_serializer(mode="wrap")
    def _without_output(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = write(self)
        if fields["output"] is None:
            del fields["output"]  # the goldens of all other filters stay as they are
        return fields


class FileGolden(_Frozen):
    """A file that an app may be given to restore."""

    path: str
    refusal: Refusal | None = Field(description="why it must be refused; None: it must be restored")
    tag: str | None = Field(description="text of the tag, as iTXt chunk or in the XMP; None: it has none, or cannot be read")
    photo: str | None = Field(description="name of the photo whose filtered bytes are its pixels; None: refused")
    carried: dict[str, str] = Field(description="chunks that a restored PNG must carry too: hexadecimal content by name")


class JpegGolden(_Frozen):
    """A JPEG with the pixels that `decoder` gives, and what restoring those gives; both raw, as of a `PhotoGolden`."""

    path: str
    height: int = Field(ge=1)
    width: int = Field(ge=1)
    quality: int = Field(ge=1, le=100)
    subsampling: Literal["4:4:4", "4:2:2", "4:2:0", "grey"]
    progressive: bool
    decoder: str = Field(description="as in a fingerprint (R16 of sdk/format/RULES.md)")
    decoded: str
    tag: str | None = Field(description="text of the tag; None: no filter made the file, and it is only decoded")
    restored: str | None = Field(description="None: the file has no tag")


class PlanGolden(_Frozen):
    """The tiles of a photo: each of `rows` with each of `columns`, row by row.

    Each is `[start, stop, keep_start, keep_stop]`, pixels: what is read, and the part of the photo that the result is for.
    """

    height: int
    width: int
    fixed_size: bool = Field(description="of the artifact: whether tiles are of the plan's size only")
    rows: tuple[tuple[int, int, int, int], ...]
    columns: tuple[tuple[int, int, int, int], ...]


class RoundingGolden(_Frozen):
    """A graph's output and its level: `bits` are those of an IEEE 754 binary32 number, as an unsigned integer."""

    bits: int = Field(ge=0, lt=1 << 32)
    level: int = Field(ge=0, le=255)


class Goldens(_Frozen):
    """`goldens.json`, version 1. A field is never renamed or given another meaning; a new version gets a new number."""

    version: Literal[1] = 1
    filter: str
    restoration: str
    runtime: str = Field(description="what made the filtered and restored bytes")
    precision: Precision
    tolerance: int = Field(description="most levels that a byte of another runtime in fp32 may differ by")
    tiles: TilePlan
    photos: tuple[PhotoGolden, ...]
    files: tuple[FileGolden, ...]
    jpegs: tuple[JpegGolden, ...] = Field((), description="goldens of older versions have none")
    plans: tuple[PlanGolden, ...]
    roundings: tuple[RoundingGolden, ...]
