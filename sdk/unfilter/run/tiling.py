"""A graph on a photo of any size, tile by tile (`unfilter.format.tiles`)."""

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import numpy as np
from numpy.typing import NDArray

from unfilter.format.remainder import aligned_size, carry_remainder
from unfilter.format.rounding import to_bytes, to_floats
from unfilter.format.tiles import Tile, TilePlan, tiles
from unfilter.run.runtimes import BoundGraph

Progress = Callable[[int, int], None]
"""Called with how many pixels of how many are done."""


def run_photo(
    graph: BoundGraph,
    pixels: NDArray[np.uint8],
    plan: TilePlan,
    fixed_size: bool = True,
    progress: Progress | None = None,
) -> NDArray[np.uint8]:
    """`graph` on a photo (uint8, height x width x 3) of any size, tile by tile, in bytes, left-over lines carried. A guided
    forward graph takes 6 channels (`beside`), and both pictures are cut alike.

    `fixed_size` is as for `run_tiles`; `progress` is called with the number of pixels done and of all, before the first
    tile and after each.
    While a tile runs, the next one is prepared and the one before it rounded to bytes, by a thread each.
    """
    height, width = aligned_size(pixels.shape[0], pixels.shape[1], plan.alignment)
    result = np.empty((*pixels.shape[:2], 3), np.uint8)

    def store(tile: Tile, values: NDArray[np.float32]) -> None:
        result[tile.keep] = to_bytes(values)

    done = 0
    if progress:
        progress(0, height * width)
    with ThreadPoolExecutor(1, "bytes") as behind:
        storing: Future[None] | None = None
        for tile, values in run_tiles(graph, pixels[:height, :width], plan, fixed_size):
            if storing:
                storing.result()  # so that no more than one tile waits
            storing = behind.submit(store, tile, values)
            done += values.shape[0] * values.shape[1]
            if progress:
                progress(done, height * width)
        if storing:
            storing.result()
    carry_remainder(pixels[:, :, :3], result, plan.alignment)
    return result


def beside(photo: NDArray[np.uint8], output: NDArray[np.uint8] | None) -> NDArray[np.uint8]:
    """What a forward graph takes: a photo and, for a guided filter, what an app's own filter made of it, as 6 channels."""
    return photo if output is None else np.concatenate([photo, output], axis=2)


def run_tiles(
    graph: BoundGraph, pixels: NDArray[np.uint8], plan: TilePlan, fixed_size: bool = True
) -> Iterator[tuple[Tile, NDArray[np.float32]]]:
    """Run `graph` over the tiles of `pixels` (aligned height x width x channels); gives each tile with the kept part of
    its result, unclipped. `fixed_size` is as for `spans`: whether the graph takes tiles of the plan's size only.

    One tile at a time is run, while another thread turns the next one into floats.
    """
    planned = tiles(pixels.shape[0], pixels.shape[1], plan, fixed_size)
    with ThreadPoolExecutor(1, "tiles") as ahead:
        images = [ahead.submit(to_floats, pixels[tile.read]) for tile in planned[:1]]
        for index, tile in enumerate(planned):
            image = images.pop().result()
            images = [ahead.submit(to_floats, pixels[following.read]) for following in planned[index + 1 : index + 2]]
            yield tile, graph(image)[tile.kept_result]


def run_joined(graph: BoundGraph, pixels: NDArray[np.uint8], plan: TilePlan) -> NDArray[np.float32]:
    """All of `graph`'s result on `pixels` (aligned height x width x 3), unclipped: for photos that are small enough."""
    whole = np.empty((*pixels.shape[:2], 3), np.float32)
    for tile, values in run_tiles(graph, pixels, plan):
        whole[tile.keep] = values
    return whole
