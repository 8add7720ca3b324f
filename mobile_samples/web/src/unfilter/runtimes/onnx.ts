/** ONNX Runtime Web. Its WebGPU build is larger, and loaded only where it is used. */

import type { InferenceSession } from "onnxruntime-web";

import type { Bundle } from "../bundle";
import type { Direction, Layout } from "../manifest";
import { artifactOf, type Backend, type Graph, type Session, threads } from "./runtime";

/** Version 1.30 computes something else in its own layout of images on WebGPU: l0 came out up to 45 levels off. In NCHW it is exact. */
const PROVIDERS: Record<Backend, InferenceSession.ExecutionProviderConfig> = {
  webgpu: { name: "webgpu", preferredLayout: "NCHW" },
  wasm: "wasm",
};

export async function openSession(bundle: Bundle, backend: Backend, files: string): Promise<Session> {
  const ort = await (backend === "webgpu" ? import("onnxruntime-web/webgpu") : import("onnxruntime-web/wasm"));
  ort.env.wasm.wasmPaths = files;
  ort.env.wasm.numThreads = threads();
  ort.env.logLevel = "error";

  async function open(direction: Direction): Promise<Graph> {
    const artifact = artifactOf(bundle, "onnx", direction);
    const model = await bundle.load(artifact.path);
    const session: InferenceSession = await ort.InferenceSession.create(model, { executionProviders: [PROVIDERS[backend]] });
    return {
      artifact,
      async run(image, height, width, places, output) {
        const { image: given, output: guide, parameters, result } = artifact;
        const feeds = { [given.name]: new ort.Tensor("float32", image, shape(given.layout, height, width, 3)) };
        if (guide) feeds[guide.name] = new ort.Tensor("float32", output!, shape(guide.layout, height, width, 3));
        if (parameters) {
          const tensor = new ort.Tensor("float32", Float32Array.from(places), shape(parameters.layout, 1, 1, places.length));
          feeds[parameters.name] = tensor;
        }
        const results = await session.run(feeds);
        return results[result.name]!.data as Float32Array;
      },
    };
  }

  const opened = new Map<Direction, Promise<Graph>>();
  return {
    backend,
    graph(direction) {
      if (!opened.has(direction)) opened.set(direction, open(direction));
      return opened.get(direction)!;
    },
  };
}

function shape(layout: Layout, height: number, width: number, channels: number): number[] {
  return layout === "NCHW" ? [1, channels, height, width] : [1, height, width, channels];
}
