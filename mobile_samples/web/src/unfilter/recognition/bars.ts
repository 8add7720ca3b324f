/** R33 of sdk/format/RULES.md. White or black bars around a picture, as letterboxes and screenshots have them. */

import type { Pixels } from "../pixels";
import type { Part } from "./part";

/** Most that a level of a bar is away from black or white. */
const LEVELS = 12;
/** Thinnest bar; lines next to one that compression blurred, which are cut too; least side of what is left. In pixels. */
const LEAST = 4, BLURRED = 3, LEFT = 64;
/** Share of a line's pixels that are of a bar. */
const SHARE = 0.99;

/** What lies within bars; null where there are none. */
export function inside(pixels: Pixels): Part | null {
  const { width, height, data } = pixels;
  const [top, bottom] = within(height, width, (row, column) => (row * width + column) * 3, data);
  const [left, right] = within(width, bottom - top, (column, row) => ((top + row) * width + column) * 3, data);
  if (bottom - top === height && right - left === width) return null;
  return Math.min(bottom - top, right - left) < LEFT ? null : { top, bottom, left, right };
}

/** First and end of the lines that are no bar. */
function within(count: number, length: number, at: (line: number, across: number) => number, data: Uint8Array): [first: number, end: number] {
  const isBar = (line: number, fits: (level: number) => boolean) => {
    let bar = 0;
    for (let across = 0; across < length; across++) {
      const index = at(line, across);
      if (fits(data[index]!) && fits(data[index + 1]!) && fits(data[index + 2]!)) bar++;
    }
    return bar / length >= SHARE;
  };
  const thickness = (line: (index: number) => number) => {
    const kinds = [(level: number) => level <= LEVELS, (level: number) => level >= 255 - LEVELS];
    const counts = kinds.map((fits) => {
      let bar = 0;
      while (bar < count && isBar(line(bar), fits)) bar++;
      return bar < LEAST ? 0 : bar;
    });
    return Math.max(...counts);
  };
  const first = thickness((index) => index), last = thickness((index) => count - 1 - index);
  if (first + last >= count) return [0, count];
  return [first && Math.min(first + BLURRED, count), count - (last && last + BLURRED)];
}
