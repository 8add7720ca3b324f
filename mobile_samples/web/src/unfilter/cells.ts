/** Means over a grid of cells, by which a JPEG that another decoder read is known (R16 and R17 of sdk/format/RULES.md). */

import type { Pixels } from "./pixels";

const GRID = 8, LEAST_SIDE = 32, MEASURES = 4, STEPS = 64;
/** Levels that decoders may differ by in each measure, and for the last a share of itself beside. */
const ALLOWED = [0.35, 0.45, 0.45, 0.12], OF_ROUGHNESS = 0.05;

export const CELLS = {
  /** Whether `cells` is base64 of as many numbers as a photo of that size has. */
  fit(cells: string, width: number, height: number): boolean {
    try {
      return atob(cells).length === 2 * MEASURES * countOf(width) * countOf(height);
    } catch {
      return false;
    }
  },
};

/** The four measures of each cell, row by row, in 1/64 levels: uint16, little endian, base64. */
export function cellsOf(pixels: Pixels): string {
  const bytes = measured(pixels).flatMap((value) => {
    const steps = roundedToEven(value * STEPS);
    return [steps & 0xff, steps >> 8];
  });
  return btoa(String.fromCharCode(...bytes));
}

/** How far `pixels` are from the saved cells: 1 is what decoders may differ by. */
export function deviation(saved: string, pixels: Pixels): number {
  const bytes = Uint8Array.from(atob(saved), (letter) => letter.charCodeAt(0));
  const far = measured(pixels).map((value, index) => {
    const before = (bytes[2 * index]! | (bytes[2 * index + 1]! << 8)) / STEPS;
    const measure = index % MEASURES;
    const allowed = ALLOWED[measure]! + (measure === MEASURES - 1 ? OF_ROUGHNESS * before : 0);
    return Math.abs(roundedToEven(value * STEPS) / STEPS - before) / allowed;
  });
  return far.reduce((most, each) => Math.max(most, each), 0);
}

function countOf(length: number): number {
  return Math.min(GRID, Math.max(1, Math.floor(length / LEAST_SIDE)));
}

function* spansOf(length: number): Generator<[start: number, stop: number]> {
  const count = countOf(length);
  for (let place = 0; place < count; place++) {
    yield [Math.floor((length * place) / count), Math.floor((length * (place + 1)) / count)];
  }
}

/** Means of Y, Cb and Cr (ITU-T T.871) and roughness of each cell. */
function measured({ width, height, data }: Pixels): number[] {
  const luma = new Float32Array(width * height);
  for (let index = 0, at = 0; index < luma.length; index++, at += 3) {
    luma[index] = 0.299 * data[at]! + 0.587 * data[at + 1]! + 0.114 * data[at + 2]!;
  }
  const found: number[] = [];
  for (const [top, bottom] of spansOf(height)) {
    for (const [left, right] of spansOf(width)) {
      let [red, y, blue, rough] = [0, 0, 0, 0];
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) {
          const index = row * width + column;
          red += data[index * 3]!;
          y += luma[index]!;
          blue += data[index * 3 + 2]!;
          if (column + 1 < right) rough += Math.abs(luma[index + 1]! - luma[index]!);
          if (row + 1 < bottom) rough += Math.abs(luma[index + width]! - luma[index]!);
        }
      }
      const area = (bottom - top) * (right - left);
      const [r, l, b] = [red / area, y / area, blue / area];
      found.push(l, 128 + (b - l) / 1.772, 128 + (r - l) / 1.402, rough / area);
    }
  }
  return found;
}

function roundedToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2) ? below + 1 : below;
}
