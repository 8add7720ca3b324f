/**
 * R4 of sdk/format/RULES.md: one tile plan for every runtime and language: any size in bounded memory, the same bytes every time.
 *
 * Along each axis, tiles lie flush with both ends of the photo and overlap by two halos; what a tile computes closer than a
 * halo to an inner side is thrown away. At the photo's own edge nothing is: zero padding there is part of the network (R6).
 * A network that works on coarser scales needs tiles to begin at multiples of its coarsest cell, the plan's `grid`: then the last
 * tile is the smaller one.
 *
 * Law: the kept parts of a plan cover the photo exactly once.
 */

import type { Direction } from "./manifest";

/** How photos are cut, in pixels; `alignment` divides sizes and offsets of tiles, and `grid`, where there is one, the offsets. */
export interface TilePlan {
  tile: number;
  halo: number;
  /** The halo of forward graphs, where they reach less far than inverse ones. */
  forward_halo?: number | null;
  alignment: number;
  grid?: number | null;
}

/** The plan of one direction's graphs, with their own halo. */
export function planOf(plan: TilePlan, direction: Direction): TilePlan {
  return direction === "forward" && plan.forward_halo != null ? { ...plan, halo: plan.forward_halo } : plan;
}

/** Whether tiles advance, in whole cells. */
export function keepsSomething({ tile, halo, forward_halo, alignment, grid }: TilePlan): boolean {
  const areCells = [tile, halo, alignment].every(Number.isInteger) && alignment >= 1 && halo >= 0 && tile > 2 * halo;
  const isGrid = grid == null || (Number.isInteger(grid) && grid >= 1 && grid % alignment === 0 && tile % grid === 0 && halo % grid === 0);
  const forward = forward_halo ?? halo;
  const isNarrower = Number.isInteger(forward) && forward >= 0 && forward <= halo && forward % (grid ?? alignment) === 0;
  return areCells && tile % alignment === 0 && halo % alignment === 0 && isGrid && isNarrower;
}

/** One axis of a tile, in photo pixels: it reads `start..stop` and its result is kept for `keepStart..keepStop`. */
export interface Span {
  start: number;
  stop: number;
  keepStart: number;
  keepStop: number;
}

/** A rectangle of the photo that a graph sees at once. */
export interface Tile {
  rows: Span;
  columns: Span;
}

/**
 * Tiles along one axis of `length` pixels, a multiple of the alignment: as many as it takes, all of the plan's size; or,
 * unless `fixedSize`, as many smaller ones of equal size, which compute less twice. On a grid the last one is what is left.
 */
export function spans(length: number, plan: TilePlan, fixedSize: boolean): Span[] {
  if (length % plan.alignment) throw new RangeError(`a length of ${length} is not a multiple of ${plan.alignment}`);
  if (length === 0) return [];
  if (length <= plan.tile) return [{ start: 0, stop: length, keepStart: 0, keepStop: length }];
  const overlap = 2 * plan.halo;
  const cell = plan.grid ?? plan.alignment;
  let count = Math.ceil((length - overlap) / (plan.tile - overlap));
  const tile = fixedSize ? plan.tile : Math.ceil((length + overlap * (count - 1)) / (count * cell)) * cell;
  if (plan.grid) count = Math.ceil((length - overlap) / (tile - overlap));
  const all: Span[] = [];
  for (let index = 0; index < count; index++) {
    const last = index === count - 1;
    const start = last && !plan.grid ? length - tile : index * (tile - overlap);
    const keepStop = last ? length : start + tile - plan.halo;
    all.push({ start, stop: Math.min(start + tile, length), keepStart: all.at(-1)?.keepStop ?? 0, keepStop });
  }
  return all;
}

/** Tiles of a photo whose sides are multiples of the alignment, row by row. */
export function tiles(height: number, width: number, plan: TilePlan, fixedSize: boolean): Tile[] {
  const across = spans(width, plan, fixedSize);
  return spans(height, plan, fixedSize).flatMap((rows) => across.map((columns) => ({ rows, columns })));
}
