/** The tag that says which filter made a file: JSON in a PNG's iTXt chunk `unfilter`. */

import { type Fingerprint, knownFingerprint } from "./fingerprint";
import type { Parameters } from "./hyperParameter";
import type { Manifest } from "./manifest";

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
}

/** The tag of a PNG that the filter of `manifest` makes; `parameters` has every hyper-parameter's value. */
export function tagOf(manifest: Manifest, parameters: Parameters, fingerprint: Fingerprint): Tag {
  const { filter, restoration } = manifest;
  const tag: Tag = { version: 1, filter, restoration, codec: "png", fingerprint };
  return Object.keys(parameters).length ? { ...tag, parameters } : tag;
}

/** JSON with the same fields in the same order as the SDK writes. Law: `tagFromJson(tagToJson(tag))` equals `tag`. */
export function tagToJson(tag: Tag): string {
  const { version, filter, restoration, codec, quality, parameters, fingerprint } = tag;
  return JSON.stringify({ version, filter, restoration, codec, quality, parameters, fingerprint });
}

/** The tag in `text`; null where it is none of this version. */
export function tagFromJson(text: string): Tag | null {
  let found: Partial<Tag> | null;
  try {
    found = JSON.parse(text) as Partial<Tag> | null;
  } catch {
    return null;
  }
  const { version, filter = "", restoration = "", codec = "", quality, parameters } = found ?? {};
  const known = version === 1 && /^[a-z0-9_]{1,64}$/.test(filter) && /^[0-9a-f]{64}$/.test(restoration);
  if (!known || !["png", "jpeg", "webp", "heic"].includes(codec)) return null;
  const tag: Tag = { version, filter, restoration, codec: codec as Codec };
  const fingerprint = knownFingerprint(found?.fingerprint);
  return { ...tag, ...(quality && { quality }), ...(parameters && { parameters }), ...(fingerprint && { fingerprint }) };
}
