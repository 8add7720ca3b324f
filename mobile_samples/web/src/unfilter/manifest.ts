/** `manifest.json` of a bundle, schema 1: the parts that an app needs. The whole of it stands in `sdk/unfilter/format/manifest.py`. */

import { UnfilterError } from "./errors";
import type { HyperParameter } from "./hyperParameter";
import type { TilePlan } from "./tiling";

export type Direction = "forward" | "inverse";
export type Format = "onnx" | "tflite";
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
  precision: "fp32" | "fp16";
  path: string;
  image: Tensor;
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
  schema_version: 1;
  filter: string;
  restoration: string;
  tiles: TilePlan;
  carriers: ("exact" | "jpeg")[];
  hyper_parameters: HyperParameter[];
  artifacts: Artifact[];
  goldens: { name: string; parameters: Record<string, number>; photo: string; filtered: string; restored: string }[];
  files: { path: string; sha256: string; bytes: number }[];
  research_only: string | null;
}

/** The manifest in a parsed JSON file. Fields that older bundles lack get the values that they mean. */
export function manifestOf(json: unknown, where: string): Manifest {
  const manifest = json as Partial<Manifest> | null;
  if (manifest?.schema_version !== 1) {
    throw new UnfilterError(`${where}: manifest schema ${String(manifest?.schema_version)}, this app reads 1; update it`);
  }
  const { tile, halo, alignment } = manifest.tiles ?? { tile: 0, halo: 0, alignment: 0 };
  const complete = manifest.filter && /^[0-9a-f]{64}$/.test(manifest.restoration ?? "") && manifest.artifacts && manifest.files;
  if (!complete || !(alignment >= 1 && tile > 2 * halo) || tile % alignment || halo % alignment) {
    throw new UnfilterError(`${where}: is no manifest of a bundle; convert the filter again`);
  }
  return { carriers: ["exact"], hyper_parameters: [], research_only: null, goldens: [], ...manifest } as Manifest;
}
