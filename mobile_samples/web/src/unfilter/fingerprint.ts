/** What a tag tells of the pixels as they were saved, so that a file that was altered since is known (R15 to R17). */

import { CELLS, cellsOf, deviation } from "./cells";
import type { Photo } from "./photo/photo";
import type { Pixels } from "./pixels";
import { sha256 } from "./sha256";
import { given } from "./transparency";

/** The digits that are kept of a digest. */
const DIGITS = 32;

/** Whose pixels this app decodes JPEGs to: mozjpeg's decoder is libjpeg-turbo's, level by level. */
export const DECODER = "libjpeg-turbo";

export interface Fingerprint {
  version: 1;
  width: number;
  height: number;
  /** First half of the digest of the RGB pixels, row by row. */
  sha256: string;
  /** Of a JPEG: whose pixels the digest is of. */
  decoder?: string;
  /** Of a JPEG: its quantiser tables and sampling, as a digest. */
  coding?: string;
  /** Of a JPEG: means over a grid of cells, base64. */
  cells?: string;
}

export async function fingerprintOf({ width, height, data }: Pixels): Promise<Fingerprint> {
  return { version: 1, width, height, sha256: (await sha256(data)).slice(0, DIGITS) };
}

/** The fingerprint of a JPEG that decodes to `pixels`. */
export async function jpegFingerprintOf(pixels: Pixels, coding: string | null): Promise<Fingerprint> {
  return { ...(await fingerprintOf(pixels)), decoder: DECODER, ...(coding && { coding }), cells: cellsOf(pixels) };
}

/** A tag's fingerprint; null where it is none of this version, which is passed over. */
export function knownFingerprint(found: unknown): Fingerprint | null {
  const { version = 1, width, height, sha256 = "", decoder, coding, cells } = (found ?? {}) as Partial<Fingerprint>;
  const isSize = (length: unknown): length is number => Number.isInteger(length) && (length as number) > 0;
  if (version !== 1 || !isSize(width) || !isSize(height) || !/^[0-9a-f]{32}$/.test(sha256)) return null;
  if (cells && !CELLS.fit(cells, width, height)) return null;
  return { version, width, height, sha256, ...(decoder && { decoder }), ...(coding && { coding }), ...(cells && { cells }) };
}

/** What was done to a photo since it was saved, in words; null where it is as it was (R17). */
export async function alteration(saved: Fingerprint, photo: Photo): Promise<string | null> {
  const { coding, codec } = photo;
  const pixels = given(photo);
  const { width, height } = pixels;
  if (saved.width !== width || saved.height !== height) {
    return `it was saved with ${saved.width} x ${saved.height} pixels and has ${width} x ${height} now`;
  }
  if (saved.coding && coding && saved.coding !== coding) return "it was compressed again: its quantiser tables or its sampling are others";
  if ((await fingerprintOf(pixels)).sha256 === saved.sha256) return null;
  const sameDecoder = codec === "jpeg" && saved.decoder === DECODER;
  if (!saved.cells || sameDecoder) return "its pixels are not those that were saved";
  const far = deviation(saved.cells, pixels);
  return far <= 1 ? null : `its colours and detail are ${far.toFixed(1)} times as far from those that were saved as decoders may be`;
}
