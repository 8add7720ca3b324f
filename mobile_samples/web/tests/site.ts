/** The app, built as `npm run build` does, with chosen bundles, and served on a free port. */

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { build, preview } from "vite";

import type { Manifest } from "../src/unfilter";
import { BUILD, BUNDLES, CONFORMANCE, CONVERTED, SAMPLE } from "./paths";

export interface Site {
  url: string;
  close(): Promise<void>;
}

/**
 * Serves the app with the committed bundles, the one that was converted, and, of the one with hyper-parameters: `inexact`, whose golden
 * no back end gives, `keeping`, whose card says that shared files are better left alone, `tile_grid` and `guided_past` of the conformance cases,
 * and `last_tile_small`, whose whole tiles begin on a grid.
 */
export async function serve(): Promise<Site> {
  const folders = ["bundles", "public", "site"].map((name) => join(BUILD, name));
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  const [bundles, publicDir, outDir] = folders as [string, string, string];
  mkdirSync(bundles, { recursive: true });
  for (const [name, folder] of Object.entries(BUNDLES)) symlinkSync(folder, join(bundles, name));
  if (CONVERTED) symlinkSync(CONVERTED, join(bundles, "converted"));
  const variant = (name: string, change: (says: Manifest & { requires?: string[] }) => void) => {
    cpSync(BUNDLES.variable, join(bundles, name), { recursive: true });
    const manifest = join(bundles, name, "manifest.json");
    const says = JSON.parse(readFileSync(manifest, "utf8")) as Manifest;
    change(says);
    writeFileSync(manifest, JSON.stringify(says));
  };
  variant("guided_past", (says) => Object.assign(says, JSON.parse(readFileSync(join(CONFORMANCE, "past/guided.manifest.json"), "utf8"))));
  const keeping = { restoration: "e".repeat(64), provenance: { scores: [{ shared: [30, 30], arrived: [31, 31] }] } };
  variant("keeping", (says) => Object.assign(says, keeping));
  variant("inexact", ({ goldens }) => (goldens[0]!.restored = goldens[0]!.filtered));
  variant("last_tile_small", (says) => Object.assign(says, { tiles: { ...says.tiles, grid: says.tiles.alignment }, requires: ["tile_grid"] }));
  variant("tile_grid", (says) => Object.assign(says, JSON.parse(readFileSync(join(CONFORMANCE, "past/tile_grid.manifest.json"), "utf8"))));
  cpSync(join(SAMPLE, "public"), publicDir, { recursive: true, filter: (path) => !/public\/(bundles|runtimes)/.test(path) });
  const env = { ...process.env, UNFILTER_BUNDLES: bundles };
  execFileSync(process.execPath, ["scripts/prepare.mjs", publicDir], { cwd: SAMPLE, env });
  await build({ root: SAMPLE, publicDir, logLevel: "warn", build: { outDir, emptyOutDir: true } });
  const server = await preview({ root: SAMPLE, logLevel: "warn", build: { outDir }, preview: { port: 0 } });
  return { url: server.resolvedUrls!.local[0]!, close: () => server.close() };
}
