"""Models that grow without a change of what they wrote before."""

from collections.abc import Callable
from typing import Any, ClassVar

from pydantic import BaseModel, model_serializer


class StableModel(BaseModel):
    """A model whose later fields are written only where they differ from their defaults.

    Law: what an older version wrote is written again byte for byte. So ids and digests over it stay, such as the restoration
    id in every filtered file, and an older version reads what uses nothing newer.

    Attributes:
        LATER: names of the fields that the first version lacked.
    """

    LATER: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _without_later_defaults(self, write: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        fields = write(self)
        silent = {name for name in self.LATER if getattr(self, name) == type(self).model_fields[name].default}
        return {name: value for name, value in fields.items() if name not in silent}
