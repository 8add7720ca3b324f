"""Reading an RGB TIFF of 8 or 16 bits a channel, which Pillow would cut down to 8."""

import logging
import math
from pathlib import Path

import numpy as np
import tifffile
from jaxtyping import UInt8, UInt16

from unfilter.errors import PhotoError
from unfilter.photo import PIXEL_LIMIT

COMPRESSIONS = {
    tifffile.COMPRESSION.NONE: "none",
    tifffile.COMPRESSION.LZW: "LZW",
    tifffile.COMPRESSION.ADOBE_DEFLATE: "Deflate",
    tifffile.COMPRESSION.DEFLATE: "Deflate",
}
"""Lossless ones that photo programs write."""

# Its remarks on damaged files would stand beside the one line that says it all.
logging.getLogger("tifffile").addHandler(logging.NullHandler())


def read_tiff(
    path: Path,
) -> tuple[UInt8[np.ndarray, "height width channels"] | UInt16[np.ndarray, "height width channels"], bytes | None]:
    """Samples of the first picture, height x width x 3 or 4, and its ICC profile.

    Sizes are checked before anything is decoded, against the limit that the SDK has for photos.

    Raises:
        PhotoError: missing, damaged, too large, or not RGB with 8 or 16 bits in a lossless compression.
    """
    try:
        with tifffile.TiffFile(path) as file:
            page = file.pages.first
            _check(path, file, page)
            samples = page.asarray(maxworkers=1)
            profile = page.tags.valueof(tifffile.TIFF.TAGS["InterColorProfile"])
            if not isinstance(profile, bytes | None):  # a damaged tag may be of any type
                raise PhotoError(f"{path}: its colour profile is damaged; convert it to sRGB first")
            if page.planarconfig == tifffile.PLANARCONFIG.SEPARATE:
                samples = np.moveaxis(samples, 0, -1)
            if samples.shape != (page.imagelength, page.imagewidth, page.samplesperpixel) or samples.size == 0:
                raise PhotoError(f"{path}: holds no picture of one size; the file is damaged or incomplete")
    except PhotoError:
        raise
    except FileNotFoundError:
        raise PhotoError(f"{path}: no such file") from None
    except IsADirectoryError:
        raise PhotoError(f"{path}: is a folder, not a photo; name one file") from None
    except tifffile.TiffFileError as error:
        raise PhotoError(f"{path}: not a TIFF file, or a damaged one ({error})") from None
    except Exception as error:  # parser and decoders raise ValueError, struct.error, KeyError and more on damaged files
        reason = str(error) or type(error).__name__
        raise PhotoError(f"{path}: cannot be decoded ({reason}); the file is damaged or incomplete") from None
    return samples, profile


def _check(path: Path, file: tifffile.TiffFile, page: tifffile.TiffPage) -> None:
    """Refuse what is not an RGB photo, is too large, or lies outside the file. Nothing is decoded for it."""
    if "DNGVersion" in page.tags or page.photometric == tifffile.PHOTOMETRIC.CFA or page.is_reduced:
        raise PhotoError(f"{path}: is a camera raw file; export it as 8-bit sRGB TIFF, PNG or JPEG first")
    if page.photometric != tifffile.PHOTOMETRIC.RGB or page.samplesperpixel not in (3, 4):
        kind = getattr(page.photometric, "name", page.photometric)
        raise PhotoError(f"{path}: is {kind} (samples per pixel: {page.samplesperpixel}); convert it to RGB first")
    if page.dtype not in (np.uint8, np.uint16) or page.bitspersample not in (8, 16):
        raise PhotoError(f"{path}: has {page.bitspersample} bits per channel ({page.dtype}); convert it to 8 or 16 first")
    if page.compression not in COMPRESSIONS:
        kind = getattr(page.compression, "name", page.compression)
        known = ", ".join(dict.fromkeys(COMPRESSIONS.values()))
        raise PhotoError(f"{path}: is compressed by {kind}; read are: {known}; save it as one of these first")
    # A tile may be declared larger than the picture.
    pixels = max(page.imagewidth * page.imagelength, page.tilewidth * page.tilelength) * max(page.imagedepth, page.tiledepth)
    if pixels > PIXEL_LIMIT:
        raise PhotoError(f"{path}: declares {pixels} pixels, above the limit of {PIXEL_LIMIT}; make it smaller first")
    if page.imagedepth != 1:
        raise PhotoError(f"{path}: is a volume of {page.imagedepth} slices; give a single picture")
    # tifffile fills what is not there with zeros.
    parts = list(zip(page.dataoffsets, page.databytecounts, strict=True))
    if len(parts) != math.prod(page.chunked) or any(
        offset <= 0 or count <= 0 or offset + count > file.filehandle.size for offset, count in parts
    ):
        raise PhotoError(f"{path}: some of its pixels lie outside the file; the file is damaged or incomplete")
