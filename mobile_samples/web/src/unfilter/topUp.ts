/** R26 and R28 of sdk/format/RULES.md. A top-up: what of the photo the inverse does not restore, in a file's metadata. */

import type { Photo } from "./photo/photo";
import { emptyPixels, type Pixels } from "./pixels";
import { sha256 } from "./sha256";

export type Coding = "avif" | "webp";

/** What a tag says of it. */
export interface TopUp {
  /** What is added to the restored photo, or all of the photo. */
  holds: "residual" | "photo";
  coding: Coding;
  /** Of a residual: steps of a level. */
  steps?: number;
  bytes: number;
  /** First half of the digest of the coded picture. */
  sha256: string;
  /** To which a residual restored when it was made, in dB. */
  restores_db?: number;
}

/** Level of a residual that changes nothing. */
const ZERO = 128;
const MOST_STEPS = 8;

/** What a tag says of its top-up; null where it is not as its schema says, and so of a later version. */
export function knownTopUp(found: unknown): TopUp | null {
  const { holds, coding, steps, bytes, sha256: digest, restores_db: decibels } = (found ?? {}) as Partial<TopUp>;
  const counts = (number: unknown, most: number) => Number.isInteger(number) && (number as number) >= 1 && (number as number) <= most;
  if (!counts(bytes, Infinity) || !/^[0-9a-f]{32}$/.test(digest ?? "")) return null;
  const told = { bytes: bytes!, sha256: digest!, ...(decibels && { restores_db: decibels }) };
  if (holds === "photo") return coding === "webp" && steps === undefined ? { holds, coding, ...told } : null;
  if (holds !== "residual" || (coding !== "avif" && coding !== "webp") || !counts(steps, MOST_STEPS)) return null;
  return { holds, coding, steps: steps!, ...told };
}

/** Whether the top-up that the tag tells of is there, every byte. */
export async function isWhole({ tag, topUp }: Photo): Promise<boolean> {
  return Boolean(topUp && tag?.top_up && (await sha256(topUp)).startsWith(tag.top_up.sha256));
}

/** `base` with a residual added, in integers. */
export function toppedUp(base: Pixels, added: Pixels, steps: number): Pixels {
  const better = emptyPixels(base.width, base.height);
  for (let index = 0; index < base.data.length; index++) {
    const whole = Math.floor((2 * (added.data[index]! - ZERO) + steps) / (2 * steps));
    better.data[index] = Math.min(255, Math.max(0, base.data[index]! + whole));
  }
  return better;
}
