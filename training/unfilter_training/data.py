"""Photo folder to training patches: the operator runs on whole photos, once, and patches are cut from the results."""

import hashlib
import json
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Float
from numpy.typing import NDArray
from torch import Tensor

from unfilter.errors import PhotoError, UnfilterError
from unfilter.files import replacing
from unfilter.format.rounding import to_floats
from unfilter.run.runtimes import threads
from unfilter_training.looks import random_look
from unfilter_training.operators import Symmetry, operator
from unfilter_training.photo_sets import photo_set
from unfilter_training.recipe import Recipe
from unfilter_training.sources import LookSource, filtered, identity
from unfilter_training.sources.command import CommandSource
from unfilter_training.sources.pairs import PairsSource
from unfilter_training.sources.specification import Specification


class Pair(NamedTuple):
    """A photo (uint8, height x width x 3) and the operator's result on it (float16, unclipped, same shape).

    `normalised` are the hyper-parameters, 0..1 each.
    """

    photo: NDArray[np.uint8]
    filtered: NDArray[np.float16]
    normalised: tuple[float, ...] = ()


def image_tensor(pixels: NDArray[np.uint8], dtype: torch.dtype = torch.float32) -> Float[Tensor, "1 3 height width"]:
    """8-bit RGB pixels, height x width x 3, as one image in 0..1."""
    if dtype == torch.float64:  # the operators' exact form needs levels / 255 in float64, not float32's nearest
        return torch.from_numpy(pixels.astype(np.float64) / 255).permute(2, 0, 1)[None]
    return torch.from_numpy(to_floats(pixels)).permute(2, 0, 1)[None]


def make_pair(
    photo: NDArray[np.uint8], name: str, parameters: dict[str, float | int], cache: Path, device: str = "cpu"
) -> Pair:
    """Photo and filtered photo; the filtered one comes from `cache` where the same pixels met the same operator before."""

    def run() -> NDArray[np.float32]:
        return operator(name)(image_tensor(photo).to(device), **parameters)[0].permute(1, 2, 0).cpu().numpy()

    return _kept(photo, json.dumps([photo.shape, name, parameters], sort_keys=True, default=str), cache, run)


def make_look_pair(photo: NDArray[np.uint8], source: LookSource, specification: Specification, cache: Path) -> Pair:
    """The same of a look that comes from a source."""
    name = identity(specification, source, photo)
    return _kept(photo, json.dumps([photo.shape, name]), cache, lambda: filtered(source, photo))


def _kept(photo: NDArray[np.uint8], what: str, cache: Path, run: Callable[[], NDArray[np.float32]]) -> Pair:
    stored = cache / f"{hashlib.sha256(photo.tobytes() + what.encode()).hexdigest()}.npy"
    if not stored.exists():
        result = run()
        with replacing(stored) as temporary:
            np.save(temporary, result.astype(np.float16))
    return Pair(photo, np.load(stored, mmap_mode="r"))  # from the page cache, which trainings side by side share


def make_pairs(
    folder: Path,
    recipe: Recipe,
    cache: Path,
    device: str = "cpu",
    progress: Callable[[list[tuple[Path, str]]], Iterable[tuple[Path, str]]] = lambda files: files,
    source: LookSource | None = None,
) -> list[Pair]:
    """Pairs of all photos that the recipe names and does not hold out, in the order of their names, once per draw of the
    hyper-parameters. `source` is the recipe's own, where it has one.

    Raises:
        UnfilterError: the folder is not what the recipe says, a photo cannot be read, or the source fails on it; one line
            that names it.
    """
    cache.mkdir(parents=True, exist_ok=True)
    files = split(recipe, folder, source).training
    if source is not None:
        assert recipe.source is not None
        return _look_pairs(progress(files), source, recipe.source, cache)
    pairs = []
    for index, (path, layout) in enumerate(progress(files)):
        photo = photo_set(layout).read(path)
        for other in recipe.others:
            pairs.append(make_pair(photo, other.operator, other.parameters, cache, device))
        for normalised in _drawn(recipe, index):
            values = {one.name: one.value(share) for one, share in zip(recipe.hyper_parameters, normalised, strict=True)}
            pair = make_pair(photo, recipe.operator, recipe.parameters | values, cache, device)
            pairs.append(pair._replace(normalised=normalised))
    return pairs


class Split(NamedTuple):
    """Photos with their layouts, in the order of their names: those to train on, and those that are held out."""

    training: list[tuple[Path, str]]
    held_out: list[tuple[Path, str]]


