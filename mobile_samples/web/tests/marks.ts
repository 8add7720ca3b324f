/** Pictures as sites give them back, and what is found in them: `shared/marks.json` of the conformance cases. */

import { readFileSync } from "node:fs";
import { join } from "node:path";

import { CONFORMANCE } from "./paths";

interface PictureCase {
  name: string;
  path: string;
  mark: { deviations: number; restoration?: string; scale?: number; turns?: number; mirrored?: boolean } | null;
  counts: boolean;
  inside?: [top: number, bottom: number, left: number, right: number];
  without?: { width: number; height: number; step: number; blue: number[][] };
}

interface Marks {
  restorations: string[];
  threshold: number;
  tolerances: Record<"deviations" | "scale" | "levels" | "restored" | "db", number>;
  pictures: PictureCase[];
  expectations: { scores: { count?: number; shared?: number[]; arrived?: number[] }[]; scale: number; restored: number | null; arrived: number | null }[];
  restored: { path: string; bundle: string; verdict: string; width: number; height: number; step: number; levels: number[][][] };
}

const { marks: path } = JSON.parse(readFileSync(join(CONFORMANCE, "cases.json"), "utf8")) as { marks: string };
export const marks = JSON.parse(readFileSync(join(CONFORMANCE, path), "utf8")) as Marks;

/** The file of a case. */
export function pictureOf(path: string): File {
  return new File([new Uint8Array(readFileSync(join(CONFORMANCE, path)))], path.split("/").at(-1)!);
}
