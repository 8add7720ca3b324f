/** What a tag tells of the pixels as they were saved, so that a file that was altered since is known (docs/detection.md). */

import type { Pixels } from "./pixels";
import { sha256 } from "./sha256";

/** The digits that are kept of a digest. */
const DIGITS = 32;

export interface Fingerprint {
  version: 1;
  width: number;
  height: number;
  /** First half of the digest of the RGB pixels, row by row. */
  sha256: string;
}

export async function fingerprintOf({ width, height, data }: Pixels): Promise<Fingerprint> {
  return { version: 1, width, height, sha256: (await sha256(data)).slice(0, DIGITS) };
}

/** A tag's fingerprint; null where it is none of this version, which is passed over. What a JPEG's has beside is left out. */
export function knownFingerprint(found: unknown): Fingerprint | null {
  const { version = 1, width, height, sha256 = "" } = (found ?? {}) as Partial<Fingerprint>;
  const isSize = (length: unknown): length is number => Number.isInteger(length) && (length as number) > 0;
  if (version !== 1 || !isSize(width) || !isSize(height) || !/^[0-9a-f]{32}$/.test(sha256)) return null;
  return { version, width, height, sha256 };
}

/** What was done to `pixels` since they were saved, in words; null where every level is the same. */
export async function alteration(saved: Fingerprint, pixels: Pixels): Promise<string | null> {
  const { width, height } = pixels;
  if (saved.width !== width || saved.height !== height) {
    return `it was saved with ${saved.width} x ${saved.height} pixels and has ${width} x ${height} now`;
  }
  return (await fingerprintOf(pixels)).sha256 === saved.sha256 ? null : "its pixels are not those that were saved";
}
