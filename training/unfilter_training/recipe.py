"""A recipe: everything that `train` needs to make a checkpoint again, as a small TOML file."""

import tomllib
from pathlib import Path
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from unfilter.errors import UnfilterError
from unfilter.format.hyper_parameter import HyperParameter
from unfilter_training.degradation import Mixture
from unfilter_training.losses import LossWeights
from unfilter_training.network import METHODS, MethodConfig, NetworkConfig, preset
from unfilter_training.network.methods import QUASI_INVERTIBLE
from unfilter_training.network.stable_model import StableModel
from unfilter_training.operators import OPERATORS
from unfilter_training.sources.specification import Specification

RECIPES = Path(__file__).parent / "recipes"

ABLATIONS = RECIPES / "ablations"
"""Short trainings that are compared with one another: ablations, and the paper's baselines."""


LOOK = "look"
"""Stands for an operator where a recipe names a source."""


class PhotoSource(BaseModel):
    """Photos to train on: a pattern of file names, with the origin and licence that the model card will show."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    match: str = Field(description="glob pattern of file names in the photo folder")
    layout: Literal["plain", "fivek", "raise"] = Field("plain", description="see `unfilter_training.photo_sets`")
    origin: str
    licence: str


class OtherOperator(BaseModel):
    """One of several operators that a guided network is trained with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    operator: str
    parameters: dict[str, float | int] = Field(default_factory=dict)


class Schedule(StableModel):
    """How long and how fast. The learning rate warms up over `warmup` steps, then falls to zero along a cosine."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    LATER: ClassVar[frozenset[str]] = frozenset({"muon", "approximate", "restart"})

    steps: int = Field(ge=1)
    approximate: int = Field(
        0, ge=0, description="steps before all others in which the auxiliary branch alone learns the operator's output"
    )
    restart: float = Field(
        1.0, gt=0, le=1, description="part of every learning rate at which the steps after the approximating ones begin"
    )
    batch: int = Field(8, ge=1)
    patch: int = Field(96, ge=16, multiple_of=4, description="pixels")
    learning_rate: float = Field(1e-3, gt=0)
    muon: float = Field(0.0, ge=0, description="learning rate of the convolutions' weights by Muon; 0 leaves them to Adam")
    warmup: int = Field(100, ge=0, description="steps")
    gradient_clip: float = Field(1.0, gt=0, description="norm")
    average: float = Field(0.999, ge=0, lt=1, description="decay of the moving average of the weights that is shipped")
    seed: int = 0

    @property
    def total(self) -> int:
        """All steps, approximating ones included."""
        return self.approximate + self.steps


class Recipe(StableModel):
    """One filter's training. Frozen, and unknown fields are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    LATER: ClassVar[frozenset[str]] = frozenset({"others", "looks", "source", "held_out", "weights"})

    filter: str = Field(pattern=r"^[a-z0-9_]+$")
    operator: str
    parameters: dict[str, float | int] = Field(default_factory=dict)
    hyper_parameters: tuple[HyperParameter, ...] = Field((), description="parameters of the operator, drawn per photo")
    draws: int = Field(4, ge=1, description="how many values of the hyper-parameters each photo is filtered with")
    network: MethodConfig = NetworkConfig()
    warm_start: str | None = Field(
        None, pattern=r"^[a-z0-9_]+$", description="recipe whose weights are the start; what does not fit starts anew"
    )
    research_only: str | None = Field(None, description="why the weights may be used for research only, in words")
    others: tuple[OtherOperator, ...] = Field((), description="operators besides `operator` that a guided network meets")
    looks: float = Field(
        0.0, ge=0, le=1, description="part of the patches that a random look filters (`unfilter_training.looks`)"
    )
    source: Specification | None = Field(None, description="of the look, where `operator` is `look`")
    held_out: int = Field(0, ge=0, description="every n-th photo is kept to measure on; 0 trains on all")
    weights: Literal["float32", "int8"] = Field(
        "float32", description="int8: what ships is rounded to weights that int8 holds, so that `w8` loses nothing by them"
    )
    photos: tuple[PhotoSource, ...] = Field(min_length=1)
    schedule: Schedule
    losses: LossWeights = LossWeights()
    degradation: Mixture = Mixture()

    @field_validator("network", mode="before")
    @classmethod
    def _preset(cls, value: object) -> object:
        """`network = "mobile"`, or a table whose `preset` gives what it does not name; `method` names another method."""
        if isinstance(value, str):
            return preset(value)
        if not isinstance(value, dict):
            return value
        rest = dict(value)
        if rest.get("method") == QUASI_INVERTIBLE:
            del rest["method"]
        return preset(rest.pop("preset")).model_dump() | rest if "preset" in rest else rest

    @field_validator("operator")
    @classmethod
    def _known(cls, value: str) -> str:
        if value not in OPERATORS and value != LOOK:
            raise ValueError(f"unknown operator {value!r}: choose one of {', '.join(OPERATORS)}")
        return value

    @model_validator(mode="after")
    def _known_parameters(self) -> "Recipe":
        if (self.operator == LOOK) != (self.source is not None):
            raise ValueError(f"operator = {LOOK!r} and a source go together: the source says what the look is")
        known = {} if self.source else OPERATORS[self.operator].parameters
        drawn = [parameter.name for parameter in self.hyper_parameters]
        for name in (*self.parameters, *drawn):
            if name not in known:
                raise ValueError(f"operator {self.operator} has no parameter {name!r}; it has: {', '.join(known) or 'none'}")
            if isinstance(OPERATORS[self.operator].defaults[name], int) and not isinstance(self.parameters.get(name), int):
                raise ValueError(f"{name} of operator {self.operator} is a whole number: no fraction, and not drawn")
        if len({*self.parameters, *drawn}) < len(self.parameters) + len(drawn):
            raise ValueError("a parameter is named twice among parameters and hyper_parameters")
        if self.warm_start == self.filter:
            raise ValueError("warm_start names the recipe itself")
        if self.network.hyper_parameters != len(drawn):
            raise ValueError(
                f"the network takes {self.network.hyper_parameters} hyper-parameters and the recipe names {len(drawn)}"
            )
        return self


