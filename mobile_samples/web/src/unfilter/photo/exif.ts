/**
 * EXIF without pictures of its own: its thumbnail and a camera's previews would show the photo as it was (R24 of sdk/format/RULES.md).
 * Every other byte stays where it is, since makers' notes hold offsets. Source: Exif 3.0, section 4.5; TIFF 6.0, section 2.
 */

import type { Chunk } from "./chunks";

/** Bytes of a value, by its type. */
const SIZES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4];
/** Where a thumbnail begins, and how long it is: in strips, or as a JPEG. */
const PLACES = [0x0111, 0x0201], LENGTHS = [0x0117, 0x0202];
const SHORT = 3, MOST_ENTRIES = 1024;

/** An `eXIf` chunk with zeros where pictures stood; another chunk as it is. */
export function withoutPicture(chunk: Chunk): Chunk {
  return chunk.name === "eXIf" ? { ...chunk, content: withoutPictures(chunk.content) } : chunk;
}

/** Law: what comes of it comes of itself. */
export function withoutPictures(tiff: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const content = tiff.slice();
  try {
    clearThumbnail(content);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // no EXIF that anybody understands
  }
  clearPreviews(content);
  return content;
}

function clearThumbnail(tiff: Uint8Array<ArrayBuffer>): void {
  const head = String.fromCharCode(...tiff.subarray(0, 4));
  if (head !== "II*\0" && head !== "MM\0*") return;
  const little = head.startsWith("I");
  const view = new DataView(tiff.buffer);
  const first = view.getUint32(4, little);
  const pointer = first + 2 + 12 * view.getUint16(first, little);
  const second = view.getUint32(pointer, little);
  if (!second) return;
  const room = Math.floor((tiff.length - second - 2) / 12); // the file may be cut short
  const count = room > 0 ? Math.min(view.getUint16(second, little), MOST_ENTRIES, room) : 0;
  const blank: [start: number, size: number][] = [[second, 2 + 12 * count + 4]];
  const values = new Map<number, number>();
  for (let index = 0; index < count; index++) {
    const at = second + 2 + 12 * index;
    const kind = view.getUint16(at + 2, little);
    const value = kind === SHORT ? view.getUint16(at + 8, little) : view.getUint32(at + 8, little);
    const size = view.getUint32(at + 4, little) * (SIZES[kind] ?? 0);
    values.set(view.getUint16(at, little), value);
    if (size > 4) blank.push([view.getUint32(at + 8, little), size]);
  }
  const [place, length] = [PLACES, LENGTHS].map((tags) => tags.map((tag) => values.get(tag)).find((value) => value !== undefined));
  if (place !== undefined && length !== undefined) blank.push([place, length]);
  view.setUint32(pointer, 0, little);
  // Only what lies behind the first directory: a hostile file may point anywhere.
  for (const [start, size] of blank) if (start > pointer) tiff.fill(0, start, start + size);
}

function clearPreviews(tiff: Uint8Array): void {
  for (let place = 0; place + 4 <= tiff.length; ) {
    const begins = tiff[place] === 0xff && tiff[place + 1] === 0xd8 && tiff[place + 2] === 0xff && tiff[place + 3]! >= 0xc0 && tiff[place + 3]! < 0xff;
    const end = begins ? endOfJpeg(tiff, place) : null;
    if (end !== null) tiff.fill(0, place, end);
    place = end ?? place + 1;
  }
}

/** Where the JPEG ends that begins at `start`; null where it has no end (ITU-T T.81, annex B). */
function endOfJpeg(content: Uint8Array, start: number): number | null {
  let at = start + 2;
  while (at + 2 <= content.length && content[at] === 0xff) {
    const marker = content[at + 1]!;
    if (marker === 0xd9) return at + 2;
    if (marker === 0x00 || marker === 0xd8) return null;
    if (marker === 0xff) at += 1; // fill
    else if (marker === 0x01 || isRestart(marker)) at += 2;
    else if (at + 4 > content.length) return null;
    else at += 2 + ((content[at + 2]! << 8) | content[at + 3]!);
    if (marker !== 0xda) continue;
    while (at + 1 < content.length && !(content[at] === 0xff && ![0x00, 0xff].includes(content[at + 1]!) && !isRestart(content[at + 1]!))) at++;
  }
  return null;
}

function isRestart(marker: number): boolean {
  return marker >= 0xd0 && marker <= 0xd7;
}
