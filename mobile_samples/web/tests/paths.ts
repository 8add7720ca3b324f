/** Where the tests find things, and what is missing on this machine. */

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const SAMPLE = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const PROJECT = resolve(SAMPLE, "../..");
/** What the tests make: sites, screenshots, goldens. */
export const BUILD = join(SAMPLE, "build");
export const CONFORMANCE = join(PROJECT, "sdk/format/conformance");
/** Where Node finds the JPEG codec's WebAssembly file. */
export const JPEG_CODEC = join(SAMPLE, "node_modules/@cornerstonejs/codec-libjpeg-turbo-8bit/dist/");
export const FIXTURES = join(PROJECT, "tests/fixtures");

/** The committed bundles: a shipped filter, and two tiny networks that have LiteRT models too, with hyper-parameters and guided. */
export const BUNDLES = {
  l0: join(FIXTURES, "bundle-schema-1"),
  variable: join(FIXTURES, "bundle-variable"),
  guided: join(FIXTURES, "bundle-guided"),
};

/** A bundle as `unfilter convert` makes it; null where none is named. */
export const CONVERTED = process.env.UNFILTER_TEST_BUNDLE ? resolve(process.env.UNFILTER_TEST_BUNDLE) : null;
export const NO_CONVERTED = "no converted bundle: set UNFILTER_TEST_BUNDLE to one, such as build/bundles/l0";

/** The first of `names` in PATH; null where none is. */
export function program(...names: string[]): string | null {
  const folders = (process.env.PATH ?? "").split(":");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}
