/** A camera that films a photo: the raw video that Chromium shows as one. */

import { readFileSync, writeFileSync } from "node:fs";

import type { Pixels } from "../src/unfilter";
import { decodePng } from "../src/unfilter/photo/png";

/** Writes a YUV4MPEG2 file (4:2:0, BT.601) of one frame, the photo of a PNG file enlarged. Its sides must be even. */
export async function filmPhoto(photo: string, film: string, enlarged: number): Promise<void> {
  const { pixels } = await decodePng(new Uint8Array(readFileSync(photo)));
  const { width, height, data } = enlarge(pixels, enlarged);
  const planes = [new Uint8Array(width * height), new Uint8Array((width * height) / 4), new Uint8Array((width * height) / 4)] as const;
  for (let row = 0; row < height; row++) {
    for (let column = 0; column < width; column++) {
      const at = row * width + column;
      const [red, green, blue] = [data[at * 3]!, data[at * 3 + 1]!, data[at * 3 + 2]!];
      planes[0][at] = 16 + 0.257 * red + 0.504 * green + 0.098 * blue;
      if (row % 2 || column % 2) continue;
      const coarse = ((row / 2) * width) / 2 + column / 2;
      planes[1][coarse] = 128 - 0.148 * red - 0.291 * green + 0.439 * blue;
      planes[2][coarse] = 128 + 0.439 * red - 0.368 * green - 0.071 * blue;
    }
  }
  writeFileSync(film, Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420jpeg\nFRAME\n`), ...planes]));
}

/** Bilinear, by a whole number. */
function enlarge({ width, height, data }: Pixels, times: number): Pixels {
  const large = { width: width * times, height: height * times, data: new Uint8Array(width * height * 3 * times * times) };
  for (let row = 0; row < large.height; row++) {
    const [top, down] = [Math.floor(row / times), (row % times) / times];
    const bottom = Math.min(top + 1, height - 1);
    for (let column = 0; column < large.width; column++) {
      const [left, across] = [Math.floor(column / times), (column % times) / times];
      const right = Math.min(left + 1, width - 1);
      for (let channel = 0; channel < 3; channel++) {
        const level = (y: number, x: number) => data[(y * width + x) * 3 + channel]!;
        const upper = level(top, left) * (1 - across) + level(top, right) * across;
        const lower = level(bottom, left) * (1 - across) + level(bottom, right) * across;
        large.data[(row * large.width + column) * 3 + channel] = upper * (1 - down) + lower * down;
      }
    }
  }
  return large;
}
