/** R25 of sdk/format/RULES.md. A payload: the photo itself, coded, in the low bits of an exact file. It needs neither tag nor filter. */

import type { Photo } from "./photo/photo";
import { sha256 } from "./sha256";

const MAGIC = "UFP1";
/** Bytes of the head: the magic word, the length of the content, the first bytes of its digest. */
const HEAD = 16, DIGEST = 8;

/** The coded photo in the low bits; null where there is none whole. */
export async function payloadOf({ pixels, alpha, codec }: Photo): Promise<Uint8Array<ArrayBuffer> | null> {
  if (codec === "jpeg") return null;
  const levels = alpha?.includes(0) ? pixels.data.filter((_, index) => alpha[Math.floor(index / 3)]) : pixels.data;
  const head = lowBits(levels, 0, HEAD);
  if (!head || String.fromCharCode(...head.subarray(0, MAGIC.length)) !== MAGIC) return null;
  const content = lowBits(levels, HEAD, new DataView(head.buffer).getUint32(MAGIC.length));
  const digest = [...head.subarray(HEAD - DIGEST)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return content && (await sha256(content)).startsWith(digest) ? content : null;
}

/** Bytes `start` to `start + count` of what the low bits say: bit i is bit i div n of level i mod n, of n levels. */
function lowBits(levels: Uint8Array, start: number, count: number): Uint8Array<ArrayBuffer> | null {
  if ((start + count) * 8 > levels.length * 8) return null;
  const bytes = new Uint8Array(count);
  let plane = Math.floor((start * 8) / levels.length);
  let at = start * 8 - plane * levels.length;
  for (let bit = 0; bit < count * 8; bit++, at++) {
    if (at === levels.length) [plane, at] = [plane + 1, 0];
    bytes[bit >> 3] = (bytes[bit >> 3]! << 1) | ((levels[at]! >> plane) & 1);
  }
  return bytes;
}
