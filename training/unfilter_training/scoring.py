"""Scores of a checkpoint on a folder of photos, through saved PNG and JPEG files read back."""

import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from unfilter.format.hyper_parameter import complete
from unfilter.photo import Photo, Subsampling, read_photo, write_photo
from unfilter.proof.fidelity.metrics import psnr
from unfilter_training.chains import CHAINS
from unfilter_training.checkpoint import PhotoScore
from unfilter_training.data import image_tensor
from unfilter_training.look import look
from unfilter_training.network import RestorableNetwork
from unfilter_training.network.whole_photo import run_again, run_whole
from unfilter_training.operators import operator
from unfilter_training.operators.saving import saved_levels
from unfilter_training.recipe import Recipe
from unfilter_training.sources import LookSource, open_source
from unfilter_training.sources.examination import levels

JPEG_QUALITIES = (70, 80, 90)
"""Those of the paper's Table 5."""

BORDER = 16
"""Width of the outermost ring that is compared with the centre, pixels."""


class Task(NamedTuple):
    """What a network is measured at: it must do what the operator does with these parameters.

    `normalised` are the hyper-parameters among them, 0..1 each.
    """

    operator: str
    parameters: dict[str, float | int]
    normalised: tuple[float, ...] = ()
    source: LookSource | None = None

    def target(self, photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """What a photo (uint8, height x width x 3) should look like as a file, of the same shape."""
        if self.source is not None:
            return levels(self.source, photo)
        return saved_levels(operator(self.operator)(image_tensor(photo), **self.parameters))


def task(recipe: Recipe, values: dict[str, float] | None = None, folder: Path = Path()) -> Task:
    """The task of a recipe, its hyper-parameters at `values` or their defaults. A source's file lies in `folder`.

    Raises:
        UnfilterError: a value lies outside its range, there is no such hyper-parameter, or the source cannot be opened.
    """
    source = open_source(recipe.source, folder) if recipe.source else None
    given = complete(recipe.hyper_parameters, values or {})
    normalised = tuple(one.normalise(given[one.name]) for one in recipe.hyper_parameters)
    return Task(recipe.operator, recipe.parameters | given, normalised, source)


class PictureScore(NamedTuple):
    """One photo, RGB PSNR in dB; `*_border` is what the outermost ring loses against the centre (positive: it is worse)."""

    unfiltered: float
    approximation: float
    restoration: float
    restoration_once: float
    restoration_jpeg_420: tuple[float, float, float]
    restoration_jpeg_444: tuple[float, float, float]
    approximation_border: float
    restoration_border: float
    approximation_half: float
    approximation_quarter: float
    approximation_ssim: tuple[float, float, float]
    grid: float
    shared: tuple[float, ...]
    arrived: tuple[float, ...]


def score_picture(network: RestorableNetwork, task: Task, photo: NDArray[np.uint8], folder: Path) -> PictureScore:
    """Filter and restore one photo (uint8, height x width x 3) in torch, whole, through files in `folder`."""
    target, filtered, restored = _through_files(network, task, photo, folder)
    once = run_whole(network, "inverse", filtered)

    def through_jpeg(subsampling: Subsampling) -> tuple[float, float, float]:
        low, middle, high = (
            psnr(run_whole(network, "inverse", _saved(filtered, folder / "filtered.jpg", quality, subsampling)), photo)
            for quality in JPEG_QUALITIES
        )
        return low, middle, high

    seen = look(filtered, target)
    return PictureScore(
        psnr(photo, target),
        psnr(filtered, target),
        psnr(restored, photo),
        psnr(once, photo),
        through_jpeg("4:2:0"),
        through_jpeg("4:4:4"),
        border_loss(filtered, target),
        border_loss(restored, photo),
        seen.psnr[1],
        seen.psnr[2],
        seen.ssim,
        seen.grid,
        *_through_chains(network, filtered, photo, folder),
    )


class SharedScore(NamedTuple):
    """What is restored through each of `CHAINS`, and the file that arrived: RGB PSNR against the photo at that size, dB."""

    shared: tuple[float, ...]
    arrived: tuple[float, ...]


def score_shared(network: RestorableNetwork, task: Task, photo: NDArray[np.uint8], folder: Path) -> SharedScore:
    """That part alone of `score_picture`: in a fraction of the time, since most networks need no output of the operator."""
    target = task.target(photo) if network.takes_output else None
    filtered = _saved(run_whole(network, "forward", photo, task.normalised, target), folder / "filtered.png")
    return _through_chains(network, filtered, photo, folder)


def _through_chains(
    network: RestorableNetwork, filtered: NDArray[np.uint8], photo: NDArray[np.uint8], folder: Path
) -> SharedScore:
    arrivals = [(chain.arrived(filtered, folder), chain.reference(photo)) for chain in CHAINS]
    return SharedScore(
        tuple(psnr(run_whole(network, "inverse", arrived), at_size) for arrived, at_size in arrivals),
        tuple(psnr(arrived, at_size) for arrived, at_size in arrivals),
    )


class LineScore(NamedTuple):
    """A column that an odd width leaves over, against the column before it: RGB PSNR in dB."""

    approximation_db: float
    approximation_before_db: float
    restoration_db: float
    restoration_before_db: float


def score_odd_column(network: RestorableNetwork, task: Task, photo: NDArray[np.uint8], folder: Path) -> LineScore:
    """What it costs to carry a line beside the network (`unfilter.format.remainder`): the photo is cut to an odd width
    first.
    """
    photo = photo[:, : photo.shape[1] - 1 + photo.shape[1] % 2]
    target, filtered, restored = _through_files(network, task, photo, folder)
    last, before = np.s_[:, -1:], np.s_[:, -2:-1]
    return LineScore(
        psnr(filtered[last], target[last]),
        psnr(filtered[before], target[before]),
        psnr(restored[last], photo[last]),
        psnr(restored[before], photo[before]),
    )


def _through_files(
    network: RestorableNetwork, task: Task, photo: NDArray[np.uint8], folder: Path
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """The operator's output, the filtered file and the restored file, as read back."""
    target = task.target(photo)
    filtered = _saved(run_whole(network, "forward", photo, task.normalised, target), folder / "filtered.png")
    restored = _saved(run_again(network, filtered, task.normalised), folder / "restored.png")
    return target, filtered, restored


def score(
    network: RestorableNetwork, task: Task, photos: Iterable[NDArray[np.uint8]], label: str
) -> tuple[PhotoScore, list[PictureScore]]:
    """Mean scores over photos, and each photo's own, in their order."""
    with tempfile.TemporaryDirectory() as folder:
        pictures = [score_picture(network, task, photo, Path(folder)) for photo in photos]
    columns = zip(PictureScore._fields, zip(*pictures, strict=True), strict=True)
    means: dict[str, Any] = {field: np.mean(column, axis=0).tolist() for field, column in columns}
    if np.isnan(means["approximation_ssim"]).any():  # a photo too small for the window at a quarter of its size
        means["approximation_ssim"] = None
    return PhotoScore(photos=label, count=len(pictures), **means), pictures


def border_loss(result: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """PSNR of the centre minus PSNR of the outermost 16 pixels, dB; 0 where a photo has no centre or either is exact."""
    error = np.square(result.astype(np.float64) - truth.astype(np.float64))
    centre = error[BORDER:-BORDER, BORDER:-BORDER]
    ring = error.size - centre.size
    if not centre.size or not centre.any() or error.sum() == centre.sum():
        return 0.0
    return float(10 * np.log10((error.sum() - centre.sum()) / ring / centre.mean()))


def _saved(
    pixels: NDArray[np.uint8], path: Path, quality: int = 100, subsampling: Subsampling = "4:4:4"
) -> NDArray[np.uint8]:
    write_photo(path, Photo(pixels), quality=quality, subsampling=subsampling)
    return read_photo(path).pixels
