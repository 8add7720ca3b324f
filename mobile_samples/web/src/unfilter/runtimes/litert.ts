/** LiteRT.js. One file holds both directions, each as a signature for photos that fill the tile and one for smaller ones. */

import { loadAndCompile, loadLiteRt, supportsFeature, Tensor } from "@litertjs/core";

import type { Bundle } from "../bundle";
import type { Artifact } from "../manifest";
import type { TilePlan } from "../tiling";
import { artifactOf, type Backend, type Graph, type Image, type Session, threads } from "./runtime";

let loaded: Promise<unknown> | undefined;

export async function openSession(bundle: Bundle, backend: Backend, files: string): Promise<Session> {
  // Where its threads find their script: in a worker it would take the worker's own for it.
  Object.assign(self, {
    Module: { locateFile: (name: string) => files + name, mainScriptUrlOrBlob: `${files}litert_wasm_threaded_internal.js` },
  });
  const threaded = backend === "wasm" && threads() > 1 && (await supportsFeature("relaxedSimd")); // its threads need both
  loaded ??= loadLiteRt(files, { threads: threaded });
  await loaded;
  const model = await loadAndCompile(await bundle.load(artifactOf(bundle, "tflite", "inverse").path), {
    accelerator: backend,
    cpuOptions: { numThreads: threads() },
    gpuOptions: { precision: "fp32" },
  });

  return {
    // It falls back by itself, as a whole, where WebGPU does not take every operation.
    backend: model.isFullyAccelerated ? backend : "wasm",
    async graph(direction) {
      const artifact = artifactOf(bundle, "tflite", direction);
      const plan = bundle.manifest.tiles;
      return { artifact, run: filling(plan, artifact, (signature, inputs) => run(signature, inputs, artifact.result.name)) };
    },
  };

  async function run(signature: string, inputs: Inputs, result: string): Promise<Float32Array> {
    const tensors = Object.entries(inputs).map(([name, [values, shape]]) => [name, new Tensor(values, shape)] as const);
    try {
      const results = await model.run(signature, Object.fromEntries(tensors));
      const values = (await results[result]!.data()) as Float32Array;
      for (const each of Object.values(results)) each.delete();
      return values;
    } finally {
      for (const [, tensor] of tensors) tensor.delete();
    }
  }
}

type Inputs = Record<string, [values: Image, shape: number[]]>;

/** A picture smaller than the only size that a graph takes lies in its upper left corner, and `valid` says how far (R5 of sdk/format/RULES.md). */
function filling(plan: TilePlan, artifact: Artifact, call: (signature: string, inputs: Inputs) => Promise<Float32Array>): Graph["run"] {
  const { tile, alignment } = plan;
  const { image: given, output: guide, parameters, valid, signature, masked_signature: masked } = artifact;
  return async (image, height, width, places, output) => {
    const inputs: Inputs = parameters ? { [parameters.name]: [Float32Array.from(places), [1, 1, 1, places.length]] } : {};
    const shape = [1, tile, tile, 3];
    const take = (picture: Image) => (height === tile && width === tile ? picture : copyRows(picture, width, tile, height, tile));
    inputs[given.name] = [take(image), shape];
    if (guide) inputs[guide.name] = [take(output!), shape];
    if (height === tile && width === tile) return call(signature!, inputs);
    const cells = tile / alignment;
    const inside = new Float32Array(cells * cells);
    for (let row = 0; row < height / alignment; row++) inside.fill(1, row * cells, row * cells + width / alignment);
    const masks: Inputs = { [valid!.name]: [inside, [1, cells, cells, 1]] };
    const result = await call(masked!, { ...inputs, ...masks });
    return copyRows(result, tile, width, height, height);
  };
}

/** The first `rows` rows of an image of three channels, from a width to another one, in an image of `height`. */
function copyRows(image: Float32Array, from: number, to: number, rows: number, height: number): Image {
  const copy = new Float32Array(height * to * 3);
  const width = Math.min(from, to) * 3;
  for (let row = 0; row < rows; row++) copy.set(image.subarray(row * from * 3, row * from * 3 + width), row * to * 3);
  return copy;
}
