/** A picture folded onto the cells of a mark (R31 of sdk/format/RULES.md, steps 1 to 4 and 6). */

import { CELL, CELLS } from "../mark";
import type { Pixels } from "../pixels";
import { AREA, type Complex, complex, transform } from "./fourier";

/** Side of the window of the means, in pixels. */
const WINDOW = 25;
/** A picture's own colours are held down: what is left beside the means is clipped, and counts less where there is much of it. */
const MOST = 8, LEAST_POWER = 2;

/** One value a pixel, row by row. */
export interface Plane {
  width: number;
  height: number;
  data: Float32Array;
}

/** Where the middle of `side` pixels at most begins along an axis. */
export function middle(length: number, side: number): number {
  return Math.max(0, Math.floor((length - side) / 2));
}

/** Blue beside red and green in the middle, without its own slow course, weighed by how quiet it is. */
export function weighedBlue(pixels: Pixels, side: number): Plane {
  const top = middle(pixels.height, side), left = middle(pixels.width, side);
  const blue = slowCourseOff(pixels, top, left, Math.min(side, pixels.height), Math.min(side, pixels.width));
  const power = means({ ...blue, data: blue.data.map((value) => value * value) });
  return { ...blue, data: blue.data.map((value, index) => value / (power.data[index]! + LEAST_POWER)) };
}

/** Blue beside red and green, less its means, clipped: of the whole picture, or of a part. */
export function slowCourseOff({ width: across, height: down, data }: Pixels, top = 0, left = 0, height = down, width = across): Plane {
  const blue = { width, height, data: new Float32Array(width * height) };
  for (let row = 0, to = 0; row < height; row++) {
    for (let column = 0, from = ((top + row) * across + left) * 3; column < width; column++, from += 3, to++) {
      blue.data[to] = data[from + 2]! - (data[from]! + data[from + 1]!) / 2;
    }
  }
  const slow = means(blue).data;
  return { ...blue, data: blue.data.map((value, index) => Math.min(MOST, Math.max(-MOST, value - slow[index]!))) };
}

function means(plane: Plane): Plane {
  const { width, height } = plane;
  const down = meansAlong(plane.data, width, 1, height, width);
  return { width, height, data: meansAlong(down, height, width, width, 1) };
}

/** Means over a window along one axis; the first and the last value go on beyond it. */
function meansAlong(data: Float32Array, lines: number, lineStep: number, length: number, step: number): Float32Array {
  const result = new Float32Array(data.length);
  const half = (WINDOW - 1) / 2;
  for (let line = 0; line < lines; line++) {
    const start = line * lineStep;
    const at = (index: number) => data[start + Math.min(length - 1, Math.max(0, index)) * step]!;
    let sum = 0;
    for (let index = -half; index <= half; index++) sum += at(index);
    for (let index = 0; index < length; index++) {
      result[start + index * step] = sum / WINDOW;
      sum += at(index + half + 1) - at(index - half);
    }
  }
  return result;
}

/** The transform of the means of the pixels in each cell, over all repetitions, less their mean; evened, so that no strong wave drowns the others. */
export function folded(plane: Plane, scale: number, shift = 0): Complex {
  const rows = cellsOf(plane.height, scale, shift), columns = cellsOf(plane.width, scale, shift);
  const sums = new Float64Array(CELLS * plane.width);
  for (let row = 0, from = 0; row < plane.height; row++) {
    for (let column = 0, to = rows.cells[row]! * plane.width; column < plane.width; column++, from++, to++) sums[to]! += plane.data[from]!;
  }
  const fold = new Float64Array(AREA);
  for (let row = 0, from = 0; row < CELLS; row++) {
    for (let column = 0; column < plane.width; column++, from++) fold[row * CELLS + columns.cells[column]!]! += sums[from]!;
  }
  const cellMean = (value: number, index: number) => value / Math.max(1, rows.counts[Math.floor(index / CELLS)]! * columns.counts[index % CELLS]!);
  const waves = transform(complex(lessMean(fold.map(cellMean))));
  for (let index = 0; index < AREA; index++) {
    const evening = Math.sqrt(Math.hypot(waves.re[index]!, waves.im[index]!) + 1e-9);
    waves.re[index]! /= evening;
    waves.im[index]! /= evening;
  }
  return waves;
}

export function lessMean(values: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.map((value) => value - mean);
}

/** Which cell each line falls into, and how many fall into each. */
function cellsOf(length: number, scale: number, shift: number): { cells: Uint8Array; counts: Float64Array } {
  const cells = new Uint8Array(length), counts = new Float64Array(CELLS);
  for (let line = 0; line < length; line++) {
    const cell = Math.floor((line + 0.5) / (scale * CELL) + shift) % CELLS;
    cells[line] = cell;
    counts[cell]!++;
  }
  return { cells, counts };
}

/** Where a correlation is greatest, and by how many deviations of all its values. */
export function peakOf(correlation: Float64Array): { deviations: number; index: number } {
  let index = 0, squares = 0;
  for (let at = 0; at < AREA; at++) {
    const value = correlation[at]!;
    squares += value * value;
    if (value > correlation[index]!) index = at;
  }
  return { deviations: correlation[index]! / (Math.sqrt(squares / AREA) + 1e-9), index };
}