def split(recipe: Recipe, folder: Path, source: LookSource | None = None) -> Split:
    """Photos of `folder` as the recipe divides them; those of pairs alone, where pairs are the source.

    Raises:
        UnfilterError: the folder is not what the recipe says.
    """
    named: dict[Path, str] = {}
    for photos in recipe.photos:
        named |= dict.fromkeys(photo_set(photos.layout).files(folder, [photos.match]), photos.layout)
    whole = None if not isinstance(source, PairsSource) else {path.name for path in source.photos}
    files = [each for each in sorted(named.items()) if whole is None or each[0].name in whole]
    held = set(files[recipe.held_out - 1 :: recipe.held_out]) if recipe.held_out else set()
    return Split([each for each in files if each not in held], [each for each in files if each in held])


def _look_pairs(
    files: Iterable[tuple[Path, str]], source: LookSource, specification: Specification, cache: Path
) -> list[Pair]:
    """Commands run side by side; the order is that of the files."""

    def pair(file: tuple[Path, str]) -> Pair:
        path, layout = file
        try:
            return make_look_pair(photo_set(layout).read(path), source, specification, cache)
        except PhotoError:
            raise
        except UnfilterError as error:
            raise UnfilterError(f"{path}: {error}") from None

    count = threads() if isinstance(source, CommandSource) else 1
    if count == 1:
        return [pair(file) for file in files]
    pairs = []
    with ThreadPoolExecutor(count) as pool:
        waiting: deque[Future[Pair]] = deque()
        try:
            for file in files:
                waiting.append(pool.submit(pair, file))
                if len(waiting) > count:
                    pairs.append(waiting.popleft().result())
            pairs += [each.result() for each in waiting]
        finally:
            for each in waiting:
                each.cancel()
    return pairs


def _drawn(recipe: Recipe, index: int) -> Sequence[tuple[float, ...]]:
    """Normalised hyper-parameters for photo `index`: each range is cut in as many parts as there are draws, and every
    part is drawn from once, so that few draws still cover it; nothing is drawn where there are none.
    """
    count = len(recipe.hyper_parameters)
    if not count:
        return [()]
    random = np.random.default_rng([recipe.schedule.seed, index, 2])
    parts = random.permuted(np.tile(np.arange(recipe.draws), (count, 1)), axis=1).T
    return [tuple(row) for row in ((parts + random.random(parts.shape)) / recipe.draws).tolist()]


class Batch(NamedTuple):
    """Patches of one step, sRGB 0..1, and the normalised hyper-parameters (None where a recipe has none)."""

    photo: Float[Tensor, "batch 3 size size"]
    target: Float[Tensor, "batch 3 size size"]
    normalised: Float[Tensor, "batch count"] | None

    def on(self, device: str) -> "Batch":
        """The same on a device, with channels last."""
        photo, target = (
            images.to(device, memory_format=torch.channels_last, non_blocking=True) for images in (self.photo, self.target)
        )
        return Batch(photo, target, None if self.normalised is None else self.normalised.to(device))


class Patches:
    """Random patches of pairs. An image depends on the seed, the step and its number in the batch alone, so a resumed run
    sees the same ones, and so do several processes that share a batch. Targets are clipped as a file clips them.
    """

    def __init__(
        self,
        pairs: list[Pair],
        *,
        size: int,
        seed: int,
        symmetry: Symmetry,
        looks: float = 0.0,
    ) -> None:
        self.pairs = [pair for pair in pairs if min(pair.photo.shape[:2]) >= size]
        if not self.pairs:
            raise UnfilterError(f"no photo is as large as a patch of {size} x {size} pixels")
        self.size, self.seed, self.symmetry, self.looks = size, seed, symmetry, looks

    def batch(self, step: int, images: Iterable[int]) -> Batch:
        """Those images of a step's batch."""
        cut = [self._cut(np.random.default_rng([self.seed, step, image])) for image in images]
        # channels_last is how the patches lie already
        photo, target = (
            torch.from_numpy(np.stack(part)).permute(0, 3, 1, 2)
            for part in ([one[0] for one in cut], [one[1] for one in cut])
        )
        normalised = torch.tensor([one[2] for one in cut]) if cut[0][2] else None
        return Batch(photo, target, normalised)

    def _cut(self, random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32], tuple[float, ...]]:
        pair = self.pairs[random.integers(len(self.pairs))]
        top, left = (random.integers(length - self.size + 1) for length in pair.photo.shape[:2])
        window = np.s_[top : top + self.size, left : left + self.size]
        photo = to_floats(pair.photo[window])
        if self.looks > 0 and random.random() < self.looks:
            target = random_look(random)(torch.from_numpy(photo).permute(2, 0, 1)[None])[0].permute(1, 2, 0).numpy()
        else:
            target = pair.filtered[window].astype(np.float32).clip(0, 1)
        patches = [photo, target]
        if self.symmetry == "square":
            turns, mirror = int(random.integers(4)), random.integers(2)
            patches = [np.rot90(patch[:, ::-1] if mirror else patch, turns) for patch in patches]
        elif self.symmetry == "transpose" and random.integers(2):
            patches = [patch.transpose(1, 0, 2) for patch in patches]
        return patches[0], patches[1], pair.normalised
