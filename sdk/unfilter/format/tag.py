"""The tag that says which filter made a file: JSON in a PNG's iTXt chunk, in the XMP of other formats (R12 of
sdk/format/RULES.md). Its restoration id says which inverse undoes the file (R11).
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal
from xml.sax.saxutils import escape, unescape

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidatorFunctionWrapHandler,
    field_validator,
)

from unfilter.errors import PhotoError
from unfilter.format.fingerprint import Fingerprint
from unfilter.format.manifest import Manifest
from unfilter.format.mark import MARK
from unfilter.format.payload import Payload
from unfilter.format.top_up import TopUp
from unfilter.format.validation import unknown
from unfilter.format.xmp import EMPTY, END, RDF

Codec = Literal["png", "jpeg", "webp", "heic"]
"""Formats that are written; all but JPEG keep every level of every pixel."""
ExactCodec = Literal["png", "webp", "heic"]
"""Those that do."""
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
_Finite = Annotated[float, Field(allow_inf_nan=False)]

HIDDEN_COLOURS = "hidden_colours"
"""What a tag requires where colours under full transparency went around the network (R23 of sdk/format/RULES.md)."""

PNG_KEYWORD = "unfilter"
"""Keyword of the iTXt chunk (PNG specification, section 11.3.3.4)."""

_NAMESPACE = "https://unfilter.dev/ns/tag/1/"
_DECLARED = re.compile(rf"""xmlns:unfilter=(["']){re.escape(_NAMESPACE)}\1""")
# As we write it, and as exiftool writes it again: the attribute as an element.
_DESCRIPTION = re.compile(
    rf"<rdf:Description\s[^<>]*{_DECLARED.pattern}[^<>]*"
    r"(?:/>|(?<!/)>\s*<unfilter:tag>[^<>]*</unfilter:tag>\s*</rdf:Description\s*>)"
)
_VALUE = re.compile(r"""unfilter:tag=(?:"([^"<>]*)"|'([^'<>]*)')|<unfilter:tag>([^<>]*)</unfilter:tag>""")
_QUOTES = {'"': "&quot;"}
_UNQUOTES = {"&quot;": '"', "&#34;": '"', "&apos;": "'", "&#39;": "'"}


class Tag(BaseModel):
    """What a filtered file says of itself. Law: `Tag.from_json(tag.to_json()) == tag`, and the same through XMP."""

    model_config = ConfigDict(frozen=True, extra="ignore", json_schema_extra={"additionalProperties": False})

    version: Literal[1] = 1
    filter: str = Field(pattern=r"^[a-z0-9_]{1,64}$", description="filter id, such as l0")
    restoration: str = Field(pattern=r"^[0-9a-f]{64}$", description="restoration id: which inverse undoes this file")
    codec: Codec
    quality: int | None = Field(None, ge=1, le=100, description="of a JPEG")
    parameters: dict[_Name, _Finite] = Field({}, description="values of the hyper-parameters; restoring does without them")
    fingerprint: Fingerprint | None = Field(None, description="of the pixels as they were saved; older files lack it")
    payload: Payload | None = Field(None, description="the photo in the low bits of the pixels (R25)")
    top_up: TopUp | None = Field(None, description="what the metadata hold beyond what the pixels restore to (R26)")
    requires: tuple[str, ...] = Field((), description="what a reader must know of to restore the file; others refuse it")

    @field_validator("fingerprint", "payload", "top_up", mode="wrap")
    @classmethod
    def _of_this_version(cls, value: object, read: ValidatorFunctionWrapHandler) -> object:
        """What a later version says otherwise is passed over: the file can be restored without it."""
        try:
            return read(value)
        except ValidationError:
            return None

    def to_json(self) -> str:
        """JSON; without what is not said, so that a file that says no more than older ones has the bytes it always had."""
        silent = {name for name in ("parameters", "requires") if not getattr(self, name)}
        return self.model_dump_json(exclude_none=True, exclude=silent)

    @property
    def needs(self) -> list[str]:
        """What the tag requires and this version does not know."""
        return unknown(self.requires, (HIDDEN_COLOURS, MARK))

    @property
    def marked(self) -> bool:
        """Whether the pixels have a mark (`unfilter.format.mark`)."""
        return MARK in self.requires

    @staticmethod
    def from_json(text: str) -> "Tag | None":
        """What this version knows of the tag in `text`; None where it is none."""
        try:
            fields = json.loads(text)
            if isinstance(fields, dict) and _is_later(fields.get("version")):
                fields["version"] = 1
            return Tag.model_validate_json(json.dumps(fields))
        except (ValueError, RecursionError):  # a ValidationError too is a ValueError
            return None

    def to_xmp(self, packet: str | None) -> str:
        """`packet` (an XMP packet, or None for a new one) with this tag in place of any older one (R14).

        Source: XMP specification part 1 (ISO 16684-1), section 7.
        """
        value = escape(self.to_json(), _QUOTES)
        # The namespaces are declared here, whatever prefixes the packet uses elsewhere.
        description = (
            f'<rdf:Description xmlns:rdf="{RDF}" rdf:about="" xmlns:unfilter="{_NAMESPACE}" unfilter:tag="{value}"/>'
        )
        rest = without_tag(packet) or EMPTY
        ends = list(END.finditer(rest))
        if not ends:  # without the element that every packet must have, it is no XMP
            rest, ends = EMPTY, list(END.finditer(EMPTY))
        end = ends[-1].start()
        return rest[:end] + description + rest[end:]

    @staticmethod
    def from_xmp(packet: str) -> "Tag | None":
        """The tag in an XMP packet; None where there is none."""
        value = _VALUE.search(packet) if _DECLARED.search(packet) else None
        return Tag.from_json(unescape(next(filter(None, value.groups()), ""), _UNQUOTES)) if value else None


def _is_later(version: object) -> bool:
    return isinstance(version, int) and not isinstance(version, bool) and version > 1


def without_tag(packet: str | None) -> str | None:
    """`packet` without our description; None where nothing else was in it."""
    if packet is None:
        return None
    rest = _VALUE.sub("", _DESCRIPTION.sub("", packet)) if _DECLARED.search(packet) else packet
    return None if rest.split() == EMPTY.split() else rest


def tag_of(manifest: Manifest, codec: Codec, quality: int, parameters: Mapping[str, float]) -> Tag:
    """The tag of a file that this filter makes. `quality` is of a JPEG; `parameters` has every hyper-parameter's value."""
    return Tag(
        filter=manifest.filter,
        restoration=manifest.restoration,
        codec=codec,
        quality=quality if codec == "jpeg" else None,
        parameters=dict(parameters),
    )


def refuse_later(source: Path | str, tag: Tag) -> None:
    """Raises PhotoError where the tag requires what this version does not know."""
    if tag.needs:
        raise PhotoError(
            f"{source}: was made by a later unfilter and requires {', '.join(tag.needs)}, which this one does not know; "
            "update unfilter"
        )
