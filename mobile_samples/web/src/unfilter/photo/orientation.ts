/** How a file says that its pixels are turned: EXIF's orientation, 1 to 8 (Exif 3.0, section 4.6.5). Pixels come as they are stored (R1). */

import type { Chunk } from "./chunks";

const ORIENTATION = 0x0112;

/** The orientation in the `eXIf` chunk of a photo, 1 where that does not say; null where there is none. */
export function orientationOf(carried: Chunk[]): number | null {
  const exif = carried.find(({ name }) => name === "eXIf");
  return exif ? orientationIn(exif.content) : null;
}

function orientationIn(tiff: Uint8Array): number {
  const head = String.fromCharCode(...tiff.subarray(0, 4));
  if (head !== "II*\0" && head !== "MM\0*") return 1;
  const little = head.startsWith("I");
  const view = new DataView(tiff.buffer, tiff.byteOffset, tiff.length);
  try {
    const first = view.getUint32(4, little);
    for (let left = view.getUint16(first, little), at = first + 2; left > 0; left--, at += 12) {
      if (view.getUint16(at, little) !== ORIENTATION) continue;
      const value = view.getUint16(at + 8, little);
      return value >= 1 && value <= 8 ? value : 1;
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error; // cut short: nobody understands it
  }
  return 1;
}
