/** R32 of sdk/format/RULES.md. Taking a mark that was found off a picture, as far as compression left it. */

import { CELL, CELLS, patternOf } from "../mark";
import type { Pixels } from "../pixels";
import { complex } from "./fourier";
import { folded, lessMean, middle, peakOf, slowCourseOff, weighedBlue } from "./fold";
import { conjugateOf, correlate } from "./markSearch";

/** Side of the square by which size and place are found again, and how many finer sizes are tried on either side. */
const WHOLE = 1024, FINER = 12;

/** Where the pattern lies: its size, and in which cell the square begins. */
interface Place {
  scale: number;
  row: number;
  column: number;
}

/** `pixels`, upright, less the filter's mark that was found at `scale` of its size. How much is left of it is fitted by least squares. */
export async function without(pixels: Pixels, restoration: string, scale: number): Promise<Pixels> {
  const levels = Float64Array.from(await patternOf(restoration));
  const place = placeOf(pixels, levels, scale);
  const { width, height } = pixels;
  const rows = weightsOf(height, middle(height, WHOLE), place.scale, place.row);
  const columns = weightsOf(width, middle(width, WHOLE), place.scale, place.column);
  const blue = slowCourseOff(pixels).data;
  const seen = new Float64Array(width); // of one row
  let products = 0, squares = 0;
  for (let row = 0, index = 0; row < height; row++) {
    see(levels, rows, row, columns, seen);
    for (let column = 0; column < width; column++, index++) {
      products += blue[index]! * seen[column]!;
      squares += seen[column]! ** 2;
    }
  }
  const count = width * height;
  const gain = Math.min(1, Math.max(0, products / count / (squares / count + 1e-9)));
  const freed = { width, height, data: pixels.data.slice() };
  for (let row = 0, at = 2; row < height; row++) {
    see(levels, rows, row, columns, seen);
    for (let column = 0; column < width; column++, at += 3) {
      freed.data[at] = Math.min(255, Math.max(0, Math.round(pixels.data[at]! - gain * seen[column]!)));
    }
  }
  return freed;
}

function placeOf(pixels: Pixels, levels: Float64Array<ArrayBuffer>, scale: number): Place {
  const blue = weighedBlue(pixels, WHOLE);
  const spectrum = conjugateOf(lessMean(levels));
  const correlation = complex();
  const step = ((CELL * 0.5) / Math.max(blue.width, blue.height)) * scale;
  let most = -1;
  let best: Place = { scale, row: 0, column: 0 };
  for (let finer = -FINER; finer <= FINER; finer++) {
    for (const part of [0, 0.5]) {
      const size = scale + step * finer;
      const { deviations, index } = peakOf(correlate(folded(blue, size, part), spectrum, correlation).re);
      if (deviations <= most) continue;
      most = deviations;
      best = { scale: size, row: part - Math.floor(index / CELLS), column: part - (index % CELLS) };
    }
  }
  return best;
}

/** Of each line the cell that it sees, and how much it sees of the next one: linear between the cells' middles. */
function weightsOf(length: number, start: number, scale: number, shift: number): { cells: Uint8Array; next: Float64Array } {
  const cells = new Uint8Array(length), next = new Float64Array(length);
  for (let line = 0; line < length; line++) {
    const at = (line - start + 0.5) / (scale * CELL) + shift - 0.5;
    const below = Math.floor(at);
    cells[line] = ((below % CELLS) + CELLS) % CELLS;
    next[line] = at - below;
  }
  return { cells, next };
}

/** What the pixels of a row see of the pattern, into `seen`. */
function see(levels: Float64Array, rows: ReturnType<typeof weightsOf>, row: number, columns: ReturnType<typeof weightsOf>, seen: Float64Array): void {
  const upper = rows.cells[row]! * CELLS, lower = ((rows.cells[row]! + 1) % CELLS) * CELLS;
  const part = rows.next[row]!;
  const line = Float64Array.from({ length: CELLS }, (_, cell) => levels[upper + cell]! * (1 - part) + levels[lower + cell]! * part);
  for (let column = 0; column < seen.length; column++) {
    const cell = columns.cells[column]!;
    seen[column] = line[cell]! * (1 - columns.next[column]!) + line[(cell + 1) % CELLS]! * columns.next[column]!;
  }
}
