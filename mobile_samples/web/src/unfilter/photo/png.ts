/**
 * PNG by hand, since a canvas multiplies colours by alpha and applies profiles. Every byte survives, and so do the chunks that
 * say how to show them.
 *
 * Law: `decodePng(encodePng(photo))` has the pixels, alpha, tag and carried chunks of `photo`.
 */

import { UnfilterError, damaged } from "../errors";
import { emptyPixels, type Pixels } from "../pixels";
import { tagFromJson, tagToJson } from "../tag";
import { type Chunk, readChunks, textChunk, textOf, writeChunks } from "./chunks";
import type { Photo } from "./photo";
import { withoutPicture } from "./exif";
import { filterRows, unfilterRows } from "./scanlines";
import { checkSize } from "./size";
import { tagOfXmp, taggedChunks, xmpChunks, xmpOf } from "./xmp";
import { deflate, inflate } from "./zlib";

const TAG_KEYWORD = "unfilter";
/** A chunk that by its name is not to be copied by who changes pixels (R27 of sdk/format/RULES.md). */
const TOP_UP = "unTP";
/** What says of the colours and of the camera; text, resolution and time are left behind, as in the SDK. */
const CARRIED = ["iCCP", "sRGB", "gAMA", "cHRM", "cICP", "eXIf"];
const GREY = 0, RGB = 2, PALETTE = 3, GREY_ALPHA = 4, RGBA = 6; // colour types, section 11.2.1
const CHANNELS = new Map([[GREY, 1], [RGB, 3], [PALETTE, 1], [GREY_ALPHA, 2], [RGBA, 4]]);

export async function decodePng(file: Uint8Array<ArrayBuffer>): Promise<Photo> {
  const chunks = readChunks(file);
  const header = content(chunks, "IHDR");
  if (header?.length !== 13) throw damaged("it has no header");
  const view = new DataView(header.buffer, header.byteOffset);
  const [width, height, depth, type, interlaced] = [view.getUint32(0), view.getUint32(4), header[8]!, header[9]!, header[12]];
  checkSize(width, height);
  const channels = CHANNELS.get(type);
  if (depth !== 8 || !channels) throw new UnfilterError(`has ${depth} bits per channel; give a file with 8`);
  if (interlaced) throw new UnfilterError("is an interlaced PNG; save it without interlacing");
  if (content(chunks, "acTL")) throw new UnfilterError("is animated; give a single picture");

  const packed = new Blob(chunks.filter(({ name }) => name === "IDAT").map((each) => each.content));
  const filtered = await inflate(new Uint8Array(await packed.arrayBuffer())).catch(() => {
    throw damaged("its pixels cannot be unpacked");
  });
  const rows = unfilterRows(filtered, width * channels, channels, height);
  const xmp = xmpOf(chunks);
  const tag = tagFromJson(textOf(chunks, TAG_KEYWORD) ?? "") ?? (xmp ? tagOfXmp(xmp) : null);
  const carried = [...chunks.filter(({ name }) => CARRIED.includes(name)).map(withoutPicture), ...xmpChunks(xmp)];
  const topUp = content(chunks, TOP_UP);
  return { ...split(rows, width, height, type, chunks), codec: "png", tag, carried, ...(topUp && { topUp }) };
}

/** The bytes of a PNG file, 8-bit RGB, or RGBA where the photo has alpha. */
export async function encodePng({ pixels, alpha, tag, carried }: Photo): Promise<Uint8Array<ArrayBuffer>> {
  const { width, height } = pixels;
  const channels = alpha ? 4 : 3;
  const header = new Uint8Array(13);
  const view = new DataView(header.buffer);
  view.setUint32(0, width);
  view.setUint32(4, height);
  header.set([8, alpha ? RGBA : RGB], 8);
  const rows = alpha ? joined(pixels, alpha) : pixels.data;
  return writeChunks([
    { name: "IHDR", content: header },
    ...taggedChunks(carried, tag),
    ...(tag ? [textChunk(TAG_KEYWORD, tagToJson(tag))] : []),
    { name: "IDAT", content: await deflate(filterRows(rows, width * channels, channels)) },
    { name: "IEND", content: new Uint8Array(0) },
  ]);
}

function content(chunks: Chunk[], name: string): Uint8Array<ArrayBuffer> | undefined {
  return chunks.find((each) => each.name === name)?.content;
}

/** RGB and alpha of rows in any colour type; `tRNS` becomes alpha. */
function split(rows: Uint8Array, width: number, height: number, type: number, chunks: Chunk[]) {
  const channels = CHANNELS.get(type)!;
  const palette = content(chunks, "PLTE");
  const transparent = content(chunks, "tRNS");
  if (type === PALETTE && !palette) throw damaged("it has no palette");
  const pixels = emptyPixels(width, height);
  const alpha = type === GREY_ALPHA || type === RGBA || transparent ? new Uint8Array(width * height) : null;
  for (let index = 0; index < width * height; index++) {
    const at = index * channels;
    const entry = rows[at]!;
    for (let channel = 0; channel < 3; channel++) {
      const coloured = type === RGB || type === RGBA;
      pixels.data[index * 3 + channel] = type === PALETTE ? (palette![entry * 3 + channel] ?? 0) : rows[at + (coloured ? channel : 0)]!;
    }
    if (!alpha) continue;
    if (type === RGBA || type === GREY_ALPHA) alpha[index] = rows[at + channels - 1]!;
    else if (type === PALETTE) alpha[index] = transparent![entry] ?? 255;
    else alpha[index] = isKey(rows, at, channels, transparent!) ? 0 : 255;
  }
  return { pixels, alpha };
}

/** Whether a pixel has the one colour that `tRNS` makes transparent; two bytes a channel, the first of them 0. */
function isKey(rows: Uint8Array, at: number, channels: number, key: Uint8Array): boolean {
  for (let channel = 0; channel < channels; channel++) if (rows[at + channel] !== key[2 * channel + 1]) return false;
  return true;
}

function joined(pixels: Pixels, alpha: Uint8Array): Uint8Array {
  const rows = new Uint8Array(alpha.length * 4);
  for (let index = 0; index < alpha.length; index++) {
    rows.set(pixels.data.subarray(index * 3, index * 3 + 3), index * 4);
    rows[index * 4 + 3] = alpha[index]!;
  }
  return rows;
}