def shipped_recipes() -> list[str]:
    """Names of the recipes of this package, sorted; those that others extend are named with an underscore and left out."""
    return _names(RECIPES)


def ablation_recipes() -> list[str]:
    """Names of the ablations' and baselines' recipes, sorted. None of them makes a filter that ships."""
    return _names(ABLATIONS)


def _names(folder: Path) -> list[str]:
    return sorted(path.stem for path in folder.glob("[!_]*.toml"))


def first_problem(error: ValidationError) -> str:
    """What is wrong first, and where, in a line: `network.blocks: Input should be greater than or equal to 2`."""
    first = error.errors()[0]
    where = ".".join(str(part) for part in first["loc"] if part not in METHODS)  # a method is no field
    return f"{where}: {first['msg']}" if where else str(first["msg"])


def read_recipe(name: str | Path) -> Recipe:
    """Read a recipe by shipped name (`l0`), by an ablation's name, or by path.

    `extends = "_zoo"` takes from `_zoo.toml` beside it what the recipe itself does not say, table by table; that file
    extends no other.

    Raises:
        UnfilterError: not there, not TOML, or not a recipe; one line that names the file.
    """
    path = Path(name) if str(name).endswith(".toml") else _shipped_path(str(name))
    fields = _table(path)
    if "extends" in fields:
        base = path.parent / f"{fields.pop('extends')}.toml"
        fields = _merged(_table(base), fields)
        if "extends" in fields:
            raise UnfilterError(f"{base}: extends another recipe, and {path.name} extends it; one level is all there is")
    try:
        return Recipe.model_validate(fields)
    except ValidationError as error:
        raise UnfilterError(f"{path}: {first_problem(error)}") from None


def _shipped_path(name: str) -> Path:
    return (ABLATIONS if name in ablation_recipes() else RECIPES) / f"{name}.toml"


def _table(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UnfilterError(
            f"{path}: cannot read the recipe ({error.strerror}); shipped recipes: {', '.join(shipped_recipes())}"
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UnfilterError(f"{path}: not TOML: {error}") from None


def _merged(base: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = base | own
    for key, value in own.items():
        if isinstance(value, dict) and isinstance(base.get(key), dict):
            merged[key] = base[key] | value
    return merged
