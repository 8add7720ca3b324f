/**
 * R3 of sdk/format/RULES.md. Lines that the alignment leaves over, such as the last column of a photo of odd width, are moved by what their neighbour
 * was moved by: after[line] = clip(before[line] + after[neighbour] - before[neighbour], 0, 255), rows first, then columns.
 * The rule is its own inverse, so it serves both directions.
 */

import type { Pixels } from "./pixels";

/** Fills the lines of `after` that lie beyond the aligned part; a photo below one cell is carried as it is. */
export function carryRemainder(before: Pixels, after: Pixels, alignment: number): void {
  const height = before.height - (before.height % alignment);
  const width = before.width - (before.width % alignment);
  if (!height || !width) {
    after.data.set(before.data);
    return;
  }
  const move = (row: number, column: number, neighbourRow: number, neighbourColumn: number) => {
    const at = (row * before.width + column) * 3;
    const neighbour = (neighbourRow * before.width + neighbourColumn) * 3;
    for (let channel = 0; channel < 3; channel++) {
      const moved = before.data[at + channel]! + after.data[neighbour + channel]! - before.data[neighbour + channel]!;
      after.data[at + channel] = Math.min(Math.max(moved, 0), 255);
    }
  };
  for (let row = height; row < before.height; row++) for (let column = 0; column < width; column++) move(row, column, height - 1, column);
  for (let row = 0; row < before.height; row++) for (let column = width; column < before.width; column++) move(row, column, row, width - 1);
}
