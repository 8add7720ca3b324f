/** A picture within a picture, in AVIF or lossless WebP, by the browser's own decoder. */

import { emptyPixels, type Pixels } from "../pixels";

/** What a coded picture says that it is (R25 of sdk/format/RULES.md); null where it is neither. */
export function kindOf(content: Uint8Array): "avif" | "webp" | null {
  const says = (at: number, word: string) => [...word].every((letter, index) => content[at + index] === letter.charCodeAt(0));
  if (says(4, "ftyp")) return "avif";
  return says(8, "WEBP") ? "webp" : null;
}

/**
 * The pixels of a coded picture; null where this browser does not decode it, or it is not of that size. It is opaque and has no
 * profile, so a canvas neither multiplies nor converts it.
 */
export async function decodeCoded(content: Uint8Array<ArrayBuffer>, { width, height }: Pick<Pixels, "width" | "height">): Promise<Pixels | null> {
  const kind = kindOf(content);
  if (!kind || typeof createImageBitmap === "undefined") return null;
  const options: ImageBitmapOptions = { colorSpaceConversion: "none", premultiplyAlpha: "none" };
  const bitmap = await createImageBitmap(new Blob([content], { type: `image/${kind}` }), options).catch(() => null);
  if (bitmap?.width !== width || bitmap.height !== height) return null;
  const context = new OffscreenCanvas(width, height).getContext("2d", { willReadFrequently: true });
  if (!context) return null;
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = emptyPixels(width, height);
  for (let from = 0, to = 0; to < pixels.data.length; from += 4, to += 3) pixels.data.set(data.subarray(from, from + 3), to);
  return pixels;
}
