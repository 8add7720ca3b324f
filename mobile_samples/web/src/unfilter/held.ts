/**
 * What a file holds of its photo beside what the inverse restores from its pixels: a payload, or a top-up (R25 and R28 of
 * sdk/format/RULES.md).
 *
 * Law: what is damaged, stripped, or not decoded by this browser is not used, and that is said; the pixels are restored in any case.
 */

import { alteration } from "./fingerprint";
import { payloadOf } from "./payload";
import { decodeCoded } from "./photo/coded";
import type { Photo } from "./photo/photo";
import { encodePng } from "./photo/png";
import { type PhotoFile, readPhoto } from "./photo/read";
import type { Pixels } from "./pixels";
import type { Recognition } from "./recognition/origin";
import { isWhole, toppedUp } from "./topUp";
import { changedWhereSeen } from "./transparency";

/** A photo that was restored, as a PNG, and a line that says by what, where that was not its pixels alone or there is more than was read. */
export interface Restored {
  file: Blob;
  how: string | null;
  /** What the file turned out to be, where it does not hold its photo whole. */
  recognition?: Recognition;
}

const BASE = "restored from the pixels alone";

/** The photo that a file holds whole, in its low bits or its metadata: no filter is needed. Null where it holds none that can be read here. */
export async function restoreHeld(file: PhotoFile): Promise<Restored | null> {
  return heldIn(await readPhoto(file));
}

/** The same of a file that was read. */
export async function heldIn(photo: Photo): Promise<Restored | null> {
  const payload = await payloadOf(photo);
  if (payload) return given(photo, await decodeCoded(payload, photo.pixels), "restored from the payload in its low bits, without the filter");
  if (photo.tag?.top_up?.holds !== "photo" || !(await isUsable(photo))) return null;
  return given(photo, await decodeCoded(photo.topUp!, photo.pixels), "restored from its top-up, every byte, without the filter");
}

/** `base`, restored from the pixels of `photo`, with what its top-up adds; and a line that says so, where there is something to say. */
export async function refined(photo: Photo, base: Pixels): Promise<{ pixels: Pixels; how: string | null }> {
  const { tag, topUp } = photo;
  const plain = (why: string) => ({ pixels: base, how: `${why}: ${BASE}` });
  const told = tag?.top_up;
  if (!told) {
    if (topUp) return plain("it carries more than this app reads, a top-up of a later version or of another file");
    const payload = tag?.payload;
    return payload ? plain(`it carries more than this browser reads, a payload in ${payload.coding.toUpperCase()}`) : { pixels: base, how: null };
  }
  if (!topUp) return plain("its top-up is gone, as it is where metadata are stripped");
  if (!(await isUsable(photo))) return plain("its top-up is damaged or of another file");
  const added = await decodeCoded(topUp, base);
  if (!added || !told.steps) return plain(`it carries more than this browser reads, a top-up in ${told.coding.toUpperCase()}`);
  return { pixels: toppedUp(base, added, told.steps), how: "restored from its pixels and its top-up" };
}

/** Whether a top-up is the one that the tag tells of, and the pixels are those that were saved. */
async function isUsable(photo: Photo): Promise<boolean> {
  const saved = photo.tag?.fingerprint;
  return Boolean(saved) && (await isWhole(photo)) && (await alteration(saved!, photo)) === null;
}

async function given(photo: Photo, pixels: Pixels | null, how: string): Promise<Restored | null> {
  if (!pixels) return null;
  const file = await encodePng({ ...photo, pixels: changedWhereSeen(photo, pixels), tag: null });
  return { file: new Blob([file], { type: "image/png" }), how };
}
