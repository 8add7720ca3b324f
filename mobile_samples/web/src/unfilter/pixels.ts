/** The pixels of a photo, and the one rule that turns a graph's unclipped floats into its bytes. */

import type { Layout } from "./manifest";
import type { Tile } from "./tiling";

/** 8-bit RGB, row by row, exactly as stored in the file: not rotated, not colour-converted. */
export interface Pixels {
  width: number;
  height: number;
  data: Uint8Array<ArrayBuffer>;
}

export function emptyPixels(width: number, height: number): Pixels {
  return { width, height, data: new Uint8Array(width * height * 3) };
}

/** R2 of sdk/format/RULES.md: floor(clip(x, 0, 1) * 255 + 0.5) in float32; not a number becomes black. */
export function toByte(value: number): number {
  if (!(value > 0)) return 0;
  const clipped = value < 1 ? value : 1;
  return Math.floor(Math.fround(Math.fround(clipped * 255) + 0.5));
}

/** What a tile reads, as floats 0..1 in a graph's layout. */
export function toFloats(pixels: Pixels, { rows, columns }: Tile, layout: Layout): Float32Array<ArrayBuffer> {
  const height = rows.stop - rows.start;
  const width = columns.stop - columns.start;
  const [pixelStep, channelStep] = steps(layout, height * width);
  const floats = new Float32Array(height * width * 3);
  for (let row = 0; row < height; row++) {
    let from = ((rows.start + row) * pixels.width + columns.start) * 3;
    let to = row * width * pixelStep;
    for (let column = 0; column < width; column++, from += 3, to += pixelStep) {
      for (let channel = 0; channel < 3; channel++) floats[to + channel * channelStep] = pixels.data[from + channel]! / 255;
    }
  }
  return floats;
}

/** Stores the kept part of a tile's result into `pixels`. */
export function storeBytes(floats: Float32Array, { rows, columns }: Tile, layout: Layout, pixels: Pixels): void {
  const width = columns.stop - columns.start;
  const [pixelStep, channelStep] = steps(layout, (rows.stop - rows.start) * width);
  for (let row = rows.keepStart; row < rows.keepStop; row++) {
    let to = (row * pixels.width + columns.keepStart) * 3;
    let from = ((row - rows.start) * width + columns.keepStart - columns.start) * pixelStep;
    for (let column = columns.keepStart; column < columns.keepStop; column++, to += 3, from += pixelStep) {
      for (let channel = 0; channel < 3; channel++) pixels.data[to + channel] = toByte(floats[from + channel * channelStep]!);
    }
  }
}

function steps(layout: Layout, area: number): [pixel: number, channel: number] {
  return layout === "NCHW" ? [1, area] : [3, 1];
}
