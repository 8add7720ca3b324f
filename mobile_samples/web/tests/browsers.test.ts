/**
 * The app in every browser, on both runtimes and both back ends, gives the golden bytes: through its own buttons, from a file
 * to the file that would be saved.
 */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { encodePng, type Photo, type Pixels } from "../src/unfilter";
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

interface FileCase {
  name: string;
  path: string;
  bundle: string;
  expect: string;
  restored: string;
  width: number;
  height: number;
  channels?: number;
  rule?: string;
  restored_by_rule?: string;
}

interface Conformance {
  tolerance: number;
  files: FileCase[];
}
const conformance = JSON.parse(readFileSync(join(CONFORMANCE, "cases.json"), "utf8")) as Conformance;

const CASES: Case[] = [
  { kind: chromium, runtime: "onnx", backend: "wasm", bundle: "l0", photos: ALL },
  { kind: chromium, runtime: "onnx", backend: "webgpu", bundle: "l0", photos: ["odd", "even"] },
  { kind: chromium, runtime: "onnx", backend: "webgpu", bundle: "variable", photos: ["odd", "wide"] },
  { kind: chromium, runtime: "litert", backend: "wasm", bundle: "variable", photos: ALL },
  { kind: chromium, runtime: "litert", backend: "webgpu", bundle: "variable", photos: ["odd", "wide"] },
  { kind: chromium, runtime: "onnx", backend: "wasm", bundle: "guided", photos: ALL },
  { kind: chromium, runtime: "onnx", backend: "webgpu", bundle: "guided", photos: ["odd", "wide"] },
  { kind: chromium, runtime: "litert", backend: "wasm", bundle: "guided", photos: ALL },
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
    let status: string;
    before(async () => {
      browser = await kind.start();
      app = new App(browser, site.url);
      status = await app.open({ filter: bundle, runtime, backend });
    });
    after(() => browser?.close());

    test("says what is active", () => {
      assert.match(status, new RegExp(`${runtime === "onnx" ? "ONNX Runtime" : "LiteRT"} · ${backend === "wasm" ? "WASM" : "WebGPU"} · `));
    });

    for (const name of photos) {
      test(`${name}: filtered and restored bytes are the golden ones`, async () => {
        const golden = goldens[bundle].photo(name);
        const pixels = (which: "photo" | "output" | "filtered" | "restored") => goldens[bundle].pixels(golden, which);

        await app.slide(golden.places);
        let filtered = await app.give("pick", "photo.png", await png(pixels("photo"), null));
        if (golden.output) {
          assert.match(filtered.notice, /^guided hides photo.png in what your own filter made of it/);
          filtered = await app.give("output", "output.png", await png(pixels("output"), null));
        }
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
    for (const each of conformance.files.filter((file) => file.expect === "restores" && file.bundle === "bundle-variable")) {
      test(`${each.name}, of another version, is restored to the golden bytes`, () => isRestored(app, each, kind));
    }

    const golden = goldens.variable.photo("wide");
    test("a transparent photo is filtered, and what is hidden changes nothing that is seen", async () => {
      const pixels = goldens.variable.pixels(golden, "photo");
      const alpha = Uint8Array.from({ length: pixels.width * pixels.height }, (_, index) => [0, 0, 9, 255][index % 4]!);
      const shown = pixels.data.map((level, index) => (alpha[Math.floor(index / 3)] ? level : 0));
      const made: Photo[] = [];
      for (const data of [pixels.data, shown]) {
        const given = await encodePng({ pixels: { ...pixels, data }, alpha, codec: "png", tag: null, carried: [] });
        const { file, notice } = await app.give("pick", "photo.png", given);
        assert.ok(file, notice);
        made.push(await decodePng(file));
      }
      const [one, other] = made as [Photo, Photo];
      assert.deepEqual(one.tag, other.tag);
      assert.deepEqual(one.tag!.requires, ["hidden_colours"]);
      const expected = pixels.data.map((level, index) => (alpha[Math.floor(index / 3)] ? other.pixels.data[index]! : level));
      assert.deepEqual(one.pixels.data, expected);
      assert.deepEqual(one.alpha, alpha);
      assert.ok(furthest(one.pixels, pixels) > says.tolerance);
    });

    test("a fixed graph takes the last tile on a grid, which is smaller", async () => {
      await app.open({ filter: "last_tile_small", runtime, backend });
      const tag = says.files.find(({ refusal }) => refusal === null)!.tag!;
      const { file, notice } = await app.give("restore", "wide.png", await png(goldens.variable.pixels(golden, "filtered"), tag));
      assert.ok(file, notice);
      assert.ok(furthest((await decodePng(file)).pixels, goldens.variable.pixels(golden, "restored")) <= says.tolerance);
    });
  });
}

describe("chromium, a bundle that requires tile_grid", { skip: chromium.missing, timeout: 900_000 }, () => {
  let browser: Browser;
  let app: App;
  before(async () => {
    browser = await chromium.start();
    app = new App(browser, site.url);
    await app.open({ filter: "tile_grid", runtime: "onnx", backend: "wasm" });
  });
  after(() => browser?.close());

  for (const each of conformance.files.filter(({ bundle }) => bundle === "tile_grid")) {
    test(`${each.name} is restored to the golden bytes`, () => isRestored(app, each));
  }
});

/** What holds more than its pixels is restored by that where the browser decodes it, as Chromium does, and it is said. */
async function isRestored(app: App, { name, path, restored, width, height, channels = 3, restored_by_rule }: FileCase, kind: Kind = chromium): Promise<void> {
  const { file, notice, caption } = await app.give("restore", name, readFileSync(join(CONFORMANCE, path)));
  assert.ok(file, notice);
  const isRead = /restored from (?:the payload|its top-up|its pixels and its top-up)/.test(caption);
  if (restored_by_rule && kind === chromium) assert.ok(isRead, caption);
  if (restored_by_rule && !isRead) assert.match(caption, /carries more than this browser reads.*: restored from the pixels alone/);
  if (!restored_by_rule) assert.doesNotMatch(caption, /restored from/);
  const { pixels, alpha } = await decodePng(file);
  const expected = new Uint8Array(readFileSync(join(CONFORMANCE, isRead ? restored_by_rule! : restored)));
  const of = (from: number, to: number) => expected.filter((_, index) => index % channels >= from && index % channels < to);
  assert.ok(furthest(pixels, { width, height, data: of(0, 3) }) <= conformance.tolerance);
  assert.deepEqual(alpha, channels === 4 ? of(3, 4) : null);
}

describe("chromium, a guided filter", { skip: chromium.missing, timeout: 900_000 }, () => {
  let browser: Browser;
  let app: App;
  before(async () => {
    browser = await chromium.start();
    app = new App(browser, site.url);
    await app.open({ filter: "guided", runtime: "onnx", backend: "wasm" });
  });
  after(() => browser?.close());

  test("refuses a result that does not lie on the photo, and writes nothing", async () => {
    const { guided } = goldens;
    const [odd, even] = [guided.photo("odd"), guided.photo("even")];
    await app.give("pick", "photo.png", await png(guided.pixels(odd, "photo"), null));
    const { notice, file } = await app.give("output", "output.png", await png(guided.pixels(even, "output"), null));
    assert.match(notice, /The output has 64 x 48 pixels, the photo 67 x 51; both must lie on one another\./);
    assert.equal(file, null);
  });

  test("of another version restores by the bundle of its restoration id", async () => {
    const [given] = conformance.files.filter(({ bundle }) => bundle === "guided");
    await isRestored(app, given!);
  });
});

async function png(pixels: Pixels, tag: string | null): Promise<Uint8Array> {
  const known = tag && tagFromJson(tag);
  return encodePng({ pixels, codec: "png", tag: known ? { ...known, fingerprint: await fingerprintOf(pixels) } : null, alpha: null, carried: [] });
}
