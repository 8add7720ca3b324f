"""A photo file of a collection as it is stored: 8 or 16 bits, with its colour profile, an opaque alpha channel dropped."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from jaxtyping import UInt8, UInt16

from unfilter.errors import PhotoError
from unfilter.photo import read_photo
from unfilter_training.photo_sets.tiff import read_tiff

TIFF_SUFFIXES = {".tif", ".tiff"}
SUFFIXES = {".png", ".jpg", ".jpeg", *TIFF_SUFFIXES}


@dataclass(frozen=True)
class Stored:
    """Samples of a file, with the file for messages.

    Attributes:
        samples: RGB, height x width x 3, all levels of their type (0..255 or 0..65535).
        profile: the ICC profile that says what the levels mean, or None, which means sRGB.
    """

    path: Path
    samples: UInt8[np.ndarray, "height width 3"] | UInt16[np.ndarray, "height width 3"]
    profile: bytes | None


def read_stored(path: Path) -> Stored:
    """Read a TIFF (8 or 16 bits), PNG or JPEG (8 bits).

    Raises:
        PhotoError: missing, damaged, transparent, larger than the SDK takes, or of a kind that is not read.
    """
    if path.suffix.lower() in TIFF_SUFFIXES:
        samples, profile = read_tiff(path)
    else:
        photo = read_photo(path)
        samples, profile = photo.picture, photo.icc_profile
    return Stored(path, without_alpha(path, samples), profile)


def without_alpha(path: Path, samples: np.ndarray) -> np.ndarray:
    """The first three channels of `samples`, height x width x 3 or 4.

    Raises:
        PhotoError: the fourth is not at its highest level everywhere: what would be seen is not what is stored.
    """
    if samples.shape[2] == 4 and (samples[..., 3] != np.iinfo(samples.dtype).max).any():
        raise PhotoError(f"{path}: has transparency; flatten it onto a background first")
    return samples[..., :3]
