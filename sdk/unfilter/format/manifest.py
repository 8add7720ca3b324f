"""`manifest.json` of a bundle: what it holds, what made it, and what a reader must know to use it.

The schema for other languages is sdk/format/manifest.schema.json; sdk/format/COMPATIBILITY.md says what may change.
"""

import hashlib
import json
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import Field, SerializerFunctionWrapHandler, ValidationError, model_serializer, model_validator

from unfilter.errors import BundleError, UnfilterError
from unfilter.format.artifact import (
    DIRECTIONS,
    GUIDED,
    Artifact,
    Format,
    Part,
    Precision,
    Refused,
    RequiringPart,
)
from unfilter.format.hyper_parameter import HyperParameter, complete
from unfilter.format.quantisation import Quantisation, Subsampling
from unfilter.format.tiles import TilePlan
from unfilter.format.validation import READING, first_problem, unknown, without_later

MANIFEST = "manifest.json"
SIGNATURE = "signature.json"
CARD = "CARD.md"
SHOWN = 12
"""Hexadecimal digits of an id that are shown, and that are enough to name it."""
SCHEMA: Literal[1] = 1

CarrierKind = Literal["exact", "jpeg"]
"""What filtered bytes may be saved in: exact keeps every level (PNG, lossless WebP, lossless HEIC)."""

REQUIREMENTS = ("tile_grid",)
"""What a manifest may require and this version knows: sdk/format/COMPATIBILITY.md."""


class FileEntry(Part):
    """One file of the bundle.

    A `volatile` one is JSON that a vendor's tools write again without changing it: its sha256 is over the sorted content
    (`json_digest`), and its size is not compared.
    """

    path: str = Field(description="relative to the bundle, with forward slashes")
    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    bytes: int = Field(ge=0)
    volatile: bool = False


