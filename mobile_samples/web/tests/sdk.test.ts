/** What the app saves, the SDK restores, and the reverse: files, not pixels. */

import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import { encodePng, type Pixels } from "../src/unfilter";
import { fingerprintOf } from "../src/unfilter/fingerprint";
import { decodePng } from "../src/unfilter/photo/png";
import { App } from "./app";
import { type Browser, chromium } from "./browser";
import { furthest, psnr } from "./goldens";
import { BUNDLES } from "./paths";
import { NO_SDK, sdk } from "./sdk";
import { serve, type Site } from "./site";

const TOLERANCE = 1;

describe("files of the app and of the SDK", { skip: chromium.missing || (!sdk && NO_SDK), timeout: 600_000 }, () => {
  const photo = join(BUNDLES.l0, "photo.png");
  let folder: string, site: Site, browser: Browser, app: App;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "unfilter-"));
    site = await serve();
    browser = await chromium.start();
    app = new App(browser, site.url);
    await app.open({ filter: "l0", runtime: "onnx", backend: "wasm" });
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  const path = (name: string) => join(folder, name);
  const pixels = async (name: string): Promise<Pixels> => (await decodePng(new Uint8Array(readFileSync(name)))).pixels;

  test("both filter a photo to the same file but for a level", async () => {
    sdk!("apply", "--filter", BUNDLES.l0, photo, path("sdk.png"));
    const { file } = await app.give("pick", "photo.png", readFileSync(photo));
    writeFileSync(path("app.png"), file!);
    const [ours, theirs] = [await decodePng(file!), await decodePng(new Uint8Array(readFileSync(path("sdk.png"))))];
    for (const { tag, pixels } of [ours, theirs]) assert.deepEqual(tag!.fingerprint, await fingerprintOf(pixels));
    assert.deepEqual(ours.tag, { ...theirs.tag, fingerprint: ours.tag!.fingerprint });
    assert.ok(furthest(ours.pixels, theirs.pixels) <= TOLERANCE);
  });

  test("the SDK restores by the tag what the app saved", async () => {
    sdk!("restore", "--filter", BUNDLES.l0, path("app.png"), path("app.restored.png"));
    assert.ok(psnr(await pixels(photo), await pixels(path("app.restored.png"))) > 40);
    assert.match(sdk!("inspect", path("app.png")), /filter\s+l0/);
    assert.match(sdk!("inspect", path("app.png")), /its pixels are those that were saved, every level/);
  });

  test("the app restores what the SDK saved, to the same photo but for a level", async () => {
    sdk!("restore", "--filter", BUNDLES.l0, path("sdk.png"), path("sdk.restored.png"));
    const { file, notice } = await app.give("restore", "sdk.png", readFileSync(path("sdk.png")));
    assert.ok(file, notice);
    assert.ok(furthest((await decodePng(file)).pixels, await pixels(path("sdk.restored.png"))) <= TOLERANCE);
  });

  test("neither restores what the other saved and something altered, by one level of one pixel", async () => {
    for (const name of ["app.png", "sdk.png"]) {
      const photo = await decodePng(new Uint8Array(readFileSync(path(name))));
      photo.pixels.data[photo.pixels.data.length >> 1]! ^= 1;
      const altered = await encodePng(photo);
      writeFileSync(path(`altered.${name}`), altered);
      assert.throws(() => sdk!("restore", "--filter", BUNDLES.l0, path(`altered.${name}`), path("no.png")), /not those that were saved/);
      const { notice } = await app.give("restore", name, altered);
      assert.match(notice, /its pixels are not those that were saved/);
    }
  });
});
