/** The most that is decoded, by the size that a file declares. */

import { UnfilterError, damaged } from "../errors";

const MOST_PIXELS = 100_000_000;

export function checkSize(width: number, height: number): void {
  if (!width || !height) throw damaged("it has no pixels");
  if (width * height > MOST_PIXELS) {
    throw new UnfilterError(`has ${Math.round((width * height) / 1e6)} megapixels; this app takes up to ${MOST_PIXELS / 1e6}`);
  }
}
