"""Scores of a checkpoint on a folder of photos, through saved PNG files read back."""

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from unfilter.fidelity.metrics import psnr
from unfilter.photo import Photo, read_photo, write_photo
from unfilter_training.checkpoint import PhotoScore
from unfilter_training.data import image_tensor
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.network.whole_photo import run_whole
from unfilter_training.operators import operator
from unfilter_training.operators.saving import saved_levels

JPEG_QUALITIES = (80, 90, 95)

BORDER = 16
"""Width of the outermost ring that is compared with the centre, pixels."""


class PictureScore(NamedTuple):
    """One photo, RGB PSNR in dB; `*_border` is what the outermost ring loses against the centre (positive: it is worse)."""

    unfiltered: float
    approximation: float
    restoration: float
    restoration_jpeg: tuple[float, float, float]
    approximation_border: float
    restoration_border: float


def score_picture(
    network: QuasiInvertibleNetwork, name: str, parameters: dict[str, float], path: Path, folder: Path
) -> PictureScore:
    """Filter and restore one photo in torch, whole, through PNG files in `folder`."""
    photo = read_photo(path).pixels
    target, filtered, restored = _through_files(network, name, parameters, photo, folder)
    low, middle, high = (
        psnr(run_whole(network, "inverse", _saved(filtered, folder / "filtered.jpg", quality)), photo)
        for quality in JPEG_QUALITIES
    )
    return PictureScore(
        psnr(photo, target),
        psnr(filtered, target),
        psnr(restored, photo),
        (low, middle, high),
        border_loss(filtered, target),
        border_loss(restored, photo),
    )


class LineScore(NamedTuple):
    """A column that an odd width leaves over, against the column before it: RGB PSNR in dB."""

    approximation: float
    approximation_before: float
    restoration: float
    restoration_before: float


def score_odd_column(
    network: QuasiInvertibleNetwork, name: str, parameters: dict[str, float], path: Path, folder: Path
) -> LineScore:
    """What it costs to carry a line beside the network (`unfilter.remainder`): the photo is cut to an odd width first."""
    photo = read_photo(path).pixels
    photo = photo[:, : photo.shape[1] - 1 + photo.shape[1] % 2]
    target, filtered, restored = _through_files(network, name, parameters, photo, folder)
    last, before = np.s_[:, -1:], np.s_[:, -2:-1]
    return LineScore(
        psnr(filtered[last], target[last]),
        psnr(filtered[before], target[before]),
        psnr(restored[last], photo[last]),
        psnr(restored[before], photo[before]),
    )


def _through_files(
    network: QuasiInvertibleNetwork, name: str, parameters: dict[str, float], photo: NDArray[np.uint8], folder: Path
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], NDArray[np.uint8]]:
    """The operator's output, the filtered file and the restored file, as read back."""
    target = saved_levels(operator(name)(image_tensor(photo), **parameters))
    filtered = _saved(run_whole(network, "forward", photo), folder / "filtered.png")
    restored = _saved(run_whole(network, "inverse", filtered), folder / "restored.png")
    return target, filtered, restored


def score(
    network: QuasiInvertibleNetwork,
    name: str,
    parameters: dict[str, float],
    files: list[Path],
    label: str,
    progress: Callable[[list[Path]], Iterable[Path]] = lambda files: files,
) -> tuple[PhotoScore, list[PictureScore]]:
    """Mean scores over photos, and each photo's own, in the order of `files`."""
    with tempfile.TemporaryDirectory() as folder:
        pictures = [score_picture(network, name, parameters, path, Path(folder)) for path in progress(files)]
    columns = zip(PictureScore._fields, zip(*pictures, strict=True), strict=True)
    means = {field: np.mean(column, axis=0).tolist() for field, column in columns}
    return PhotoScore(photos=label, count=len(files), **means), pictures


def border_loss(result: NDArray[np.uint8], truth: NDArray[np.uint8]) -> float:
    """PSNR of the centre minus PSNR of the outermost 16 pixels, dB; 0 where a photo has no centre or either is exact."""
    error = np.square(result.astype(np.float64) - truth.astype(np.float64))
    centre = error[BORDER:-BORDER, BORDER:-BORDER]
    ring = error.size - centre.size
    if not centre.size or not centre.any() or error.sum() == centre.sum():
        return 0.0
    return float(10 * np.log10((error.sum() - centre.sum()) / ring / centre.mean()))


def _saved(pixels: NDArray[np.uint8], path: Path, quality: int = 100) -> NDArray[np.uint8]:
    write_photo(path, Photo(pixels), quality=quality)
    return read_photo(path).pixels
