"""Goldens: small photos of free licence, with what the training network makes of them in torch, untiled."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from unfilter.bundle import Direction, Golden
from unfilter.photo import Photo, read_photo, write_photo
from unfilter.remainder import aligned_size, carry_remainder
from unfilter.rounding import to_bytes, to_floats
from unfilter_training.network import QuasiInvertibleNetwork

PHOTOS = Path(__file__).parent / "golden_photos"
LICENCES = {"astronaut": "public domain (NASA)", "chelsea": "CC0", "coffee": "CC0", "rocket": "CC0"}


def reference(network: QuasiInvertibleNetwork, direction: Direction, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """One direction of the training network on a whole photo (uint8, height x width x 3), rounded to bytes."""
    alignment = network.config.alignment
    height, width = aligned_size(*pixels.shape[:2], alignment)
    planes = torch.from_numpy(to_floats(pixels[:height, :width])).permute(2, 0, 1)[None]
    with torch.inference_mode():
        result = network(planes)[0] if direction == "forward" else network.inverse(planes)
    after = np.empty_like(pixels)
    after[:height, :width] = to_bytes(result[0].permute(1, 2, 0).numpy())
    carry_remainder(pixels, after, alignment)
    return after


def make_goldens(network: QuasiInvertibleNetwork, tile: int, folder: Path) -> tuple[Golden, ...]:
    """Write `goldens/NAME.png`, `NAME.filtered.png` and `NAME.restored.png` under `folder`; one golden fills a tile."""
    (folder / "goldens").mkdir()
    goldens = []
    photos = {name: read_photo(PHOTOS / f"{name}.png").pixels for name in LICENCES}
    whole_tile = mosaic(list(photos.values()), tile)
    for name, pixels in (*photos.items(), ("mosaic", whole_tile)):
        photo = Photo(pixels)
        filtered = replace(photo, pixels=reference(network, "forward", photo.pixels))
        restored = replace(photo, pixels=reference(network, "inverse", filtered.pixels))
        paths = [f"goldens/{name}{part}.png" for part in ("", ".filtered", ".restored")]
        for path, picture in zip(paths, (photo, filtered, restored), strict=True):
            write_photo(folder / path, picture)
        goldens.append(
            Golden(
                name=name,
                photo=paths[0],
                filtered=paths[1],
                restored=paths[2],
                licence=LICENCES.get(name, "that of each part"),
                round_trip=name in LICENCES,
            )
        )
    return tuple(goldens)


def mosaic(photos: list[NDArray[np.uint8]], side: int) -> NDArray[np.uint8]:
    """`side` x `side` pixels of the photos set side by side again and again, so that a graph's full tile is judged too."""
    height = min(photo.shape[0] for photo in photos)
    band = np.concatenate([photo[:height] for photo in photos], axis=1)
    bands = [np.roll(band, 97 * row, axis=1) for row in range(-(-side // height))]
    repeats = -(-side // band.shape[1])
    return np.ascontiguousarray(np.tile(np.concatenate(bands), (1, repeats, 1))[:side, :side])
