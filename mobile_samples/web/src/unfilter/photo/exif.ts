/** EXIF without its thumbnail, which would show the unfiltered photo (R24 of sdk/format/RULES.md; TIFF 6.0, section 2). */

import type { Chunk } from "./chunks";

const PLACES = [0x0111, 0x0201], LENGTHS = [0x0117, 0x0202];

/** An `eXIf` chunk whose pointer to the second directory is 0, and zeros where a thumbnail stood; another chunk as it is. */
export function withoutPicture(chunk: Chunk): Chunk {
  if (chunk.name !== "eXIf") return chunk;
  const content = chunk.content.slice();
  const view = new DataView(content.buffer);
  const little = content[0] === 0x49;
  try {
    const first = view.getUint32(4, little);
    const pointer = first + 2 + 12 * view.getUint16(first, little);
    const second = view.getUint32(pointer, little);
    if (!second) return chunk;
    view.setUint32(pointer, 0, little);
    const values = new Map<number, number>();
    for (let index = 0; index < view.getUint16(second, little); index++) {
      const at = second + 2 + 12 * index;
      const short = view.getUint16(at + 2, little) === 3;
      values.set(view.getUint16(at, little), short ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little));
    }
    const [place, length] = [PLACES, LENGTHS].map((tags) => tags.map((tag) => values.get(tag)).find((value) => value !== undefined));
    // Only what lies behind both directories: a hostile file may point anywhere.
    if (place !== undefined && length !== undefined && place > pointer) content.fill(0, place, place + length);
    return { ...chunk, content };
  } catch {
    return chunk; // no EXIF that anybody understands
  }
}
