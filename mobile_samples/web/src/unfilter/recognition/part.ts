/** A part of a picture, cut out, turned and mirrored: any count of bytes a pixel. */

/** Rows and columns: the first ones, and the ends. */
export interface Part {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** A picture's bytes, row by row. */
export interface Bytes {
  width: number;
  height: number;
  data: Uint8Array<ArrayBuffer>;
}

export function cutOut({ width, data }: Bytes, { top, bottom, left, right }: Part, channels: number): Bytes {
  const row = (right - left) * channels;
  const cut = new Uint8Array((bottom - top) * row);
  for (let line = top; line < bottom; line++) {
    const from = (line * width + left) * channels;
    cut.set(data.subarray(from, from + row), (line - top) * row);
  }
  return { width: right - left, height: bottom - top, data: cut };
}

/** A picture as it was before it was mirrored, and then turned by `turns` quarters to the left. */
export function upright({ width, height, data }: Bytes, turns: number, mirrored: boolean, channels: number): Bytes {
  if (!turns && !mirrored) return { width, height, data };
  const [across, down] = turns % 2 ? [height, width] : [width, height];
  const result = { width: across, height: down, data: new Uint8Array(data.length) };
  for (let row = 0, to = 0; row < down; row++) {
    for (let column = 0; column < across; column++, to += channels) {
      const before = mirrored ? across - 1 - column : column; // its column before it was turned
      const from = [
        row * width + before,
        (height - 1 - before) * width + row,
        (height - 1 - row) * width + width - 1 - before,
        before * width + width - 1 - row,
      ][turns]!;
      for (let channel = 0; channel < channels; channel++) result.data[to + channel] = data[from * channels + channel]!;
    }
  }
  return result;
}
