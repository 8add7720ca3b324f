/**
 * JPEG by the browser's decoder, which would rotate by EXIF and convert by a profile: both are taken out before it sees the
 * file, and travel along instead.
 */

import { UnfilterError, damaged } from "../errors";
import { emptyPixels, type Pixels } from "../pixels";
import type { Chunk } from "./chunks";
import type { Photo } from "./photo";
import { checkSize } from "./size";
import { xmpChunks } from "./xmp";
import { deflate } from "./zlib";

const EXIF = "Exif\0\0", XMP = "http://ns.adobe.com/xap/1.0/\0", ICC = "ICC_PROFILE\0";
const APP1 = 0xe1, APP2 = 0xe2, START_OF_SCAN = 0xda;
/** Rows that are drawn at once: some browsers have no canvas for a whole photo. */
const BAND = 512;

interface Segment {
  marker: number;
  /** Where the segment begins and ends in the file, marker and length included. */
  start: number;
  stop: number;
  content: Uint8Array<ArrayBuffer>;
}

export function isJpeg(file: Uint8Array): boolean {
  return file[0] === 0xff && file[1] === 0xd8 && file[2] === 0xff;
}

export async function decodeJpeg(file: Uint8Array<ArrayBuffer>): Promise<Photo> {
  const segments = readSegments(file);
  const frame = segments.find(({ marker }) => marker >= 0xc0 && marker <= 0xcf && ![0xc4, 0xc8, 0xcc].includes(marker))?.content;
  if (!frame || frame.length < 6) throw damaged("it has no frame");
  const view = new DataView(frame.buffer, frame.byteOffset);
  checkSize(view.getUint16(3), view.getUint16(1));
  if (frame[0] !== 8) throw new UnfilterError(`has ${frame[0]} bits per channel; give a file with 8`);
  if (frame[5] === 4) throw new UnfilterError("is a CMYK photo; save it as RGB first");
  const bitmap = await createImageBitmap(new Blob(stripped(file, segments), { type: "image/jpeg" }), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  }).catch(() => {
    throw damaged("it cannot be decoded");
  });
  return { pixels: pixelsOf(bitmap), codec: "jpeg", tag: null, alpha: null, carried: await carried(segments) };
}

/** Everything up to the first scan (ITU-T T.81, annex B). */
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

/** The file in parts, without EXIF, XMP, profile and the index of further pictures. */
export function stripped(file: Uint8Array<ArrayBuffer>, segments: Segment[]): Uint8Array<ArrayBuffer>[] {
  const kept = segments.filter(({ marker }) => marker !== APP1 && marker !== APP2);
  return [file.subarray(0, 2), ...kept.map(({ start, stop }) => file.subarray(start, stop)), file.subarray(segments.at(-1)?.stop ?? 2)];
}

/** EXIF, profile and XMP as the chunks of a PNG. */
async function carried(segments: Segment[]): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  // Each part of a profile begins with its number and their count (ICC.1:2022, annex B.4).
  const parts = having(segments, APP2, ICC).sort((one, other) => one[0]! - other[0]!);
  if (parts.length) {
    const profile = new Blob(parts.map((part) => part.subarray(2)));
    const packed = await deflate(new Uint8Array(await profile.arrayBuffer()));
    const name = new TextEncoder().encode("ICC Profile\0\0"); // a name, and the method of packing
    chunks.push({ name: "iCCP", content: new Uint8Array(await new Blob([name, packed]).arrayBuffer()) });
  }
  const [exif] = having(segments, APP1, EXIF);
  if (exif) chunks.push({ name: "eXIf", content: exif });
  const [xmp] = having(segments, APP1, XMP);
  return [...chunks, ...xmpChunks(xmp ? new TextDecoder().decode(xmp) : null)];
}

/** What follows `name` in the segments that begin with it. */
function having(segments: Segment[], marker: number, name: string): Uint8Array<ArrayBuffer>[] {
  const starts = (content: Uint8Array) => [...name].every((letter, index) => content[index] === letter.charCodeAt(0));
  return segments.filter((each) => each.marker === marker && starts(each.content)).map(({ content }) => content.subarray(name.length));
}

function pixelsOf(bitmap: ImageBitmap): Pixels {
  const { width, height } = bitmap;
  const pixels = emptyPixels(width, height);
  const canvas = new OffscreenCanvas(width, Math.min(BAND, height));
  const context = canvas.getContext("2d", { willReadFrequently: true });
  if (!context) throw new UnfilterError("cannot be decoded: this browser gives no canvas");
  for (let top = 0; top < height; top += BAND) {
    context.drawImage(bitmap, 0, -top);
    const { data } = context.getImageData(0, 0, width, Math.min(BAND, height - top));
    for (let from = 0, to = top * width * 3; from < data.length; from += 4, to += 3) {
      pixels.data[to] = data[from]!;
      pixels.data[to + 1] = data[from + 1]!;
      pixels.data[to + 2] = data[from + 2]!;
    }
  }
  bitmap.close();
  return pixels;
}
