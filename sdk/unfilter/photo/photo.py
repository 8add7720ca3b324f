"""What a photo file holds, whatever its format."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from unfilter.format.quantisation import QuantiserTables, Subsampling
from unfilter.format.tag import Tag
from unfilter.photo.resolution import Aspect, Resolution

Kind = Literal["png", "jpeg", "webp", "heic", "avif", "tiff"]
"""Formats that are read; those of `unfilter.photo.Codec` are written too."""


@dataclass(frozen=True)
class Photo:
    """A decoded photo file; docs/photos.md says for each kind of file what is in it.

    Attributes:
        pixels: uint8 RGB, height x width x 3, exactly as stored: EXIF orientation is not applied, colour not converted.
        codec: the format of the file.
        icc_profile, exif, xmp: as in the file, or None. `exif` is from `Exif\\0\\0` on, and without a thumbnail, which would
            show another picture; `xmp` is without our tag, and without claims of what was left behind.
        tag: what made the file, where it says so.
        alpha: uint8, height x width, 0 is transparent; None where there is none. No filter sees it.
        colour: what says of the colour space beside a profile, as chunks of a PNG by name (`gAMA`, `cHRM`, `sRGB`, `cICP`).
        photoshop: Photoshop's image resources, IPTC among them; None where there are none.
        texts: keyword and text of a PNG's text chunks, a JPEG's comment among them as `Comment`.
        resolution: pixels per inch along a row and a column; None where the file does not say.
        aspect: pixels along a row and a column that are equally long, where the file says that without a unit and they are
            not square.
        notes: what was left behind or changed on reading, a line each.
        quality: of a JPEG, 1..100, by its quantiser tables; None for other formats.
        coding: of a JPEG, a digest of its quantiser tables and chroma sampling; None for other formats.
        quantisation: tables to quantise a JPEG of it by, by its chroma subsampling; annex K's where there are none.
        top_up: the top-up in the metadata of a filtered file, as its bytes; None where there is none.
    """

    pixels: NDArray[np.uint8]
    codec: Kind | None = None
    icc_profile: bytes | None = None
    exif: bytes | None = None
    xmp: str | None = None
    tag: Tag | None = None
    alpha: NDArray[np.uint8] | None = None
    colour: tuple[tuple[str, bytes], ...] = ()
    photoshop: bytes | None = None
    texts: tuple[tuple[str, str], ...] = ()
    resolution: Resolution | None = None
    aspect: Aspect | None = None
    notes: tuple[str, ...] = ()
    quality: int | None = None
    coding: str | None = None
    top_up: bytes | None = None
    quantisation: Mapping[Subsampling, QuantiserTables] = field(default_factory=dict)

    @property
    def transparent(self) -> bool:
        """Whether `alpha` says anything: an alpha that is opaque everywhere may be left out of a file."""
        return self.alpha is not None and bool((self.alpha < 255).any())

    @property
    def picture(self) -> NDArray[np.uint8]:
        """Pixels with alpha as a fourth channel, where there is one."""
        return self.pixels if self.alpha is None else np.dstack([self.pixels, self.alpha])
