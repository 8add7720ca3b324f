/** The tag that says which filter made a file: JSON in a PNG's iTXt chunk `unfilter` (R12, R13), in the XMP of a JPEG (R14). */

import { type Fingerprint, knownFingerprint } from "./fingerprint";
import type { Parameters } from "./hyperParameter";
import { type Manifest, unknownOf } from "./manifest";
import { MARK } from "./mark";
import { type Coding, knownTopUp, type TopUp } from "./topUp";
import { HIDDEN_COLOURS } from "./transparency";

export type Codec = "png" | "jpeg" | "webp" | "heic";

export interface Tag {
  version: 1;
  filter: string;
  /** Restoration id: which inverse undoes this file. */
  restoration: string;
  codec: Codec;
  quality?: number;
  parameters?: Parameters;
  /** Of the pixels as they were saved; older files lack it. */
  fingerprint?: Fingerprint;
  /** The photo in the low bits of the pixels (R25 of sdk/format/RULES.md). */
  payload?: { coding: Coding; bytes: number };
  /** What the metadata hold beyond what the pixels restore to (R26). */
  top_up?: TopUp;
  /** What a reader must know of to restore the file; left out where it is empty. */
  requires?: string[];
}

/** The tag of a file that the filter of `manifest` makes: `parameters` has every hyper-parameter's value. */
export function tagOf(manifest: Manifest, parameters: Parameters, saved: Pick<Tag, "codec" | "quality" | "fingerprint" | "requires">): Tag {
  const { filter, restoration } = manifest;
  const { requires, ...told } = saved;
  const tag: Tag = { version: 1, filter, restoration, ...told };
  return { ...tag, ...(Object.keys(parameters).length && { parameters }), ...(requires?.length && { requires }) };
}

/** The entries of a tag's `requires` that this version does not know. */
export function unknownTo({ requires }: Tag): string[] {
  return unknownOf(requires, [HIDDEN_COLOURS, MARK]);
}

/** JSON with the same fields in the same order as the SDK writes. Law: `tagFromJson(tagToJson(tag))` equals `tag`. */
export function tagToJson(tag: Tag): string {
  const { version, filter, restoration, codec, quality, parameters, fingerprint, payload, top_up, requires } = tag;
  return JSON.stringify({ version, filter, restoration, codec, quality, parameters, fingerprint, payload, top_up, requires });
}

/** What this version knows of the tag in `text`, whatever its version; null where it is none. */
export function tagFromJson(text: string): Tag | null {
  let found: (Partial<Omit<Tag, "version">> & { version?: number }) | null;
  try {
    found = JSON.parse(text) as typeof found;
  } catch {
    return null;
  }
  const { version = 1, filter = "", restoration = "", codec = "", quality, parameters } = found ?? {};
  const known = Number.isInteger(version) && version! >= 1 && /^[a-z0-9_]{1,64}$/.test(filter) && /^[0-9a-f]{64}$/.test(restoration);
  if (!known || !["png", "jpeg", "webp", "heic"].includes(codec)) return null;
  const tag: Tag = { version: 1, filter, restoration, codec: codec as Codec };
  const requires = unknownOf(found?.requires);
  const fingerprint = knownFingerprint(found?.fingerprint);
  const payload = knownPayload(found?.payload);
  const top_up = knownTopUp(found?.top_up);
  const said = { ...(quality && { quality }), ...(parameters && { parameters }), ...(fingerprint && { fingerprint }) };
  return { ...tag, ...said, ...(payload && { payload }), ...(top_up && { top_up }), ...(requires.length && { requires }) };
}

/** What a tag says of its payload; null where it is not as its schema says. */
function knownPayload(found: unknown): Tag["payload"] | null {
  const { coding, bytes } = (found ?? {}) as Partial<NonNullable<Tag["payload"]>>;
  return (coding === "avif" || coding === "webp") && Number.isInteger(bytes) && bytes! >= 1 ? { coding, bytes: bytes! } : null;
}
