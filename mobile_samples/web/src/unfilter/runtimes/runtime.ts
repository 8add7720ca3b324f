/** What runs an artifact: one protocol, equal siblings. */

import type { Bundle } from "../bundle";
import { UnfilterError } from "../errors";
import type { Artifact, Direction, Format } from "../manifest";

export type RuntimeName = "onnx" | "litert";
export type Backend = "webgpu" | "wasm";

export type Image = Float32Array<ArrayBuffer>;

/** One direction of a filter, ready to run. */
export interface Graph {
  artifact: Artifact;
  /**
   * Runs on an image or tile: float32 0..1 in the artifact's layout, sides multiples of the alignment and at most the tile's.
   * The result has the same shape and is not clipped. `places` of the hyper-parameters are 0..1, forward only; `output`, as `image`, is
   * what a guided filter's forward graph takes beside it (R29).
   */
  run(image: Image, height: number, width: number, places: number[], output?: Image): Promise<Float32Array>;
}

/** A runtime with the graphs of one bundle; each is loaded, and its file checked, when first needed. */
export interface Session {
  /** What runs the graphs: another one than was asked for where the runtime fell back. */
  backend: Backend;
  graph(direction: Direction): Promise<Graph>;
}

/** Opens a bundle on a runtime; `files` is the folder of its WebAssembly files. */
export type OpenSession = (bundle: Bundle, backend: Backend, files: string) => Promise<Session>;

export const FORMATS: Record<RuntimeName, Format> = { onnx: "onnx", litert: "tflite" };

export function artifactOf(bundle: Bundle, format: Format, direction: Direction): Artifact {
  const artifact = bundle.artifact(format, direction);
  if (!artifact) throw new UnfilterError(`This ${bundle.manifest.filter} has no ${format} model; convert it again with the extra.`);
  return artifact;
}

/** Threads for WebAssembly; more than one needs a page that is isolated from other origins. */
export function threads(): number {
  return crossOriginIsolated ? Math.min(4, navigator.hardwareConcurrency) : 1;
}

/** Whether this browser has a graphics processor for WebGPU. */
export async function hasWebGpu(): Promise<boolean> {
  return Boolean(await navigator.gpu?.requestAdapter().catch(() => null));
}
