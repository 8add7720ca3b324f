/** Law: the package that is built holds the library alone, with its types, and is the library. */

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";

import type * as Library from "../src/unfilter";
import { goldens } from "./goldens";
import { JPEG_CODEC, SAMPLE } from "./paths";

const FOLDER = join(SAMPLE, "package");
const read = (name: string) => JSON.parse(readFileSync(join(SAMPLE, name), "utf8")) as { dependencies: Record<string, string>; files: string[] };

test("it packs the library with its types, and works without a bundler", { timeout: 300_000 }, async () => {
  execFileSync("npm", ["run", "package"], { cwd: SAMPLE, stdio: "pipe" });
  const [packed] = JSON.parse(execFileSync("npm", ["pack", "--dry-run", "--json"], { cwd: FOLDER }).toString()) as [{ files: { path: string }[] }];
  const paths = packed.files.map(({ path }) => path);
  for (const path of ["README.md", "package.json", "lib/unfilter.js", "lib/types/index.d.ts"]) assert.ok(paths.includes(path), path);
  assert.deepEqual(paths.filter((path) => /app\/|tests\/|\.wasm$|\.onnx$/.test(path)), []);
  const library = (await import(pathToFileURL(join(FOLDER, "lib/unfilter.js")).href)) as typeof Library;
  library.locateJpegCodec(JPEG_CODEC);
  const golden = goldens.l0.says.jpegs[0]!;
  const { pixels } = await library.readPhoto(new File([goldens.l0.bytes(golden.path)], golden.path));
  assert.deepEqual(pixels, goldens.l0.raw(golden, golden.decoded));
});

test("it depends on the versions that the sample was tested with", () => {
  assert.deepEqual(read("package/package.json").dependencies, read("package.json").dependencies);
});
