/** R31 of sdk/format/RULES.md. Finding a filter's mark in a picture that was resized, cut, turned and compressed. */

import { CELL, CELLS, patternOf } from "../mark";
import type { Pixels } from "../pixels";
import { AREA, type Complex, complex, transform } from "./fourier";
import { folded, lessMean, peakOf, weighedBlue } from "./fold";

/** Side of the square in the middle that is looked at, in pixels. */
const SIDE = 512;
/** Least side of a picture that is looked at. */
export const LEAST = 96;
/** Factors of the size at which the mark is looked for. */
const SMALLEST = 0.25, LARGEST = 1.25;
/** Deviations from which on a mark counts. */
export const THRESHOLD = 6.5;

/** A mark that was found. */
export interface Mark {
  /** Restoration id of the filter that it names. */
  restoration: string;
  /** How far it stands out; it counts from `THRESHOLD` on. */
  deviations: number;
  /** Factor of the size that the picture has now. */
  scale: number;
  /** Quarter turns to the left, after mirroring left and right, that were made of the picture. */
  turns: number;
  mirrored: boolean;
}

/** The mark that stands out most, whether it counts or not; null where the pixels are too few. Costs the same for a picture of any size. */
export async function strongest(pixels: Pixels, restorations: Iterable<string>): Promise<Mark | null> {
  const names = [...new Set(restorations)].sort();
  if (!names.length || Math.min(pixels.width, pixels.height) < LEAST) return null;
  const blue = weighedBlue(pixels, SIDE);
  const pairs = (await Promise.all(names.map(pairsOf))).flat();
  const correlation = complex();
  let best: Mark | null = null;
  for (const scale of scalesOf(Math.max(blue.width, blue.height))) {
    const waves = folded(blue, scale);
    for (const { restoration, turns, spectrum } of pairs) {
      correlate(waves, spectrum, correlation);
      for (const [mirrored, values] of [[false, correlation.re], [true, correlation.im]] as const) {
        const { deviations } = peakOf(values);
        if (!best || deviations > best.deviations) best = { restoration, deviations, scale, turns, mirrored };
      }
    }
  }
  return best;
}

/** The correlation of two transforms, in place of `result`. */
export function correlate(waves: Complex, conjugated: Complex, result: Complex): Complex {
  for (let index = 0; index < AREA; index++) {
    const [a, b, c, d] = [waves.re[index]!, waves.im[index]!, conjugated.re[index]!, conjugated.im[index]!];
    result.re[index] = a * c - b * d;
    result.im[index] = a * d + b * c;
  }
  return transform(result, true);
}

/** The conjugate transform of real values: what correlates with them. */
export function conjugateOf(values: Float64Array<ArrayBuffer>): Complex {
  const { re, im } = transform(complex(values.slice()));
  return { re, im: im.map((value) => -value) };
}

/** A filter's pattern at each turn, as it is in the real part of a correlation and mirrored in its imaginary part: one transform for both. */
async function pairsOf(restoration: string): Promise<{ restoration: string; turns: number; spectrum: Complex }[]> {
  const levels = lessMean(Float64Array.from(await patternOf(restoration)));
  const mirrored = levels.map((_, index) => levels[index - (index % CELLS) + CELLS - 1 - (index % CELLS)]!);
  return [0, 1, 2, 3].map((turns) => {
    const [plain, other] = [conjugateOf(turned(levels, turns)), conjugateOf(turned(mirrored, turns))];
    const re = plain.re.map((value, index) => value - other.im[index]!);
    return { restoration, turns, spectrum: { re, im: plain.im.map((value, index) => value + other.re[index]!) } };
  });
}

/** Cells turned by quarters to the left. */
function turned(cells: Float64Array<ArrayBuffer>, turns: number): Float64Array<ArrayBuffer> {
  if (!turns) return cells;
  const once = cells.map((_, index) => cells[(index % CELLS) * CELLS + CELLS - 1 - Math.floor(index / CELLS)]!);
  return turned(once, turns - 1);
}

/** Factors so close that over `length` pixels no cell is missed. */
function scalesOf(length: number): number[] {
  const step = (CELL * 0.75) / length;
  const count = Math.ceil((1 / SMALLEST + step - 1 / LARGEST) / step);
  return Array.from({ length: count }, (_, index) => 1 / (1 / LARGEST + index * step));
}
