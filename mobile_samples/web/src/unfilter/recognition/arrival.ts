/** R34 of sdk/format/RULES.md. What a file is: by tag and fingerprint first, then by the mark in its pixels. */

import { UnfilterError } from "../errors";
import { judge } from "../inspect";
import type { Manifest } from "../manifest";
import { alikeShown, orientationOf, withOrientation } from "../photo/orientation";
import type { Photo } from "../photo/photo";
import { type PhotoFile, readPhoto } from "../photo/read";
import type { Pixels } from "../pixels";
import { given } from "../transparency";
import { inside } from "./bars";
import { expectationOf } from "./expectation";
import { without } from "./markRemoval";
import { LEAST, type Mark, strongest, THRESHOLD } from "./markSearch";
import { type Recognition, recognition } from "./origin";
import { cutOut, upright } from "./part";

/** Filters beyond which a message no longer names each. */
const MANY = 4;

/** What a file is to the filters of `known`; an UnfilterError where it cannot be read, or a later version made it. */
export async function arrival(file: PhotoFile, known: Manifest[]): Promise<Recognition> {
  return arrivalOf(await readPhoto(file), file.name ?? "The photo", known);
}

/** The same of a file that was read; messages call it `name`. */
export async function arrivalOf(photo: Photo, name: string, known: Manifest[]): Promise<Recognition> {
  const { tag } = photo;
  try {
    const { manifest } = await judge(photo, name, known);
    const { filter, restoration } = manifest;
    const pixels = tag?.fingerprint ? "its pixels are those that were saved" : "says nothing of its pixels";
    return recognition("as saved", `its tag names the filter, and ${pixels}`, { filter, restoration });
  } catch (error) {
    const refusal = error instanceof UnfilterError ? error.refusal : undefined;
    if (!refusal || refusal === "needs_update") throw error;
    const asked = tag ? known.filter(({ restoration }) => restoration === tag.restoration) : known;
    const found = await marked(given(photo), asked);
    if (found) return found;
    const { message } = error as UnfilterError;
    if (tag) return recognition("not ours", message, { filter: tag.filter, restoration: tag.restoration, refusal });
    const candidates = [...new Set(known.map(({ filter }) => filter))].sort();
    return recognition("cannot tell", cannotTell(photo.pixels, candidates), { candidates, refusal });
  }
}

/** The filter whose mark is in a picture, or within its bars; null where there is none. */
export async function marked(pixels: Pixels, known: Manifest[]): Promise<Recognition | null> {
  const ids = known.map(({ restoration }) => restoration);
  const mark = await strongest(pixels, ids);
  if (mark && mark.deviations >= THRESHOLD) return shared(mark, known);
  const part = inside(pixels);
  const within = part && (await strongest(cutOut(pixels, part, 3), ids));
  if (!within || within.deviations < THRESHOLD) return null;
  const found = shared(within, known);
  return { ...found, inside: part, reason: `${found.reason}, within bars that are cut off` };
}

/**
 * What lies within the bars, if any, upright and without the mark; all else that the file carries stays, but for the tag of other pixels.
 * EXIF says how it is turned, so that it is shown as the file was.
 */
export async function cut(photo: Photo, found: Recognition): Promise<Photo> {
  const { topUp: _, ...kept } = photo;
  const picture = (plane: Pixels, channels: number) => {
    const part = found.inside ? cutOut(plane, found.inside, channels) : plane;
    return upright(part, found.turns, found.mirrored, channels);
  };
  const plain = picture(photo.pixels, 3);
  const pixels = found.scale && found.restoration ? await without(plain, found.restoration, found.scale) : plain;
  const alpha = photo.alpha && picture({ ...photo.pixels, data: new Uint8Array(photo.alpha) }, 1).data;
  const orientation = alikeShown(orientationOf(photo.carried) ?? 1, found.turns, found.mirrored);
  return { ...kept, tag: null, pixels, alpha, carried: withOrientation(photo.carried, orientation) };
}

function shared({ restoration, deviations, scale, turns, mirrored }: Mark, known: Manifest[]): Recognition {
  const manifest = known.find((each) => each.restoration === restoration)!;
  const turned = (turns ? `, turned by ${90 * turns} degrees to the left` : "") + (mirrored ? ", mirrored" : "");
  const reason = `its pixels have the filter's mark (${deviations.toFixed(1)} deviations), at ${scale.toFixed(2)} of the size${turned}`;
  const { filter } = manifest;
  return recognition("shared", reason, { filter, restoration, deviations, scale, turns, mirrored, ...expectationOf(manifest, scale) });
}

function cannotTell({ width, height }: Pixels, filters: string[]): string {
  if (Math.min(width, height) < LEAST) return `${width} x ${height} pixels are too few to tell by, which takes ${LEAST} x ${LEAST}`;
  return `its pixels do not tell whether ${filters.length > MANY ? `one of ${filters.length} filters` : filters.join(" or ")} made it`;
}
