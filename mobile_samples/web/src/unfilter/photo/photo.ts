/** What a photo file holds. */

import type { Pixels } from "../pixels";
import type { Tag } from "../tag";
import type { Chunk } from "./chunks";

export interface Photo {
  pixels: Pixels;
  codec: "png" | "jpeg";
  /** What made the file, where it says so. */
  tag: Tag | null;
  /** A byte per pixel, 0 is transparent; null where there is none. No filter sees it. */
  alpha: Uint8Array | null;
  /** Of a JPEG: its tables and sampling, as a digest (R16); null where it has none. */
  coding?: string | null;
  /** A coded picture in the metadata that holds more of the photo, which the tag tells of (R26). */
  topUp?: Uint8Array<ArrayBuffer>;
  /** What travels around the network untouched, as chunks of a PNG: colour profile, EXIF, XMP (R19 of sdk/format/RULES.md). */
  carried: Chunk[];
}
