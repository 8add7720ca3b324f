"""What is wrong with a file's content, in one line; and files that a later version wrote, read as far as this one knows them
(sdk/format/COMPATIBILITY.md).
"""

from collections.abc import Collection, Iterable, Mapping
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


def without_later(entries: object, known: Mapping[str, Collection[str]], requirements: Collection[str] = ()) -> object:
    """`entries`, a list in a file, without those that a later version added: a text that is none of the `known` values of
    its field tells them, or a requirement that is none of `requirements`. What is no list stays as it is.
    """
    if not isinstance(entries, list):
        return entries

    def is_later(entry: object) -> bool:
        if not isinstance(entry, dict):
            return False
        values = ((entry.get(name), allowed) for name, allowed in known.items())
        later = any(isinstance(value, str) and value not in allowed for value, allowed in values)
        return later or bool(unknown(entry.get("requires"), requirements))

    return [entry for entry in entries if not is_later(entry)]


def unknown(requires: object, known: Iterable[str] = ()) -> list[str]:
    """The entries of a list `requires` that are none of `known`; empty where it is no list."""
    return [str(entry) for entry in requires if entry not in known] if isinstance(requires, list | tuple) else []


def first_problem(error: ValidationError, whole: str) -> str:
    """Where and what the first problem is, such as `artifacts.0.path: Field required`; `whole` names the content itself."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"]) or whole
    return f"{where}: {first['msg']}"
