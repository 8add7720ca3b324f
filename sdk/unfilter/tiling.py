"""One tile plan for every runtime and language: any size in bounded memory, the same bytes every time.

Graphs that take other sizes than the plan's get smaller tiles, just as many, so that little is computed twice.

Along each axis, tiles lie flush with both ends of the photo and overlap by at least two halos; what a tile computes closer
than a halo to an inner side is thrown away. At the photo's own edge nothing is: zero padding there is part of the network
(R6 of sdk/format/RULES.md), so tiles give what the whole photo would.

Law: the kept parts of a plan cover the photo exactly once.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from unfilter.bundle import TilePlan
from unfilter.rounding import to_floats
from unfilter.runtimes import BoundGraph


@dataclass(frozen=True)
class Span:
    """One axis of a tile, in photo pixels: it reads `start:stop` and its result is kept for `keep_start:keep_stop`."""

    start: int
    stop: int
    keep_start: int
    keep_stop: int


@dataclass(frozen=True)
class Tile:
    """A rectangle of the photo that a graph sees at once."""

    rows: Span
    columns: Span

    @property
    def read(self) -> tuple[slice, slice]:
        """The part of the photo that the graph sees."""
        return slice(self.rows.start, self.rows.stop), slice(self.columns.start, self.columns.stop)

    @property
    def keep(self) -> tuple[slice, slice]:
        """The part of the photo that the tile's result is for."""
        return slice(self.rows.keep_start, self.rows.keep_stop), slice(self.columns.keep_start, self.columns.keep_stop)

    @property
    def kept_result(self) -> tuple[slice, slice]:
        """The same part, counted from the tile's own corner."""
        r, c = self.rows, self.columns
        return (
            slice(r.keep_start - r.start, r.keep_stop - r.start),
            slice(c.keep_start - c.start, c.keep_stop - c.start),
        )


def spans(length: int, plan: TilePlan, fixed_size: bool = True) -> list[Span]:
    """Tiles along one axis of `length` pixels, a multiple of the alignment.

    As many as it takes, all of the plan's size; or, unless `fixed_size`, as many smaller ones of equal size, which compute
    less twice.

    Raises:
        ValueError: the length is not aligned.
    """
    if length % plan.alignment:
        raise ValueError(f"a length of {length} is not a multiple of {plan.alignment}")
    if length <= plan.tile:
        return [Span(0, length, 0, length)] if length else []
    step = plan.tile - 2 * plan.halo
    count = -(-(length - 2 * plan.halo) // step)
    tile = plan.tile
    if not fixed_size:
        cells = -(-(length + 2 * plan.halo * (count - 1)) // (count * plan.alignment))
        tile = cells * plan.alignment
    starts = [index * (tile - 2 * plan.halo) for index in range(count - 1)] + [length - tile]
    ends = [start + tile - plan.halo for start in starts[:-1]] + [length]
    return [
        Span(start, start + tile, keep_start, keep_stop)
        for start, keep_start, keep_stop in zip(starts, [0, *ends[:-1]], ends, strict=True)
    ]


def tiles(height: int, width: int, plan: TilePlan, fixed_size: bool = True) -> list[Tile]:
    """Tiles of a photo whose sides are multiples of the alignment, row by row; `fixed_size` is as for `spans`."""
    across = spans(width, plan, fixed_size)
    return [Tile(rows, columns) for rows in spans(height, plan, fixed_size) for columns in across]


def run_tiles(
    graph: BoundGraph, pixels: NDArray[np.uint8], plan: TilePlan, fixed_size: bool = True
) -> Iterator[tuple[Tile, NDArray[np.float32]]]:
    """Run `graph` over the tiles of `pixels` (aligned height x width x 3); gives each tile with the kept part of its result,
    unclipped. `fixed_size` is as for `spans`: whether the graph takes tiles of the plan's size only.

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
    whole = np.empty(pixels.shape, np.float32)
    for tile, values in run_tiles(graph, pixels, plan):
        whole[tile.keep] = values
    return whole
