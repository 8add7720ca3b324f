"""One tile plan for every runtime and language: any size in bounded memory, the same bytes every time (R4 of
sdk/format/RULES.md).

Graphs that take other sizes than the plan's get smaller tiles, just as many, so that little is computed twice.

Along each axis, tiles lie flush with both ends of the photo and overlap by at least two halos; what a tile computes closer
than a halo to an inner side is thrown away. At the photo's own edge nothing is: zero padding there is part of the network
(R6), so tiles give what the whole photo would. A network that works on coarser scales needs tiles to
begin at multiples of its coarsest cell, the plan's `grid`: then the last tile is the smaller one.

Law: the kept parts of a plan cover the photo exactly once.
"""

from dataclasses import dataclass
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from unfilter.format.artifact import Direction
from unfilter.format.validation import Extensible


class TilePlan(Extensible):
    """How photos are cut for the graphs, in pixels. See `unfilter.format.tiles`."""

    tile: int = Field(ge=1, description="side of a tile")
    halo: int = Field(ge=0, description="margin of a tile's inner sides that is computed and thrown away")
    forward_halo: int | None = Field(
        None, ge=0, description="the same for forward graphs, where they reach less far; left out where it is halo"
    )
    alignment: int = Field(ge=1, description="sizes and offsets of tiles are multiples of this")
    grid: int | None = Field(
        None, ge=1, description="tiles begin at multiples of this; left out where that is the alignment (requires tile_grid)"
    )

    @model_serializer(mode="wrap")
    def _without_what_is_absent(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields: dict[str, Any] = write(self)
        for name in ("grid", "forward_halo"):
            if fields[name] is None:
                del fields[name]
        return fields

    def of(self, direction: Direction) -> "TilePlan":
        """The plan of one direction's graphs, with their own halo."""
        if self.forward_halo is None:
            return self
        halo = self.forward_halo if direction == "forward" else self.halo
        return self.model_copy(update={"halo": halo, "forward_halo": None})

    @property
    def step(self) -> int:
        """Tiles begin at multiples of this, pixels, and so does any part that is to give what the whole photo gives."""
        return self.grid or self.alignment

    @model_validator(mode="after")
    def _keeps_something(self) -> "TilePlan":
        if self.grid and (self.grid % self.alignment or self.tile % self.grid or self.halo % self.grid):
            raise ValueError(
                f"grid {self.grid} is no multiple of {self.alignment}, or tile {self.tile} and halo {self.halo} are not"
            )
        if self.tile <= 2 * self.halo or self.tile % self.alignment or self.halo % self.alignment:
            raise ValueError(
                f"tile {self.tile} and halo {self.halo} leave nothing to keep, or are no multiple of {self.alignment}"
            )
        if self.forward_halo is not None and (self.forward_halo > self.halo or self.forward_halo % self.step):
            raise ValueError(
                f"forward_halo {self.forward_halo} is more than halo {self.halo}, or no multiple of {self.step}"
            )
        return self


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
    less twice. On a grid the last one is what is left.

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
    if plan.grid:
        if not fixed_size:
            tile = -(-(length + 2 * plan.halo * (count - 1)) // (count * plan.grid)) * plan.grid
            step = tile - 2 * plan.halo
            count = -(-(length - 2 * plan.halo) // step)
        return [
            Span(
                index * step,
                min(index * step + tile, length),
                index * step + (plan.halo if index else 0),
                length if index == count - 1 else (index + 1) * step + plan.halo,
            )
            for index in range(count)
        ]
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
