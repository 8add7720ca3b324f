/** Whether a filter made a file, and it is as it was saved, by its tag; and the refusals of what is not (R20 of sdk/format/RULES.md). */

import { UnfilterError } from "./errors";
import { alteration } from "./fingerprint";
import type { Manifest } from "./manifest";
import type { Photo } from "./photo/photo";
import { type PhotoFile, readPhoto } from "./photo/read";
import { type Tag, unknownTo } from "./tag";

/** The digits of an id that are shown, as the SDK does. */
const SHOWN = 12;

/** A filtered file and its tag; an UnfilterError says in one line why it cannot be restored by any of `known`. */
export async function inspect(file: PhotoFile, known: Manifest[]): Promise<{ photo: Photo; tag: Tag; manifest: Manifest }> {
  const photo = await readPhoto(file);
  return { photo, ...(await judge(photo, file.name ?? "The photo", known)) };
}

/** The same of a file that was read; messages call it `name`. */
export async function judge(photo: Photo, name: string, known: Manifest[]): Promise<{ tag: Tag; manifest: Manifest }> {
  const { tag, codec } = photo;
  if (!tag) throw new UnfilterError(`${name} was not made by a filter: it has no tag, so there is nothing to restore.`, "no_tag");
  const needs = unknownTo(tag);
  if (needs.length) {
    throw new UnfilterError(`${name} was made by a later version and requires ${needs.join(", ")}, which this app does not know; update the app.`, "needs_update");
  }
  const manifest = known.find(({ restoration }) => restoration === tag.restoration);
  if (!manifest) {
    const made = `${tag.filter} ${tag.restoration.slice(0, SHOWN)}`;
    throw new UnfilterError(`${name} was made by filter ${made}, which is not installed here.`, "other_filter");
  }
  if (tag.codec !== codec) {
    throw new UnfilterError(`${name} was saved as ${tag.codec} and is now ${codec}: what it carried is damaged.`, "other_codec");
  }
  const altered = tag.fingerprint && (await alteration(tag.fingerprint, photo));
  if (altered) throw new UnfilterError(`${name} was altered since: ${altered}, so it cannot be restored.`, "altered");
  return { tag, manifest };
}
