/**
 * R30 of sdk/format/RULES.md. A mark: a weak pattern in blue that says which filter made a photo, and survives sharing. It is taken off
 * again, level by level, before a file that is as it was saved is restored; `recognition` finds it in others.
 */

import type { Pixels } from "./pixels";
import { sha256 } from "./sha256";

/** What a tag requires of a file that has one. */
export const MARK = "mark";
/** Side of a cell in pixels, and of the pattern in cells. */
export const CELL = 4, CELLS = 32;
/** Digests that the bits of a pattern come from. */
const DIGESTS = 4;

/** By how many levels blue is raised in each cell of a filter's pattern, row by row. */
export async function patternOf(restoration: string): Promise<Int8Array> {
  const texts = Array.from({ length: DIGESTS }, (_, block) => `${restoration} mark ${block}`);
  const digits = (await Promise.all(texts.map((text) => sha256(new TextEncoder().encode(text))))).join("");
  const signs = [...digits].flatMap((digit) => [8, 4, 2, 1].map((bit) => (parseInt(digit, 16) & bit ? 1 : -1)));
  const around = (index: number) => (index + CELLS) % CELLS;
  const smoothed = (cells: number[], neighbour: (row: number, column: number, by: number) => number) =>
    cells.map((cell, index) => {
      const [row, column] = [Math.floor(index / CELLS), index % CELLS];
      return cells[neighbour(row, column, -1)]! + 2 * cell + cells[neighbour(row, column, 1)]!;
    });
  const down = smoothed(signs, (row, column, by) => around(row + by) * CELLS + column);
  const across = smoothed(down, (row, column, by) => row * CELLS + around(column + by));
  return Int8Array.from(across, (sum) => Math.trunc(sum / 2));
}

/** `pixels` with the mark of a filter. */
export function marked(pixels: Pixels, restoration: string): Promise<Pixels> {
  return moved(pixels, restoration, 1);
}

/** `pixels` without it. Law: `unmarked(marked(pixels, id), id)` is `pixels` wherever blue is 8 to 247. */
export function unmarked(pixels: Pixels, restoration: string): Promise<Pixels> {
  return moved(pixels, restoration, -1);
}

async function moved({ width, height, data }: Pixels, restoration: string, sign: 1 | -1): Promise<Pixels> {
  const pattern = await patternOf(restoration);
  const changed = { width, height, data: data.slice() };
  for (let row = 0; row < height; row++) {
    const cells = (Math.floor(row / CELL) % CELLS) * CELLS;
    for (let column = 0, blue = row * width * 3 + 2; column < width; column++, blue += 3) {
      const level = data[blue]! + sign * pattern[cells + (Math.floor(column / CELL) % CELLS)]!;
      changed.data[blue] = Math.min(255, Math.max(0, level));
    }
  }
  return changed;
}
