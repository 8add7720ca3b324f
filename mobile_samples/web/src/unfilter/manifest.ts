/** `manifest.json` of a bundle: the parts that an app needs. The whole of it is sdk/format/manifest.schema.json. */

import { UnfilterError } from "./errors";
import type { HyperParameter } from "./hyperParameter";
import { keepsSomething, type TilePlan } from "./tiling";

export type Direction = "forward" | "inverse";
export type Format = "onnx" | "tflite";
export type Precision = "fp32" | "fp16" | "w8" | "w8a16";
export type Layout = "NCHW" | "NHWC";

/** A graph's input or output: float32, batch 1. */
export interface Tensor {
  name: string;
  layout: Layout;
  channels: number;
}

/** One graph: a direction of the filter in one format and precision. */
export interface Artifact {
  format: string;
  direction: Direction;
  precision: Precision;
  path: string;
  image: Tensor;
  /** What another filter made of the photo; only forward graphs of a guided filter (R29). */
  output?: Tensor | null;
  result: Tensor;
  parameters: Tensor | null;
  /** 1 inside the photo, 0 outside, a value per squeeze cell; only fixed-size graphs. */
  valid: Tensor | null;
  signature: string | null;
  masked_signature: string | null;
  /** Takes exactly the plan's tile; otherwise any aligned size up to it. */
  fixed_size: boolean;
}

export interface Manifest {
  filter: string;
  /** Which inverse undoes a file (R11 of sdk/format/RULES.md): bundles with equal ids restore each other's files. */
  restoration: string;
  tiles: TilePlan;
  carriers: ("exact" | "jpeg")[];
  hyper_parameters: HyperParameter[];
  artifacts: Artifact[];
  goldens: { name: string; parameters: Record<string, number>; photo: string; output?: string; filtered: string; restored: string }[];
  files: { path: string; sha256: string; bytes: number }[];
  research_only: string | null;
  /** What the model card says; of every set of photos what is restored of files that were shared, and what they were themselves, in dB (R34). */
  provenance?: { scores?: { count?: number; shared?: number[]; arrived?: number[] }[] };
  /** Whether its forward graphs take what another filter made of the photo beside it (R29). */
  guided: boolean;
}

/** The number that this version writes of; a later one is read as far as it is known. */
const SCHEMA = 1;

/** What this version knows of an artifact (sdk/format/COMPATIBILITY.md). None has a `delegate` yet. */
const KNOWN: Record<string, readonly string[]> = {
  format: ["onnx", "tflite", "mlpackage", "pt2"],
  direction: ["forward", "inverse"],
  precision: ["fp32", "fp16", "w8", "w8a16"],
  delegate: [],
};
const CARRIERS: readonly string[] = ["exact", "jpeg"];
/** What a manifest may require: tiles that begin on a grid (R4). */
const TILE_GRID = "tile_grid";
/** What an artifact may require: what another filter made of the photo (R29). */
const GUIDED = "guided";

/** The entries of a list `requires` that are none of `known`. */
export function unknownOf(requires: unknown, known: readonly string[] = []): string[] {
  return Array.isArray(requires) ? requires.map(String).filter((entry) => !known.includes(entry)) : [];
}

/** The manifest in a parsed JSON file. Fields that older bundles lack get the values that they mean; what later ones add is ignored. */
export function manifestOf(json: unknown, where: string): Manifest {
  const manifest = (json ?? {}) as Partial<Manifest> & { schema_version?: unknown; requires?: unknown };
  const schema = manifest.schema_version;
  if (!Number.isInteger(schema) || (schema as number) < 1) {
    throw new UnfilterError(`${where}: manifest schema ${String(schema)} is none; convert the filter again`);
  }
  const needs = unknownOf(manifest.requires, [TILE_GRID]);
  if (needs.length) throw new UnfilterError(`${where}: requires ${needs.join(", ")}, which this app does not know; update the app`);
  const { tiles, restoration, artifacts, files } = manifest;
  const complete = manifest.filter && /^[0-9a-f]{64}$/.test(restoration ?? "") && Array.isArray(artifacts) && Array.isArray(files);
  const onGrid = Array.isArray(manifest.requires) && manifest.requires.includes(TILE_GRID);
  if (!complete || !tiles || !keepsSomething(tiles) || onGrid !== (tiles.grid != null)) {
    const later = `has manifest schema ${String(schema)}, and this app knows ${SCHEMA}; update the app`;
    const remedy = (schema as number) > SCHEMA ? later : "is no manifest of a bundle; convert the filter again";
    throw new UnfilterError(`${where}: ${remedy}`);
  }
  const carriers = (manifest.carriers ?? ["exact"]).filter((each) => CARRIERS.includes(each));
  const guided = artifacts.some(({ output }) => output != null);
  const known = { artifacts: artifacts.filter((each) => !isLater(each)), carriers, guided };
  return { hyper_parameters: [], research_only: null, goldens: [], ...manifest, ...known } as Manifest;
}

/** Whether an artifact is one that this version must skip. */
function isLater(artifact: Artifact): boolean {
  const fields = artifact as unknown as Record<string, unknown>;
  const strange = ([name, known]: [string, readonly string[]]) => typeof fields[name] === "string" && !known.includes(fields[name]);
  return Object.entries(KNOWN).some(strange) || unknownOf(fields.requires, [GUIDED]).length > 0;
}
