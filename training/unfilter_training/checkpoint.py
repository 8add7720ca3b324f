"""A checkpoint: a folder of `weights.safetensors`, `checkpoint.json` and the model card `CARD.md` made from it."""

import hashlib
import json
from pathlib import Path
from typing import ClassVar, Literal

import safetensors.torch
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from safetensors import SafetensorError
from torch import Tensor

from unfilter.errors import UnfilterError
from unfilter.files import replacing
from unfilter_training.card import render_card
from unfilter_training.network import MethodConfig, RestorableNetwork, build
from unfilter_training.network.narrowing import narrowed
from unfilter_training.network.stable_model import StableModel
from unfilter_training.recipe import Recipe, first_problem

CHECKPOINTS = Path(__file__).parent / "checkpoints"
"""Checkpoints that ship, one folder per filter."""

GUIDED = Path(__file__).parent / "guided"
"""Checkpoints that ship and make no look of their own: photo and an app's own result go in."""

RESEARCH_ONLY = Path(__file__).parents[2] / "research_only"
"""Checkpoints for research only: beside the packages, so that no wheel holds them, and there in a source checkout alone."""

HOW_TO_HAVE_THEM = "wheels leave checkpoints out; from a clone of the repository, pip install -e '.[convert]' has them"

WEIGHTS, DESCRIPTION, CARD = "weights.safetensors", "checkpoint.json", "CARD.md"


class PhotoScore(StableModel):
    """One evaluation set through saved files: mean of per-picture RGB PSNR, dB (infinite where all is exact)."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")
    LATER: ClassVar[frozenset[str]] = frozenset(
        {
            "approximation_half",
            "approximation_quarter",
            "approximation_ssim",
            "grid",
            "shared",
            "arrived",
            "restoration_once",
        }
    )

    photos: str = Field(description="which photos, such as kodak")
    count: int
    unfiltered: float = Field(description="the photo itself against the operator's output")
    approximation: float = Field(description="the filtered file against the operator's output")
    restoration: float = Field(description="the restored photo against the photo")
    restoration_once: float | None = Field(
        None, description="the same by the inverse alone; None: `restoration` is that, by an older version"
    )
    restoration_jpeg_420: tuple[float, float, float] = Field(description="the same through JPEG 70, 80 and 90, 4:2:0")
    restoration_jpeg_444: tuple[float, float, float] = Field(description="the same through JPEG 70, 80 and 90, 4:4:4")
    approximation_border: float = Field(description="what the outermost 16 pixels lose against the centre, dB")
    restoration_border: float = Field(description="the same for the restored photo")
    approximation_half: float | None = Field(
        None, description="`approximation` at half resolution; None: by an older version"
    )
    approximation_quarter: float | None = Field(None, description="the same at a quarter of it")
    approximation_ssim: tuple[float, float, float] | None = Field(None, description="SSIM at full, half, quarter resolution")
    grid: float | None = Field(None, description="pattern of a period of two pixels in flat areas, levels: `look.grid`")
    shared: tuple[float, ...] = Field((), description="the photo restored from each of `chains.CHAINS`, at that size")
    arrived: tuple[float, ...] = Field((), description="the file that arrived through each, against the same")


class WarmStart(BaseModel):
    """Whose weights a training began with."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    recipe: str
    weights_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")


class Description(BaseModel):
    """`checkpoint.json`. Frozen; another version or an unknown field is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    version: Literal[1] = 1
    filter: str
    network: MethodConfig
    weights_sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    recipe: Recipe
    warm_start: WarmStart | None = None
    steps: int = Field(description="training steps done")
    photos: int = Field(description="training photos used")
    machine: str = Field(description="device and precision of the training")
    notes: tuple[str, ...] = Field((), description="what of the training the recipe does not tell, a sentence each")
    scores: tuple[PhotoScore, ...] = ()


class CheckpointError(UnfilterError):
    """A checkpoint that is missing, broken or of another version; one line that names the file."""


def shipped() -> list[str]:
    """Ids of the filters whose checkpoints ship, sorted."""
    return sorted(path.parent.name for path in CHECKPOINTS.glob(f"*/{DESCRIPTION}"))


def guided() -> list[str]:
    """Ids of the filters that ship and hide a photo in what an app's own filter made of it, sorted."""
    return sorted(path.parent.name for path in GUIDED.glob(f"*/{DESCRIPTION}"))


