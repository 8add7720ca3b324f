/** Chunks of a PNG file (PNG specification, third edition, section 5.3). */

import { damaged } from "../errors";

export interface Chunk {
  name: string;
  content: Uint8Array<ArrayBuffer>;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

export function isPng(file: Uint8Array): boolean {
  return SIGNATURE.every((byte, index) => file[index] === byte);
}

/** All chunks up to IEND; their checksums are compared. */
export function readChunks(file: Uint8Array<ArrayBuffer>): Chunk[] {
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const chunks: Chunk[] = [];
  let at = SIGNATURE.length;
  while (chunks.at(-1)?.name !== "IEND") {
    const length = at + 12 <= file.length ? view.getUint32(at) : Infinity;
    if (at + 12 + length > file.length) throw damaged("it ends within a chunk");
    const named = file.subarray(at + 4, at + 8 + length);
    const name = String.fromCharCode(...named.subarray(0, 4));
    if (view.getUint32(at + 8 + length) !== crc32(named)) throw damaged(`the checksum of ${name} is wrong`);
    chunks.push({ name, content: named.subarray(4) });
    at += 12 + length;
  }
  return chunks;
}

export function writeChunks(chunks: Chunk[]): Uint8Array<ArrayBuffer> {
  const file = new Uint8Array(chunks.reduce((size, { content }) => size + 12 + content.length, SIGNATURE.length));
  const view = new DataView(file.buffer);
  file.set(SIGNATURE);
  let at = SIGNATURE.length;
  for (const { name, content } of chunks) {
    view.setUint32(at, content.length);
    for (let index = 0; index < 4; index++) file[at + 4 + index] = name.charCodeAt(index);
    file.set(content, at + 8);
    const end = at + 8 + content.length;
    view.setUint32(end, crc32(file.subarray(at + 4, end)));
    at = end + 4;
  }
  return file;
}

/** An iTXt chunk, uncompressed, without language (section 11.3.3.4). */
export function textChunk(keyword: string, text: string): Chunk {
  return { name: "iTXt", content: new TextEncoder().encode(`${keyword}\0\0\0\0\0${text}`) };
}

/** The text of the first uncompressed iTXt chunk of that keyword; null where there is none. */
export function textOf(chunks: Chunk[], keyword: string): string | null {
  for (const { name, content } of chunks) {
    if (name !== "iTXt") continue;
    const text = new TextDecoder().decode(content);
    const head = `${keyword}\0\0\0`; // not compressed; then come the language and the translated keyword
    if (text.startsWith(head)) return text.slice(head.length).replace(/^[^\0]*\0[^\0]*\0/, "");
  }
  return null;
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  for (let bit = 0; bit < 8; bit++) byte = byte & 1 ? (byte >>> 1) ^ 0xedb88320 : byte >>> 1;
  return byte;
});

/** CRC-32 of a chunk's name and content (PNG specification, annex D). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (let index = 0; index < bytes.length; index++) crc = CRC_TABLE[(crc ^ bytes[index]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
