/** Segments of a JPEG file up to its pixels (ITU-T T.81, annex B). */

import { damaged } from "../errors";
import { sha256 } from "../sha256";

export const APP1 = 0xe1, APP2 = 0xe2, APP11 = 0xeb;
const QUANTISERS = 0xdb, START_OF_SCAN = 0xda;

export interface Segment {
  marker: number;
  /** Where the segment begins and ends in the file, marker and length included. */
  start: number;
  stop: number;
  content: Uint8Array<ArrayBuffer>;
}

/** Everything up to the first scan. */
export function readSegments(file: Uint8Array<ArrayBuffer>): Segment[] {
  const segments: Segment[] = [];
  let start = 2;
  while (start + 4 <= file.length) {
    const marker = file[start + 1]!;
    const stop = start + 2 + ((file[start + 2]! << 8) | file[start + 3]!);
    if (file[start] !== 0xff || stop > file.length) break;
    if (marker === START_OF_SCAN) return segments;
    segments.push({ marker, start, stop, content: file.subarray(start + 4, stop) });
    start = stop;
  }
  throw damaged("it ends before its pixels");
}

/** The frame's header: of whatever kind, baseline or progressive. */
export function frameOf(segments: Segment[]): Uint8Array<ArrayBuffer> {
  const frame = segments.find(({ marker }) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))?.content;
  if (!frame || frame.length < 6 || frame.length < 6 + 3 * frame[5]!) throw damaged("it has no frame");
  return frame;
}

/** What follows `name` in the segments that begin with it. */
export function having(segments: Segment[], marker: number, name: string): Uint8Array<ArrayBuffer>[] {
  const starts = (content: Uint8Array) => [...name].every((letter, index) => content[index] === letter.charCodeAt(0));
  return segments.filter((each) => each.marker === marker && starts(each.content)).map(({ content }) => content.subarray(name.length));
}

/** A segment that begins with `name`. */
export function segment(marker: number, name: string, content: Uint8Array): Uint8Array<ArrayBuffer> {
  const length = 2 + name.length + content.length;
  const letters = [...name].map((letter) => letter.charCodeAt(0));
  const whole = new Uint8Array(2 + length);
  whole.set([0xff, marker, length >> 8, length & 0xff, ...letters]);
  whole.set(content, 4 + name.length);
  return whole;
}

/** A digest of each component's sampling and of its quantiser's steps (R16); null where a table lacks. */
export async function codingOf(segments: Segment[]): Promise<string | null> {
  const tables = new Map<number, number[]>();
  for (const { content } of segments.filter(({ marker }) => marker === QUANTISERS)) {
    for (let at = 0; at < content.length; ) {
      const [wide, id] = [content[at]! >> 4, content[at]! & 15];
      const step = (index: number) => (wide ? (content[at + 1 + 2 * index]! << 8) | content[at + 2 + 2 * index]! : content[at + 1 + index]!);
      tables.set(id, Array.from({ length: 64 }, (_, index) => step(index)));
      at += 1 + (wide ? 128 : 64);
    }
  }
  const frame = frameOf(segments);
  const numbers: number[] = [];
  for (let at = 6; at < 6 + 3 * frame[5]!; at += 3) {
    const table = tables.get(frame[at + 2]!);
    if (!table) return null;
    numbers.push(frame[at + 1]! >> 4, frame[at + 1]! & 15, ...table.toSorted((one, other) => one - other));
  }
  const bytes = Uint8Array.from(numbers.flatMap((number) => [number & 0xff, number >> 8]));
  return (await sha256(bytes)).slice(0, 16);
}