def shipped_and_guided() -> list[str]:
    """Ids of all filters that ship, those with a look of their own first: what is converted, and which names are taken."""
    return [*shipped(), *guided()]


def research_only() -> list[str]:
    """Ids of the filters whose checkpoints may be used for research only, sorted; none where only the wheel is installed."""
    return sorted(path.parent.name for path in RESEARCH_ONLY.glob(f"*/{DESCRIPTION}"))


def find(name: str | Path) -> Path:
    """The folder of a checkpoint by filter id, shipped or for research only, or `name` itself where it is a folder."""
    for known, root in ((shipped(), CHECKPOINTS), (guided(), GUIDED), (research_only(), RESEARCH_ONLY)):
        if str(name) in known:
            return root / str(name)
    return Path(name)


def save(folder: Path, network: RestorableNetwork, description: Description) -> Description:
    """Write the checkpoint and its card; returns the description with the digest of the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    with replacing(folder / WEIGHTS) as temporary:
        safetensors.torch.save_file({name: tensor.contiguous() for name, tensor in network.state_dict().items()}, temporary)
    digest = hashlib.sha256((folder / WEIGHTS).read_bytes()).hexdigest()
    description = description.model_copy(update={"weights_sha256": digest})
    describe(folder, description)
    return description


def describe(folder: Path, description: Description) -> None:
    """Write `checkpoint.json` and the card alone, such as after scoring."""
    with replacing(folder / DESCRIPTION) as temporary:
        temporary.write_text(description.model_dump_json(indent=2) + "\n", encoding="utf-8")
    with replacing(folder / CARD) as temporary:
        temporary.write_text(render_card(description), encoding="utf-8")


def read_description(folder: Path) -> Description:
    """`checkpoint.json` alone, without the weights.

    Raises:
        CheckpointError: missing, damaged, or of another version.
    """
    path = folder / DESCRIPTION
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
        version = fields.get("version") if isinstance(fields, dict) else None
        if version != 1:
            raise CheckpointError(f"{path}: checkpoint version {version!r}, this unfilter reads version 1; train it again")
        return Description.model_validate(fields)
    except OSError as error:
        known = ", ".join([*shipped_and_guided(), *research_only()])
        said = f"shipped filters: {known}" if known else f"no checkpoint is installed: {HOW_TO_HAVE_THEM}"
        raise CheckpointError(f"{path}: cannot read the checkpoint ({error.strerror}); {said}") from None
    except ValidationError as error:
        raise CheckpointError(f"{path}: {first_problem(error)}; fetch the checkpoint again") from None
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        raise CheckpointError(f"{path}: not JSON ({error}); fetch the checkpoint again") from None


def load(folder: Path) -> tuple[RestorableNetwork, Description]:
    """The network, in evaluation mode on the CPU, and its description.

    Raises:
        CheckpointError: missing, damaged, or of another version.
    """
    description = read_description(folder)
    path = folder / WEIGHTS
    try:
        weights = path.read_bytes()
    except OSError as error:
        raise CheckpointError(f"{path}: cannot be read ({error.strerror}); fetch the checkpoint again") from None
    if hashlib.sha256(weights).hexdigest() != description.weights_sha256:
        raise CheckpointError(f"{path}: does not match the sha256 in {DESCRIPTION}; fetch the checkpoint again")
    network = build(description.network)
    try:
        network.load_state_dict(safetensors.torch.load(weights))
    except (RuntimeError, SafetensorError) as error:
        raise CheckpointError(f"{path}: does not fit the network in {DESCRIPTION} ({str(error).splitlines()[0]})") from None
    return network.eval(), description


def take_what_fits(network: RestorableNetwork, weights: dict[str, Tensor]) -> None:
    """Give `network` those `weights` of another, of a warm start say, that fit by name and shape; of a wider one, the part
    that matters most (`network.narrowing`).
    """
    own = network.state_dict()
    weights = narrowed(network, weights)
    fitting = {name: weight for name, weight in weights.items() if name in own and own[name].shape == weight.shape}
    network.load_state_dict(fitting, strict=False)
