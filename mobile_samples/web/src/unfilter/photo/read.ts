/** Reading a photo: its stored pixels and what travels along with them. */

import { UnfilterError } from "../errors";
import { isPng } from "./chunks";
import { decodeJpeg, isJpeg } from "./jpeg";
import type { Photo } from "./photo";
import { decodePng } from "./png";

/** A file that a user picked or dropped, or one that was just made. */
export type PhotoFile = Blob & { name?: string };

/** Reads a PNG or JPEG file, whatever its name; an UnfilterError says in one line why another file is refused. */
export async function readPhoto(file: PhotoFile): Promise<Photo> {
  const content = new Uint8Array(await file.arrayBuffer());
  try {
    if (isPng(content)) return await decodePng(content);
    if (isJpeg(content)) return await decodeJpeg(content);
    throw unreadable(content);
  } catch (error) {
    const known = error instanceof UnfilterError ? error : new UnfilterError(`cannot be read (${String(error)})`, "damaged");
    throw new UnfilterError(`${file.name ?? "The photo"} ${known.message}.`, known.refusal);
  }
}

/** Photo formats by their first bytes. */
const OTHERS: [RegExp, string][] = [
  [/^RIFF....WEBP/s, "a WebP"],
  [/^....ftyp(?:hei[cx]|mif1|msf1)/s, "a HEIC photo"],
  [/^....ftypavi[fs]/s, "an AVIF"],
  [/^(?:II\*\0|MM\0\*)/, "a TIFF or raw photo"],
  [/^GIF8/, "a GIF"],
];

function unreadable(content: Uint8Array): UnfilterError {
  const head = String.fromCharCode(...content.subarray(0, 16));
  const kind = OTHERS.find(([pattern]) => pattern.test(head))?.[1];
  if (kind) return new UnfilterError(`is ${kind}, which cannot be opened in this browser: this app reads JPEG and PNG. Unfilter for Python opens it`, "other_format");
  return new UnfilterError(content.length ? "is not a photo" : "is an empty file", "not_a_photo");
}
