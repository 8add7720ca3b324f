/** The goldens that every language is held to (docs/goldens.md). */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import type { Pixels, TilePlan } from "../src/unfilter";
import { FIXTURES } from "./paths";

type Span = [start: number, stop: number, keepStart: number, keepStop: number];

export interface PhotoGolden {
  name: string;
  height: number;
  width: number;
  parameters: Record<string, number>;
  places: number[];
  photo: string;
  /** Only of a guided filter. */
  output?: string;
  filtered: string;
  restored: string;
}

export interface JpegGolden {
  path: string;
  height: number;
  width: number;
  quality: number;
  subsampling: string;
  decoder: string;
  decoded: string;
  tag: string | null;
  restored: string | null;
}

interface GoldensFile {
  filter: string;
  restoration: string;
  tolerance: number;
  tiles: TilePlan;
  photos: PhotoGolden[];
  files: { path: string; refusal: string | null; tag: string | null; photo: string | null; carried: Record<string, string> }[];
  jpegs: JpegGolden[];
  plans: { height: number; width: number; fixed_size: boolean; rows: Span[]; columns: Span[] }[];
  roundings: { bits: number; level: number }[];
}

export class Goldens {
  readonly says: GoldensFile;

  constructor(private readonly folder: string) {
    this.says = JSON.parse(readFileSync(join(folder, "goldens.json"), "utf8")) as GoldensFile;
  }

  bytes(path: string): Uint8Array<ArrayBuffer> {
    return new Uint8Array(readFileSync(join(this.folder, path)));
  }

  pixels(photo: PhotoGolden, which: "photo" | "output" | "filtered" | "restored"): Pixels {
    return { width: photo.width, height: photo.height, data: this.bytes(photo[which]!) };
  }

  /** Raw pixels of a JPEG. */
  raw({ width, height }: JpegGolden, path: string): Pixels {
    return { width, height, data: this.bytes(path) };
  }

  photo(name: string): PhotoGolden {
    return this.says.photos.find((each) => each.name === name)!;
  }
}

/** Those of the committed bundles. */
export const goldens = {
  l0: new Goldens(join(FIXTURES, "goldens-version-1")),
  variable: new Goldens(join(FIXTURES, "goldens-variable")),
  guided: new Goldens(join(FIXTURES, "goldens-guided")),
};

/** How far apart two pictures are at most, in levels; infinite where their sizes differ. */
export function furthest(one: Pixels, other: Pixels): number {
  if (one.width !== other.width || one.height !== other.height) return Infinity;
  return one.data.reduce((most, level, index) => Math.max(most, Math.abs(level - other.data[index]!)), 0);
}

/** Peak signal-to-noise ratio of two pictures of one size, in dB. */
export function psnr(one: Pixels, other: Pixels): number {
  const squares = one.data.reduce((sum, level, index) => sum + (level - other.data[index]!) ** 2, 0);
  return 10 * Math.log10((255 ** 2 * one.data.length) / squares);
}