class Golden(Part):
    """A small photo and what the reference makes of it; all three are 8-bit RGB PNG files.

    One that fills a tile is for the graphs alone (`round_trip` false), since it takes so much longer. A guided filter's has
    an `output` too: the look that the photo is hidden in.
    """

    name: str
    parameters: dict[str, float] = Field({}, description="value of every hyper-parameter that it was filtered with")
    photo: str
    filtered: str
    restored: str
    licence: str
    round_trip: bool = True
    output: str | None = Field(None, description="what an app's own filter made of the photo; only of a guided filter")

    @model_serializer(mode="wrap")
    def _without_output(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = write(self)
        if fields["output"] is None:
            del fields["output"]
        return fields


class Provenance(Part):
    """Where the weights come from."""

    weights_sha256: str
    steps: int
    operator: str
    parameters: dict[str, float]
    scores: tuple[dict[str, str | int | float | tuple[float, ...]], ...] = ()


class Manifest(RequiringPart):
    """`manifest.json`, schema 1: sdk/format/manifest.schema.json. Frozen: a field is never renamed or given another meaning.

    Law: `Manifest.model_validate_json(m.model_dump_json()) == m`.
    """

    schema_version: Literal[1] = SCHEMA
    filter: str = Field(pattern=r"^[a-z0-9_]{1,64}$")
    restoration: str = Field(
        pattern=r"^[0-9a-f]{64}$",
        description="restoration id: a hash of what the inverse depends on; equal ids restore each other's files",
    )
    rounding: str = Field(description="the rule from graph output to bytes, in words")
    remainder: str = Field(description="the rule for lines that the alignment leaves over, in words")
    tiles: TilePlan
    research_only: str | None = Field(None, description="why it may be used for research only, in words; None: it may ship")
    carriers: tuple[CarrierKind, ...] = Field(
        ("exact",), description="what the filter was trained to be saved in", min_length=1
    )
    hyper_parameters: tuple[HyperParameter, ...] = Field((), description="what `apply` may be told, in the graphs' order")
    artifacts: tuple[Artifact, ...]
    refused: tuple[Refused, ...] = Field((), description="precisions that missed their tolerance, with the number")
    goldens: tuple[Golden, ...]
    files: tuple[FileEntry, ...]
    detection: str | None = Field(None, description="file with the detector, relative to the bundle; None: not calibrated")
    recognition: str | None = Field(
        None,
        description="file with what recognises the filter's pictures after sharing, relative to the bundle; None: nothing",
    )
    quantisation: tuple[Quantisation, ...] = Field(
        (), description="quantiser tables of the filter's JPEG files (R36), one entry per chroma subsampling; else annex K's"
    )
    delegates: str | None = Field(None, description="file with delegate recipes and coverage; None: not asked")
    tools: dict[str, str] = Field(description="versions of what made the artifacts")
    provenance: Provenance
    requires: tuple[str, ...] = Field((), description="what a reader must know of to open the bundle; others refuse it")

    @model_validator(mode="after")
    def _grid_is_required(self) -> "Manifest":
        if (self.tiles.grid is not None) != ("tile_grid" in self.requires):
            raise ValueError("tiles.grid and an entry tile_grid of requires go together")
        return self

    @model_validator(mode="after")
    def _tables_once(self) -> "Manifest":
        named = [one.subsampling for one in self.quantisation]
        if len(set(named)) < len(named):
            raise ValueError(f"quantisation has two entries of one subsampling: {', '.join(named)}")
        return self

    @property
    def guided(self) -> bool:
        """Whether filtering takes the app's own result beside the photo."""
        return any(artifact.output is not None for artifact in self.artifacts)

    @model_validator(mode="after")
    def _guided_alike(self) -> "Manifest":
        guided = self.guided
        for artifact in self.artifacts:
            taken = artifact.output is not None
            if taken != (guided and artifact.direction == "forward") or taken != (GUIDED in artifact.requires):
                raise ValueError(
                    f"{artifact.path} ({artifact.direction}): an output, an entry {GUIDED} of requires, and a forward graph "
                    "of a guided filter go together"
                )
        for golden in self.goldens:
            if (golden.output is not None) != guided and self.artifacts:
                raise ValueError(f"golden {golden.name}: goldens of guided filters have an output, and no others")
        return self

    @model_validator(mode="after")
    def _hyper_parameters_agree(self) -> "Manifest":
        names = [one.name for one in self.hyper_parameters]
        if len(set(names)) < len(names):
            raise ValueError(f"a hyper-parameter is named twice: {', '.join(names)}")
        for artifact in self.artifacts:
            takes = artifact.parameters.channels if artifact.parameters else 0
            expected = len(names) if artifact.direction == "forward" else 0
            if takes != expected:
                raise ValueError(f"{artifact.path} ({artifact.direction}) takes {takes} hyper-parameters, not {expected}")
        for golden in self.goldens:
            try:
                given = complete(self.hyper_parameters, golden.parameters)
            except UnfilterError as error:
                raise ValueError(f"golden {golden.name}: {error}") from None
            if len(given) > len(golden.parameters):
                raise ValueError(f"golden {golden.name}: no value of {', '.join(given.keys() - golden.parameters.keys())}")
        return self


def bundle_id(manifest: bytes) -> str:
    """What tells a bundle from all others: the start of the sha256 of its manifest, which has that of every other file.

    Converting a filter again may give another bundle of the same restoration id.
    """
    return hashlib.sha256(manifest).hexdigest()[:SHOWN]


def manifest_of(content: bytes, path: Path) -> Manifest:
    """The manifest in `content`, the bytes of `path`.

    Raises:
        BundleError: no JSON, another schema, or not what a manifest must be; one line that says where.
    """
    try:
        fields = json.loads(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise BundleError(f"{path}: cannot be read ({' '.join(str(error).split())}); convert the filter again") from None
    version = fields.get("schema_version") if isinstance(fields, dict) else None
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise BundleError(f"{path}: manifest schema {version!r} is none; convert the filter again")
    if needs := unknown(fields.get("requires"), REQUIREMENTS):
        raise BundleError(f"{path}: requires {', '.join(needs)}, which this unfilter does not know; update unfilter")
    try:
        return Manifest.model_validate(_readable(fields), context=READING)
    except ValidationError as error:
        later = f"manifest schema {version}, this unfilter knows {SCHEMA}; update unfilter"
        remedy = later if version > SCHEMA else "convert the filter again"
        raise BundleError(f"{path}: {first_problem(error, 'manifest')}; {remedy}") from None


_VALUES = {"format": get_args(Format), "direction": DIRECTIONS, "precision": get_args(Precision), "delegate": ()}
"""What this version knows of an artifact. None has a `delegate` yet: a later one may be for that alone."""


def _readable(fields: dict[str, Any]) -> dict[str, Any]:
    """The part of a manifest that this version knows, as its own: without artifacts, refused precisions, carriers and
    quantiser tables that a later one added.
    """
    known: dict[str, Any] = {"schema_version": SCHEMA}
    for name in ("artifacts", "refused"):
        if name in fields:
            known[name] = without_later(fields[name], _VALUES, (GUIDED,))
    if "quantisation" in fields:
        known["quantisation"] = without_later(fields["quantisation"], {"subsampling": get_args(Subsampling)})
    if isinstance(fields.get("carriers"), list):
        kinds = get_args(CarrierKind)
        known["carriers"] = [each for each in fields["carriers"] if each in kinds or not isinstance(each, str)]
    return fields | known


def is_inside(path: str) -> bool:
    """Whether a path of a manifest or of an archive leads to a place below the bundle, on every system."""
    parts = path.removesuffix("/").split("/")
    unsafe = any(part in ("", ".", "..") or part[-1] in ". " for part in parts)
    return not unsafe and path.isprintable() and not set(path) & set("\\:")
