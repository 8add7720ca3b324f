/** Reading a photo: its stored pixels and what travels along with them. */

import { UnfilterError } from "../errors";
import { isPng } from "./chunks";
import { decodeJpeg, isJpeg } from "./jpeg";
import type { Photo } from "./photo";
import { decodePng } from "./png";

/** Reads a PNG or JPEG file, whatever its name; an UnfilterError says in one line why another file is refused. */
export async function readPhoto(file: Blob & { name?: string }): Promise<Photo> {
  const name = file.name ?? "photo";
  try {
    const content = new Uint8Array(await file.arrayBuffer());
    if (isPng(content)) return await decodePng(content);
    if (isJpeg(content)) return await decodeJpeg(content);
    throw new UnfilterError(content.length ? `is ${kindOf(content)}; give a JPEG or PNG file` : "is an empty file");
  } catch (error) {
    throw new UnfilterError(`${name} ${error instanceof UnfilterError ? error.message : `cannot be read (${String(error)})`}`);
  }
}

/** What an unreadable file is, in words, by its first bytes. */
function kindOf(content: Uint8Array): string {
  const head = String.fromCharCode(...content.subarray(0, 16));
  if (head.startsWith("RIFF") && head.includes("WEBP")) return "a WebP picture, which this sample does not read (the SDK does)";
  if (/^....ftyp(heic|heix|mif1|msf1)/s.test(head)) return "a HEIC photo, which this sample does not read (the SDK does)";
  if (/^....ftypavi[fs]/s.test(head)) return "an AVIF picture, which this sample does not read (the SDK does)";
  if (head.startsWith("GIF8")) return "a GIF picture";
  if (/^(II\*\0|MM\0\*)/.test(head)) return "a TIFF or raw photo, which this sample does not read";
  return "not a photo";
}
