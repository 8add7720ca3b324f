"""What it costs to restore a JPEG that another decoder reads: `python tests/bench/jpeg_decoders.py BUNDLE PHOTO ...`.

Prints, for each photo's upper left 512 x 512 pixels saved at quality 80 and 90 with 4:2:0, the dB of the restored photo by
four ways of libjpeg-turbo to decode, and the most levels that they are off from Pillow's. Needs the library libturbojpeg
(apt install libturbojpeg0), or a path to it in TURBOJPEG.
"""

import ctypes
import ctypes.util
import os
import sys
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from unfilter import Filter

ACCURATE, FAST, PLAIN_CHROMA = 4096, 2048, 256  # TurboJPEG's flags
WAYS = {
    "as the SDK": ACCURATE,
    "chroma not interpolated": ACCURATE | PLAIN_CHROMA,
    "fast integer DCT": FAST,
    "both": FAST | PLAIN_CHROMA,
}
SIDE = 512


def decode(library: ctypes.CDLL, file: bytes, flags: int) -> NDArray[np.uint8]:
    width, height = Image.open(BytesIO(file)).size
    levels = np.zeros((height, width, 3), np.uint8)
    handle = ctypes.c_void_p(library.tjInitDecompress())
    size, pixels = ctypes.c_ulong(len(file)), ctypes.c_void_p(levels.ctypes.data)
    assert library.tjDecompress2(handle, file, size, pixels, width, 0, height, 0, flags) == 0
    library.tjDestroy(handle)
    return levels


def psnr(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(10 * np.log10(255**2 / np.square(one.astype(float) - other).mean()))


def main(bundle: str, *photos: str) -> None:
    library = ctypes.CDLL(os.environ.get("TURBOJPEG") or ctypes.util.find_library("turbojpeg") or "libturbojpeg.so.0")
    library.tjInitDecompress.restype = ctypes.c_void_p
    chosen = Filter.open(bundle, runtime="onnx")
    for path in photos:
        photo = np.asarray(Image.open(path).convert("RGB"))[:SIDE, :SIDE]
        filtered = Image.fromarray(chosen.apply(photo))
        for quality in (80, 90):
            filtered.save(saved := BytesIO(), "JPEG", quality=quality, subsampling="4:2:0")
            own = np.asarray(Image.open(saved)).astype(int)
            for way, flags in WAYS.items():
                levels = decode(library, saved.getvalue(), flags)
                off, restored = np.abs(levels - own).max(), psnr(chosen.restore(levels), photo)
                print(f"{path}, quality {quality}, {way}: {restored:.2f} dB, {off} levels off", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
