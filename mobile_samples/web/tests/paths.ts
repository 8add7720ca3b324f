/** Where the tests find things, and what is missing on this machine. */

import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

export const SAMPLE = resolve(dirname(fileURLToPath(import.meta.url)), "..");
export const PROJECT = resolve(SAMPLE, "../..");
/** What the tests make: sites, screenshots, goldens. */
export const BUILD = join(SAMPLE, "build");
export const FIXTURES = join(PROJECT, "tests/fixtures");

/** A converted l0 with LiteRT models; null where nobody made one. */
export const CONVERTED = [process.env.UNFILTER_TEST_BUNDLE, join(PROJECT, "build/bundles/l0")].find(
  (path): path is string => path !== undefined && existsSync(join(path, "manifest.json")),
) ?? null;

export const NO_BUNDLE = "no bundle with LiteRT models: run `nox -s convert -- l0`, or set UNFILTER_TEST_BUNDLE";

/** The first of `names` in PATH; null where none is. */
export function program(...names: string[]): string | null {
  const folders = (process.env.PATH ?? "").split(":");
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find((path) => existsSync(path)) ?? null;
}
