"""Which files are marked where nobody says (`unfilter.format.mark`): those that people share, of looks that have colour.

A JPEG is what people post, and its levels change anyway. A PNG, WebP or HEIC is kept for its every level, so it is marked
only where that is asked for.
"""

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from unfilter.format.bundle import Bundle
from unfilter.photo import Codec, read_photo

Pixels = NDArray[np.uint8]

LEFT = 0.4
"""Share of a photo's colour, at least, that a look must have left for its files to be marked. Where there is less, the
inverse makes colour many times stronger, and with it what is left of a mark once a site has changed the file. Of the filters
here `bwp` leaves 0.13, all others 0.89 or more.
"""


def pays(bundle: Bundle, codec: Codec) -> bool:
    """Whether a file of a filter, in that codec, is marked where nobody says: by what the filter does to its goldens.

    Raises:
        BundleError: a golden is missing or changed.
    """
    return codec == "jpeg" and not _hides_colour_in_goldens(bundle)


@lru_cache(maxsize=32)  # an opened filter writes many files, each by a job of its own
def _hides_colour_in_goldens(bundle: Bundle) -> bool:
    return hides_colour(
        [
            (read_photo(bundle.checked(golden.photo)).pixels, read_photo(bundle.checked(golden.filtered)).pixels)
            for golden in bundle.manifest.goldens
            if golden.round_trip  # the others are large, and show the same
        ]
    )


def hides_colour(pairs: list[tuple[Pixels, Pixels]]) -> bool:
    """Whether looks (uint8, height x width x 3), each beside its photo, have hardly any of the photos' colour."""
    before, after = (sum(_colour(pair[part]) for pair in pairs) for part in (0, 1))
    return after < LEFT * before


def _colour(pixels: Pixels) -> float:
    """How much blue and red differ from green over a picture, levels; 0 of a grey or evenly tinted one."""
    values = pixels.astype(np.float32)
    return float((values[..., ::2] - values[..., 1:2]).std(axis=(0, 1)).sum())
