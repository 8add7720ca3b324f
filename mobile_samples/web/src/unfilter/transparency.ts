/**
 * R23 of sdk/format/RULES.md. Colours under full transparency, which nobody sees and lossless converters change: they go around the
 * network, as alpha does, and count in no fingerprint. The network sees middle grey there, in both directions.
 */

import type { Photo } from "./photo/photo";
import { emptyPixels, type Pixels } from "./pixels";

/** What a tag requires where colours went around the network. */
export const HIDDEN_COLOURS = "hidden_colours";
/** Level of every channel that a filter sees under full transparency. */
const GREY = 128;

/** Pixels as a filter sees them: grey where alpha is 0. The photo's own where nothing is hidden. */
export function seen({ pixels, alpha }: Photo): Pixels {
  if (!alpha?.includes(0)) return pixels;
  const { width, height, data } = pixels;
  const shown = { width, height, data: data.slice() };
  for (let index = 0; index < alpha.length; index++) if (!alpha[index]) shown.data.fill(GREY, index * 3, index * 3 + 3);
  return shown;
}

/** Pixels that a filter's inverse takes, and a fingerprint is of: those that are seen, or all, where an older version's tag says so. */
export function given(photo: Photo): Pixels {
  return photo.tag && !photo.tag.requires?.includes(HIDDEN_COLOURS) ? photo.pixels : seen(photo);
}

/** What the tag of `photo` must require for its sake. */
export function required({ alpha }: Photo): string[] {
  return alpha?.includes(0) ? [HIDDEN_COLOURS] : [];
}

/** `pixels` wherever alpha is above 0, and the photo's own colours elsewhere. */
export function changedWhereSeen({ pixels: own, alpha }: Photo, pixels: Pixels): Pixels {
  if (!alpha?.includes(0)) return pixels;
  const changed = emptyPixels(own.width, own.height);
  for (let index = 0; index < alpha.length; index++) {
    const { data } = alpha[index] ? pixels : own;
    changed.data.set(data.subarray(index * 3, index * 3 + 3), index * 3);
  }
  return changed;
}
