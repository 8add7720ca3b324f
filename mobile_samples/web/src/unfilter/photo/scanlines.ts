/** Rows of a PNG before they are packed: each is predicted from its neighbours (PNG specification, section 9). */

import { damaged } from "../errors";

/** The rows with a filter byte before each, chosen by the least sum of absolute differences (section 12.7). */
export function filterRows(rows: Uint8Array, rowBytes: number, pixelBytes: number): Uint8Array<ArrayBuffer> {
  const height = rows.length / rowBytes;
  const filtered = new Uint8Array(height * (rowBytes + 1));
  const tried = Array.from({ length: 5 }, () => new Uint8Array(rowBytes));
  const blank = new Uint8Array(rowBytes);
  for (let row = 0; row < height; row++) {
    const current = rows.subarray(row * rowBytes, (row + 1) * rowBytes);
    const above = row ? rows.subarray((row - 1) * rowBytes, row * rowBytes) : blank;
    const cost = [0, 0, 0, 0, 0];
    for (let index = 0; index < rowBytes; index++) {
      const value = current[index]!;
      const left = index < pixelBytes ? 0 : current[index - pixelBytes]!;
      const up = above[index]!;
      const corner = index < pixelBytes ? 0 : above[index - pixelBytes]!;
      for (let type = 0; type < 5; type++) {
        const difference = (value - predict(type, left, up, corner)) & 0xff;
        tried[type]![index] = difference;
        cost[type]! += difference < 128 ? difference : 256 - difference;
      }
    }
    const best = cost.indexOf(Math.min(...cost));
    filtered[row * (rowBytes + 1)] = best;
    filtered.set(tried[best]!, row * (rowBytes + 1) + 1);
  }
  return filtered;
}

/** Law: `unfilterRows(filterRows(rows))` is `rows`. */
export function unfilterRows(filtered: Uint8Array, rowBytes: number, pixelBytes: number, height: number): Uint8Array<ArrayBuffer> {
  if (filtered.length !== height * (rowBytes + 1)) throw damaged("pixels are missing");
  const rows = new Uint8Array(height * rowBytes);
  for (let row = 0; row < height; row++) {
    const type = filtered[row * (rowBytes + 1)]!;
    if (type > 4) throw damaged(`a row has filter ${type}`);
    const from = row * (rowBytes + 1) + 1;
    const to = row * rowBytes;
    for (let index = 0; index < rowBytes; index++) {
      const inside = index >= pixelBytes;
      const left = inside ? rows[to + index - pixelBytes]! : 0;
      const up = row ? rows[to + index - rowBytes]! : 0;
      const corner = inside && row ? rows[to + index - rowBytes - pixelBytes]! : 0;
      rows[to + index] = filtered[from + index]! + predict(type, left, up, corner);
    }
  }
  return rows;
}

/** What filter `type` (none, sub, up, average, Paeth) expects of a byte, from the ones to the left, above and both. */
function predict(type: number, left: number, up: number, corner: number): number {
  if (type === 0) return 0;
  if (type === 1) return left;
  if (type === 2) return up;
  if (type === 3) return (left + up) >> 1;
  const byLeft = Math.abs(up - corner);
  const byUp = Math.abs(left - corner);
  const byCorner = Math.abs(left + up - 2 * corner);
  if (byLeft <= byUp && byLeft <= byCorner) return left;
  return byUp <= byCorner ? up : corner;
}
