"""What a recipe says of a look's source, and how what a user types is understood."""

import hashlib
import re
from pathlib import Path
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field

from unfilter.errors import UnfilterError

Kind = Literal["table", "pairs", "command", "function", "graph"]

FILES: frozenset[Kind] = frozenset({"table", "pairs", "graph"})
"""Kinds whose value names a file or folder."""

_FUNCTION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*")


class Specification(BaseModel):
    """The source of a look. Frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    COPIED: ClassVar[frozenset[Kind]] = frozenset({"table", "graph"})

    kind: Kind
    value: str = Field(min_length=1, description="file, folder, command with {in} and {out}, or module:function")
    sha256: str | None = Field(None, pattern=r"^[0-9a-f]{64}$", description="of a file, or of a function's module")
    interpolation: Literal["tetrahedral", "trilinear"] = Field("tetrahedral", description="between a 3D table's nodes")
    values: Literal["uint8", "float"] = Field("uint8", description="what a function takes: levels, or float32 of 0..1")
    symmetry: Literal["square", "transpose", "none"] = Field("square", description="as an operator's")
    seconds: float = Field(60.0, gt=0, description="time limit of a command, per photo")


def parse(text: str) -> Specification:
    """What a user means by `--from`: the kind is seen from its form.

    Raises:
        UnfilterError: none of the forms; the line names them.
    """
    path = Path(text)
    if "{in}" in text or "{out}" in text:
        missing = [part for part in ("{in}", "{out}") if part not in text]
        if missing:
            raise UnfilterError(f"{text}: a command needs {' and '.join(missing)}, such as: magick {{in}} -negate {{out}}")
        return Specification(kind="command", value=text)
    if path.is_dir():
        return Specification(kind="pairs", value=text)
    kinds: dict[str, Kind] = {".cube": "table", ".onnx": "graph"}
    if kind := kinds.get(path.suffix.lower()):
        if not path.is_file():
            raise UnfilterError(f"{text}: no such file; --from names a .cube table, an .onnx graph, or another source")
        return Specification(kind=kind, value=text, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    if _FUNCTION.fullmatch(text):
        return Specification(kind="function", value=text)
    found = "is a file of another kind" if path.is_file() else "is no file or folder"
    raise UnfilterError(
        f"{text}: {found}; --from takes a .cube table, an .onnx graph, a folder of before/ and after/, a command with "
        "{in} and {out}, or a Python module:function"
    )
