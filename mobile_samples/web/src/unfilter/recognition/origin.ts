/** What a file turned out to be, before anything is restored from it. The names are the SDK's. */

import { type Refusal, UnfilterError } from "../errors";
import type { Part } from "./part";

/**
 * Where a file comes from, as far as it tells:
 *
 * - `as saved`: made by the filter, and unchanged.
 * - `shared`: made by the filter, then resized or compressed again; it is restored at the size that arrived.
 * - `not ours`: another filter made it, or it was altered; it is refused.
 * - `cannot tell`: its pixels leave it open; it is refused, unless the filter is named.
 */
export type Origin = "as saved" | "shared" | "not ours" | "cannot tell";

export interface Recognition {
  origin: Origin;
  /** What was found, in words. */
  reason: string;
  /** Name of the filter that made it, and its restoration id; null where none is known to have. */
  filter: string | null;
  restoration: string | null;
  /** Of a shared file, PSNR to expect of what is restored, against the photo at that size, in dB; and of the file itself. */
  expectedDb: number | null;
  arrivedDb: number | null;
  /** By how many deviations the filter's mark stands out, and the factor of the size at which it was found; null where none was. */
  deviations: number | null;
  scale: number | null;
  /** Quarter turns to the left, after mirroring left and right, that were made of the picture; it is restored upright. */
  turns: number;
  mirrored: boolean;
  /** What lies within bars; null where there are none. */
  inside: Part | null;
  /** Names of the filters that may have made a file whose pixels do not tell. */
  candidates: string[];
  /** Why the file is refused (R20 of sdk/format/RULES.md), where it is. */
  refusal: Refusal | null;
}

/** A verdict of which nothing but this is known. */
export function recognition(origin: Origin, reason: string, known: Partial<Recognition> = {}): Recognition {
  const nothing = { filter: null, restoration: null, expectedDb: null, arrivedDb: null, deviations: null, scale: null, inside: null, refusal: null };
  return { ...nothing, turns: 0, mirrored: false, candidates: [], ...known, origin, reason };
}

/** Whether the file itself is likely to be nearer to the photo than what would be restored from it. */
export function keeps({ expectedDb, arrivedDb }: Recognition): boolean {
  return expectedDb !== null && arrivedDb !== null && arrivedDb >= expectedDb;
}

/** The verdict in one line, such as `shared, made by l0: its pixels ...; about 31 dB to expect (the file itself: 29 dB)`. */
export function said(found: Recognition): string {
  const made = found.filter && found.origin !== "not ours" ? `, made by ${found.filter}` : "";
  return `${found.origin}${made}: ${found.reason}${quality(found)}`;
}

function quality(found: Recognition): string {
  if (found.expectedDb === null || found.arrivedDb === null) return "";
  const [expected, arrived] = [found.expectedDb.toFixed(0), found.arrivedDb.toFixed(0)];
  return keeps(found)
    ? `; the file itself is nearer to the photo (about ${arrived} dB) than what would be restored (${expected} dB)`
    : `; about ${expected} dB to expect (the file itself: ${arrived} dB)`;
}

/** Why the file `name` is refused, and what to do. */
export function refusalOf(name: string, { origin, reason }: Recognition): string {
  return origin === "cannot tell" ? `${name} has no tag, and ${reason}; if you know which filter made it, choose that one.` : reason;
}

/** A file that is refused, since it is not known to be what the filter made. */
export class NotRestored extends UnfilterError {
  constructor(
    name: string,
    readonly recognition: Recognition,
  ) {
    super(refusalOf(name, recognition), recognition.refusal ?? undefined);
    this.name = "NotRestored";
  }
}
