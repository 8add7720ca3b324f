/**
 * The app in every browser, on both runtimes and both back ends, gives the golden bytes: through its own buttons, from a file
 * to the file that would be saved.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { encodePng, type Pixels } from "../src/unfilter";
import { fingerprintOf } from "../src/unfilter/fingerprint";
import { decodePng } from "../src/unfilter/photo/png";
import { tagFromJson } from "../src/unfilter/tag";
import { App, type Settings } from "./app";
import { type Browser, chromium, firefox, type Kind } from "./browser";
import { furthest, goldens } from "./goldens";
import { CONFORMANCE } from "./paths";
import { serve, type Site } from "./site";
import { webkit } from "./webkit";

interface Case {
  kind: Kind;
  runtime: Settings["runtime"];
  backend: "webgpu" | "wasm";
  bundle: keyof typeof goldens;
  /** Golden photos; few where WebGPU runs on a processor, which takes half a minute for one. */
  photos: string[];
}

const ALL = goldens.l0.says.photos.map(({ name }) => name);

interface Future {
  tolerance: number;
  files: { name: string; path: string; expect: string; restored: string; width: number; height: number }[];
}
const future = JSON.parse(readFileSync(join(CONFORMANCE, "cases.json"), "utf8")) as Future;

const CASES: Case[] = [
  { kind: chromium, runtime: "onnx", backend: "wasm", bundle: "l0", photos: ALL },
  { kind: chromium, runtime: "onnx", backend: "webgpu", bundle: "l0", photos: ["odd", "even"] },
  { kind: chromium, runtime: "onnx", backend: "webgpu", bundle: "variable", photos: ["odd", "wide"] },
  { kind: chromium, runtime: "litert", backend: "wasm", bundle: "variable", photos: ALL },
  { kind: chromium, runtime: "litert", backend: "webgpu", bundle: "variable", photos: ["odd", "wide"] },
  { kind: firefox, runtime: "onnx", backend: "wasm", bundle: "l0", photos: ALL },
  { kind: firefox, runtime: "litert", backend: "wasm", bundle: "variable", photos: ALL },
  { kind: webkit, runtime: "onnx", backend: "wasm", bundle: "l0", photos: ALL },
  { kind: webkit, runtime: "litert", backend: "wasm", bundle: "variable", photos: ALL },
];

let site: Site;
before(async () => {
  site = await serve();
});
after(() => site.close());

for (const { kind, runtime, backend, bundle, photos } of CASES) {
  describe(`${kind.name}, ${runtime} on ${backend}, ${bundle}`, { skip: kind.missing, timeout: 900_000 }, () => {
    const { says } = goldens[bundle];
    let browser: Browser;
    let app: App;
    before(async () => {
      browser = await kind.start();
      app = new App(browser, site.url);
    });
    after(() => browser?.close());

    test("says what is active", async () => {
      const status = await app.open({ filter: bundle, runtime, backend });
      assert.match(status, new RegExp(`${runtime === "onnx" ? "ONNX Runtime" : "LiteRT"} · ${backend === "wasm" ? "WASM" : "WebGPU"} · `));
    });

    for (const name of photos) {
      test(`${name}: filtered and restored bytes are the golden ones`, async () => {
        const golden = goldens[bundle].photo(name);
        const pixels = (which: "photo" | "filtered" | "restored") => goldens[bundle].pixels(golden, which);

        await app.slide(golden.places);
        const filtered = await app.give("pick", "photo.png", await png(pixels("photo"), null));
        assert.ok(filtered.file, filtered.notice);
        const made = await decodePng(filtered.file);
        assert.equal(made.tag?.restoration, says.restoration);
        for (const [name, value] of Object.entries(golden.parameters)) assert.ok(Math.abs(made.tag.parameters![name]! - value) < 1e-9);
        assert.deepEqual(made.tag.fingerprint, await fingerprintOf(made.pixels));
        assert.ok(furthest(made.pixels, pixels("filtered")) <= says.tolerance);

        const tag = says.files.find(({ refusal }) => refusal === null)!.tag!;
        const restored = await app.give("restore", "filtered.png", await png(pixels("filtered"), tag));
        assert.ok(restored.file, restored.notice);
        const back = await decodePng(restored.file);
        assert.equal(back.tag, null);
        assert.ok(furthest(back.pixels, pixels("restored")) <= says.tolerance);
      });
    }

    for (const golden of backend === "wasm" ? says.jpegs : []) {
      if (!golden.restored) continue;
      test(`${golden.path}, which the SDK made, is restored to the golden bytes`, async () => {
        const restored = await app.give("restore", "filtered.jpg", goldens[bundle].bytes(golden.path));
        assert.ok(restored.file, restored.notice);
        const { pixels } = await decodePng(restored.file);
        assert.ok(furthest(pixels, goldens[bundle].raw(golden, golden.restored!)) <= says.tolerance);
      });
    }

    if (bundle !== "variable" || backend !== "wasm") return;
    for (const each of future.files.filter(({ expect }) => expect === "restores")) {
      test(`${each.name} of the future is restored to the golden bytes`, async () => {
        const { file, notice } = await app.give("restore", each.name, readFileSync(join(CONFORMANCE, each.path)));
        assert.ok(file, notice);
        const expected = { width: each.width, height: each.height, data: new Uint8Array(readFileSync(join(CONFORMANCE, each.restored))) };
        assert.ok(furthest((await decodePng(file)).pixels, expected) <= future.tolerance);
      });
    }
  });
}

async function png(pixels: Pixels, tag: string | null): Promise<Uint8Array> {
  const known = tag && tagFromJson(tag);
  return encodePng({ pixels, codec: "png", tag: known ? { ...known, fingerprint: await fingerprintOf(pixels) } : null, alpha: null, carried: [] });
}
