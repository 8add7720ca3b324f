/** Puts what the app serves beside its own code into `public/`: bundles, and the runtimes' WebAssembly files. */

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const sample = resolve(fileURLToPath(import.meta.url), "../..");
const project = resolve(sample, "../..");
const target = process.argv[2] ? resolve(process.argv[2]) : join(sample, "public");

const RUNTIMES = {
  jpeg: ["@cornerstonejs/codec-libjpeg-turbo-8bit/dist", /^libjpegturbowasm\.wasm$/],
  onnx: ["onnxruntime-web/dist", /^ort-wasm-simd-threaded(\.asyncify)?\.(mjs|wasm)$/],
  litert: ["@litertjs/core/wasm", /^litert_wasm_(compat_|threaded_)?internal\.(js|wasm)$/],
};

/** Folders of bundles: those of the environment variable, as for the SDK, then what `nox -s convert` makes. */
function findBundles() {
  const given = (process.env.UNFILTER_BUNDLES ?? "").split(delimiter).filter(Boolean);
  const bundles = new Map();
  for (const folder of [...given, join(project, "build/bundles")]) {
    for (const name of existsSync(folder) ? readdirSync(folder) : []) {
      if (!bundles.has(name) && existsSync(join(folder, name, "manifest.json"))) bundles.set(name, join(folder, name));
    }
  }
  if (bundles.size) return bundles;
  console.log("No bundles in build/bundles: using the small l0 of the tests, which has ONNX models only.");
  console.log("For this filter on LiteRT too, run `python3 -m nox -s convert -- l0` in the project's folder first.");
  return new Map([["l0", join(project, "tests/fixtures/bundle-schema-1")]]);
}

/** Copies what a browser runs, and the goldens to test it with; the manifest that is served lists nothing else. */
function copyBundle(name, from) {
  const manifest = JSON.parse(readFileSync(join(from, "manifest.json"), "utf8"));
  const runs = ({ format, precision, path }) =>
    ["onnx", "tflite"].includes(format) && precision === "fp32" && existsSync(join(from, path));
  manifest.artifacts = manifest.artifacts.filter(runs);
  const golden = ({ photo, filtered, restored }) => [photo, filtered, restored];
  manifest.goldens = manifest.goldens.filter((each) => golden(each).every((path) => existsSync(join(from, path))));
  const folder = join(target, "bundles", name);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "manifest.json"), JSON.stringify(manifest));
  for (const path of new Set([...manifest.artifacts.map((each) => each.path), ...manifest.goldens.flatMap(golden)])) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    cpSync(join(from, path), join(folder, path));
  }
}

rmSync(join(target, "bundles"), { recursive: true, force: true });
const bundles = findBundles();
for (const [name, from] of bundles) copyBundle(name, from);
writeFileSync(join(target, "bundles/index.json"), `${JSON.stringify([...bundles.keys()].sort())}\n`);

for (const [name, [folder, pattern]] of Object.entries(RUNTIMES)) {
  const from = join(sample, "node_modules", folder);
  for (const file of readdirSync(from).filter((each) => pattern.test(each))) {
    cpSync(join(from, file), join(target, "runtimes", name, file));
  }
}
