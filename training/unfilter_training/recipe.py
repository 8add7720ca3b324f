"""A recipe: everything that `train` needs to make a checkpoint again, as a small TOML file."""

import tomllib
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from unfilter.errors import UnfilterError
from unfilter_training.degradation import Mixture
from unfilter_training.losses import LossWeights
from unfilter_training.network import NetworkConfig, preset
from unfilter_training.operators import OPERATORS

RECIPES = Path(__file__).parent / "recipes"


class PhotoSource(BaseModel):
    """Photos to train on: a pattern of file names, with the origin and licence that the model card will show."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: str = Field(description="glob pattern of file names in the photo folder")
    origin: str
    licence: str


class Schedule(BaseModel):
    """How long and how fast. The learning rate warms up over `warmup` steps, then falls to zero along a cosine."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    steps: int = Field(ge=1)
    batch: int = Field(8, ge=1)
    patch: int = Field(96, ge=16, multiple_of=4, description="pixels")
    learning_rate: float = Field(1e-3, gt=0)
    warmup: int = Field(100, ge=0, description="steps")
    gradient_clip: float = Field(1.0, gt=0, description="norm")
    average: float = Field(0.999, ge=0, lt=1, description="decay of the moving average of the weights that is shipped")
    seed: int = 0


class Recipe(BaseModel):
    """One filter's training. Frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    filter: str = Field(pattern=r"^[a-z0-9_]+$")
    operator: str
    parameters: dict[str, float] = {}
    network: NetworkConfig = NetworkConfig()
    photos: tuple[PhotoSource, ...] = Field(min_length=1)
    schedule: Schedule
    losses: LossWeights = LossWeights()
    degradation: Mixture = Mixture()

    @field_validator("network", mode="before")
    @classmethod
    def _preset(cls, value: object) -> object:
        """`network = "mobile"`, or a table whose `preset` gives what it does not name."""
        if isinstance(value, str):
            return preset(value)
        if isinstance(value, dict) and "preset" in value:
            rest = dict(value)
            return preset(rest.pop("preset")).model_dump() | rest
        return value

    @field_validator("operator")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in OPERATORS:
            raise ValueError(f"unknown operator {value!r}: choose one of {', '.join(OPERATORS)}")
        return value

    @model_validator(mode="after")
    def _known_parameters(self) -> "Recipe":
        known = OPERATORS[self.operator].parameters
        for name in self.parameters:
            if name not in known:
                raise ValueError(f"operator {self.operator} has no parameter {name!r}; it has: {', '.join(known) or 'none'}")
        return self


def read_recipe(name: str | Path) -> Recipe:
    """Read a recipe by shipped name (`l0`) or by path.

    Raises:
        UnfilterError: not there, not TOML, or not a recipe; one line that names the file.
    """
    path = Path(name) if str(name).endswith(".toml") else RECIPES / f"{name}.toml"
    try:
        return Recipe.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except OSError as error:
        shipped = ", ".join(sorted(p.stem for p in RECIPES.glob("*.toml")))
        raise UnfilterError(f"{path}: cannot read the recipe ({error.strerror}); shipped recipes: {shipped}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnfilterError(f"{path}: not TOML: {error}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise UnfilterError(f"{path}: {where}: {first['msg']}") from None
