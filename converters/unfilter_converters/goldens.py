"""Goldens: small photos of free licence, with what the training network makes of them in torch, untiled."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from unfilter.format.hyper_parameter import HyperParameter
from unfilter.format.manifest import Golden
from unfilter.photo import Photo, read_photo, write_photo
from unfilter.proof.goldens import golden_look
from unfilter_training.network import QuasiInvertibleNetwork
from unfilter_training.network.whole_photo import run_whole

PHOTOS = Path(__file__).parent / "golden_photos"
LICENCES = {"astronaut": "public domain (NASA)", "chelsea": "CC0", "coffee": "CC0", "rocket": "CC0"}


def make_goldens(
    network: QuasiInvertibleNetwork, tile: int, folder: Path, hyper_parameters: Sequence[HyperParameter] = ()
) -> tuple[Golden, ...]:
    """Write `goldens/NAME.png`, `NAME.filtered.png` and `NAME.restored.png` under `folder`; one golden fills a tile.

    A guided network gets `NAME.output.png` too, `golden_look` of the photo. Each has values of `hyper_parameters` of its
    own: the defaults, then low, middle and high in another order for each.
    """
    (folder / "goldens").mkdir()
    goldens = []
    photos = {name: read_photo(PHOTOS / f"{name}.webp").pixels for name in LICENCES}
    whole_tile = mosaic(list(photos.values()), tile)
    for index, (name, pixels) in enumerate((*photos.items(), ("mosaic", whole_tile))):
        photo = Photo(pixels)
        values = golden_values(index, hyper_parameters)
        normalised = tuple(one.normalise(values[one.name]) for one in hyper_parameters)
        look = golden_look(pixels) if network.takes_output else None
        filtered = replace(photo, pixels=run_whole(network, "forward", photo.pixels, normalised, look))
        restored = replace(photo, pixels=run_whole(network, "inverse", filtered.pixels))
        paths = [f"goldens/{name}{part}.png" for part in ("", ".filtered", ".restored")]
        for path, picture in zip(paths, (photo, filtered, restored), strict=True):
            write_photo(folder / path, picture)
        output = f"goldens/{name}.output.png" if look is not None else None
        if output and look is not None:
            write_photo(folder / output, Photo(look))
        goldens.append(
            Golden(
                name=name,
                parameters=values,
                photo=paths[0],
                filtered=paths[1],
                restored=paths[2],
                licence=LICENCES.get(name, "that of each part"),
                round_trip=name in LICENCES,
                output=output,
            )
        )
    return tuple(goldens)


def golden_values(index: int, hyper_parameters: Sequence[HyperParameter]) -> dict[str, float]:
    """Values for golden `index`: all defaults for every fourth. Between them each hyper-parameter goes through its range,
    beginning elsewhere than the one before it, so that a graph that mixes two up gives other bytes.
    """
    if index % 4 == 0:
        return {one.name: one.default for one in hyper_parameters}
    return {one.name: one.value((index - 1 + turn) % 3 / 2) for turn, one in enumerate(hyper_parameters)}


def mosaic(photos: list[NDArray[np.uint8]], side: int) -> NDArray[np.uint8]:
    """`side` x `side` pixels of the photos set side by side again and again, so that a graph's full tile is judged too."""
    height = min(photo.shape[0] for photo in photos)
    band = np.concatenate([photo[:height] for photo in photos], axis=1)
    bands = [np.roll(band, 97 * row, axis=1) for row in range(-(-side // height))]
    repeats = -(-side // band.shape[1])
    return np.ascontiguousarray(np.tile(np.concatenate(bands), (1, repeats, 1))[:side, :side])
