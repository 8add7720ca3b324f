"""What is wrong with a file's content, in one line; and files that a later version wrote, read as far as this one knows them
(sdk/format/COMPATIBILITY.md).
"""

from collections.abc import Iterable
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, ValidationInfo, model_validator

READING = "reading"
"""Context for `model_validate`: the content is a file's, which may have fields that this version does not know."""


class Extensible(BaseModel):
    """A part of a file. Where it is made, an unknown field is a mistake; with `context=READING` it is ignored."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    @model_validator(mode="before")
    @classmethod
    def _known(cls, fields: Any, info: ValidationInfo) -> Any:
        if info.context != READING or not isinstance(fields, dict):
            return fields
        return {name: value for name, value in fields.items() if name in cls.model_fields}


def unknown(requires: object, known: Iterable[str] = ()) -> list[str]:
    """The entries of a list `requires` that are none of `known`; empty where it is no list."""
    return [str(entry) for entry in requires if entry not in known] if isinstance(requires, list | tuple) else []


def first_problem(error: ValidationError, whole: str) -> str:
    """Where and what the first problem is, such as `artifacts.0.path: Field required`; `whole` names the content itself."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or whole
    return f"{where}: {first['msg']}"
