/** How a file says that its pixels are turned: EXIF's orientation, 1 to 8 (Exif 3.0, section 4.6.5). Pixels come as they are stored (R1). */

import type { Chunk } from "./chunks";

const ORIENTATION = 0x0112, SHORT = 3, UPRIGHT = 1;
/** The orientations that turn to the right by 0 to 3 quarters; the second ones mirror left and right before. */
const TURNED = [[1, 6, 3, 8], [2, 7, 4, 5]] as const;
/** A TIFF whose directory is empty. */
const EMPTY = Uint8Array.of(0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0);

interface Directory {
  little: boolean;
  /** Where each of its entries, of 12 bytes, begins, by its tag. */
  places: Map<number, number>;
  end: number;
}

/** The orientation in the `eXIf` chunk of a photo, 1 where that does not say; null where there is none. */
export function orientationOf(carried: Chunk[]): number | null {
  const exif = carried.find(({ name }) => name === "eXIf");
  if (!exif) return null;
  const directory = directoryOf(exif.content);
  const place = directory?.places.get(ORIENTATION);
  const value = place === undefined ? UPRIGHT : viewOf(exif.content).getUint16(place + 8, directory!.little);
  return value >= 1 && value <= 8 ? value : UPRIGHT;
}

/**
 * The orientation by which a picture is shown as it was with `orientation` before it was set upright: it had been mirrored left and right,
 * where `mirrored`, and then turned to the left by `turns` quarters (R34 of sdk/format/RULES.md).
 */
export function alikeShown(orientation: number, turns: number, mirrored: boolean): number {
  const mirrors = !TURNED[0].some((each) => each === orientation);
  const quarters = TURNED[mirrors ? 1 : 0].findIndex((each) => each === orientation) + (mirrors ? turns : 4 - turns);
  return TURNED[mirrors !== mirrored ? 1 : 0][quarters % 4]!;
}

/** The chunks of a photo with EXIF that names `orientation`; none is made to say what holds without any. All else in it stays where it is. */
export function withOrientation(carried: Chunk[], orientation: number): Chunk[] {
  if ((orientationOf(carried) ?? UPRIGHT) === orientation) return carried;
  const exif = carried.find(({ name }) => name === "eXIf");
  return [...carried.filter((each) => each !== exif), { name: "eXIf", content: oriented(exif?.content ?? EMPTY, orientation) }];
}

function oriented(tiff: Uint8Array<ArrayBuffer>, orientation: number): Uint8Array<ArrayBuffer> {
  const directory = directoryOf(tiff);
  if (!directory) return oriented(EMPTY, orientation); // nobody understands it
  const { little, places, end } = directory;
  const entry = new Uint8Array(12);
  const view = viewOf(entry);
  view.setUint16(0, ORIENTATION, little);
  view.setUint16(2, SHORT, little);
  view.setUint32(4, 1, little);
  view.setUint16(8, orientation, little);
  const known = places.get(ORIENTATION);
  if (known !== undefined) {
    const changed = tiff.slice();
    changed.set(entry, known);
    return changed;
  }
  // A directory with one entry more, in ascending order, behind all else.
  const entries = new Map([...places].map(([tag, place]) => [tag, tiff.subarray(place, place + 12)] as const)).set(ORIENTATION, entry);
  const start = tiff.length + (tiff.length % 2);
  const longer = new Uint8Array(start + 2 + 12 * entries.size + 4);
  longer.set(tiff);
  longer.set(tiff.subarray(end, end + 4), longer.length - 4);
  viewOf(longer).setUint32(4, start, little);
  viewOf(longer).setUint16(start, entries.size, little);
  const sorted = [...entries].sort(([one], [other]) => one - other);
  for (const [index, [, content]] of sorted.entries()) longer.set(content, start + 2 + 12 * index);
  return longer;
}

/** The first directory (TIFF 6.0, section 2); null where there is none, or it is cut short. */
function directoryOf(tiff: Uint8Array<ArrayBuffer>): Directory | null {
  const head = String.fromCharCode(...tiff.subarray(0, 4));
  if (head !== "II*\0" && head !== "MM\0*") return null;
  const little = head.startsWith("I");
  const view = viewOf(tiff);
  try {
    const first = view.getUint32(4, little);
    const starts = Array.from({ length: view.getUint16(first, little) }, (_, index) => first + 2 + 12 * index);
    const end = first + 2 + 12 * starts.length;
    if (end > tiff.length) return null;
    return { little, places: new Map(starts.map((place) => [view.getUint16(place, little), place])), end };
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

function viewOf({ buffer, byteOffset, length }: Uint8Array<ArrayBuffer>): DataView {
  return new DataView(buffer, byteOffset, length);
}
