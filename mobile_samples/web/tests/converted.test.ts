/**
 * Law: a bundle exactly as `unfilter convert` makes it today, in all precisions, opens, and a browser gives its golden bytes and
 * restores its JPEGs. UNFILTER_TEST_BUNDLE names it.
 */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { encodePng } from "../src/unfilter";
import { isJpeg } from "../src/unfilter/photo/jpeg";
import { decodePng } from "../src/unfilter/photo/png";
import { manifestOf } from "../src/unfilter/manifest";
import { App } from "./app";
import { type Browser, chromium } from "./browser";
import { furthest, Goldens } from "./goldens";
import { CONVERTED, NO_CONVERTED } from "./paths";
import { NO_SDK, sdk } from "./sdk";
import { serve, type Site } from "./site";

test("every artifact of a converted bundle is known, those of 8-bit weights too", { skip: !CONVERTED && NO_CONVERTED }, () => {
  const json = JSON.parse(readFileSync(join(CONVERTED!, "manifest.json"), "utf8")) as { artifacts: { precision: string }[] };
  assert.equal(manifestOf(json, CONVERTED!).artifacts.length, json.artifacts.length);
  const precisions = new Set(json.artifacts.map(({ precision }) => precision));
  for (const precision of ["fp32", "fp16", "w8"]) assert.ok(precisions.has(precision), precision);
});

const missing = !CONVERTED ? NO_CONVERTED : chromium.missing || (!sdk && NO_SDK);
describe("a converted bundle in Chromium", { skip: missing, timeout: 900_000 }, () => {
  let site: Site, browser: Browser, app: App, goldens: Goldens;
  before(async () => {
    const folder = join(mkdtempSync(join(tmpdir(), "unfilter-")), "goldens");
    sdk!("goldens", CONVERTED!, folder, "--runtime", "onnx");
    goldens = new Goldens(folder);
    site = await serve();
    browser = await chromium.start();
    app = new App(browser, site.url);
    await app.open({ filter: "converted", runtime: "onnx", backend: "wasm", save: "90" });
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  test("JPEGs that the SDK made of it are restored to the golden bytes", async () => {
    for (const golden of goldens.says.jpegs.filter(({ restored }) => restored)) {
      const { file, notice } = await app.give("restore", "filtered.jpg", goldens.bytes(golden.path));
      assert.ok(file, notice);
      assert.ok(furthest((await decodePng(file)).pixels, goldens.raw(golden, golden.restored!)) <= goldens.says.tolerance);
    }
  });

  test("the JPEG that the app makes of a photo is the SDK's to restore", async () => {
    const pixels = goldens.pixels(goldens.photo("even"), "photo");
    const given = await encodePng({ pixels, codec: "png", tag: null, alpha: null, carried: [] });
    const { file, notice } = await app.give("pick", "photo.png", given);
    assert.ok(file, notice);
    assert.ok(isJpeg(file));
    const folder = mkdtempSync(join(tmpdir(), "unfilter-"));
    const [made, restored] = [join(folder, "filtered.jpg"), join(folder, "restored.png")];
    writeFileSync(made, file);
    assert.match(sdk!("inspect", "--filter", CONVERTED!, made), /its pixels are those that were saved, every level/);
    sdk!("restore", "--filter", CONVERTED!, made, restored);
    const back = await app.give("restore", "filtered.jpg", file);
    const theirs = (await decodePng(new Uint8Array(readFileSync(restored)))).pixels;
    assert.ok(furthest((await decodePng(back.file!)).pixels, theirs) <= goldens.says.tolerance);
  });
});
