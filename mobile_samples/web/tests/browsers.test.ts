/**
 * The app in every browser, on both runtimes and both back ends, gives the golden bytes: through its own buttons, from a file
 * to the file that would be saved.
 */

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";

import { encodePng, type Pixels } from "../src/unfilter";
import { decodePng } from "../src/unfilter/photo/png";
import { tagFromJson } from "../src/unfilter/tag";
import { App, type Settings } from "./app";
import { type Browser, chromium, firefox, type Kind } from "./browser";
import { fixtureGoldens, furthest, type Goldens } from "./goldens";
import { CONVERTED, NO_BUNDLE } from "./paths";
import { goldensOf, NO_SDK, sdk } from "./sdk";
import { serve, type Site } from "./site";
import { webkit } from "./webkit";

/** Photos by name: WebGPU on a processor takes half a minute for one, and a LiteRT graph computes a whole tile for each. */
const ALL = ["line", "cell", "even", "odd", "wide", "tall"], FEW = ["odd", "wide"], ONE = ["odd"];

interface Case {
  kind: Kind;
  runtime: Settings["runtime"];
  backend: "webgpu" | "wasm";
  photos: string[];
}

const CASES: Case[] = [
  { kind: chromium, runtime: "onnx", backend: "wasm", photos: ALL },
  { kind: chromium, runtime: "onnx", backend: "webgpu", photos: FEW },
  { kind: chromium, runtime: "litert", backend: "wasm", photos: FEW },
  { kind: chromium, runtime: "litert", backend: "webgpu", photos: ONE },
  { kind: firefox, runtime: "onnx", backend: "wasm", photos: ALL },
  { kind: firefox, runtime: "litert", backend: "wasm", photos: ONE },
  { kind: webkit, runtime: "onnx", backend: "wasm", photos: ALL },
  { kind: webkit, runtime: "litert", backend: "wasm", photos: ONE },
];

let site: Site;
before(async () => {
  site = await serve();
});
after(() => site.close());

for (const { kind, runtime, backend, photos } of CASES) {
  const needsBundle = runtime === "litert" && ((!CONVERTED && NO_BUNDLE) || (!sdk && NO_SDK));
  describe(`${kind.name}, ${runtime} on ${backend}`, { skip: kind.missing || needsBundle, timeout: 900_000 }, () => {
    let browser: Browser;
    let app: App;
    let goldens: Goldens;
    before(async () => {
      goldens = runtime === "litert" ? goldensOf(CONVERTED!) : fixtureGoldens;
      browser = await kind.start();
      app = new App(browser, site.url);
    });
    after(() => browser?.close());

    test("says what is active", async () => {
      const status = await app.open({ filter: runtime === "litert" ? "converted" : "fixture", runtime, backend });
      assert.match(status, new RegExp(`${runtime === "onnx" ? "ONNX Runtime" : "LiteRT"} · ${backend === "wasm" ? "WebAssembly" : "WebGPU"} · `));
    });

    for (const name of photos) {
      test(`${name}: filtered and restored bytes are the golden ones`, async () => {
        const golden = goldens.photo(name);
        const { tolerance, restoration, files } = goldens.says;

        const filtered = await app.give("pick", "photo.png", await png(goldens.pixels(golden, "photo"), null));
        assert.ok(filtered.file, filtered.notice);
        const made = await decodePng(filtered.file);
        assert.equal(made.tag?.restoration, restoration);
        assert.ok(furthest(made.pixels, goldens.pixels(golden, "filtered")) <= tolerance);

        const tag = files.find(({ refusal }) => refusal === null)!.tag!;
        const restored = await app.give("restore", "filtered.png", await png(goldens.pixels(golden, "filtered"), tag));
        assert.ok(restored.file, restored.notice);
        const back = await decodePng(restored.file);
        assert.equal(back.tag, null);
        assert.ok(furthest(back.pixels, goldens.pixels(golden, "restored")) <= tolerance);
      });
    }
  });
}

async function png(pixels: Pixels, tag: string | null): Promise<Uint8Array> {
  return encodePng({ pixels, codec: "png", tag: tag ? tagFromJson(tag) : null, alpha: null, carried: [] });
}
