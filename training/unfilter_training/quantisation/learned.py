"""`quantisation.json` beside a checkpoint's weights: the tables that were learned for them."""

from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from unfilter.errors import BundleError
from unfilter.format.quantisation import QuantiserTables, Subsampling

FILE = "quantisation.json"


class Learned(BaseModel):
    """`quantisation.json`. Frozen; another version is refused.

    Attributes:
        saved: part of the bytes that the tables saved on other photos' crops, at equal restoration.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    version: Literal[1] = 1
    weights_sha256: str = Field(pattern=r"^[0-9a-f]{64}$", description="of the weights that they were learned for")
    photos: int = Field(ge=1, description="how many they were learned on")
    saved: dict[Subsampling, float]
    tables: dict[Subsampling, QuantiserTables] = Field(min_length=1)


def read_learned(path: Path) -> Learned:
    """The tables in a file.

    Raises:
        BundleError: missing, damaged, or of another version; one line.
    """
    try:
        return Learned.model_validate_json(path.read_bytes())
    except OSError as error:
        raise BundleError(f"{path}: cannot be read ({error.strerror}); learn with `unfilter quantisation learn`") from None
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(map(str, problem["loc"]))
        raise BundleError(
            f"{path}: {where + ': ' if where else ''}{problem['msg']}; learn again with `unfilter quantisation learn`"
        ) from None
