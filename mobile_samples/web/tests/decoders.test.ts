/**
 * Law: the browsers' own JPEG decoders give libjpeg-turbo's levels, on the JPEG goldens. The app brings its own all the same: a browser turns
 * pixels by EXIF, whatever it is asked for (docs/samples.md).
 */

import assert from "node:assert/strict";
import { test } from "node:test";

import { type Browser, chromium, firefox } from "./browser";
import { furthest, goldens } from "./goldens";
import { webkit } from "./webkit";

for (const kind of [chromium, firefox, webkit]) {
  test(`${kind.name} decodes JPEGs as libjpeg-turbo does`, { skip: kind.missing, timeout: 600_000 }, async () => {
    const browser = await kind.start();
    try {
      await browser.open("data:text/html,<title>JPEG</title>");
      const upright = goldens.l0.says.jpegs.filter(({ path }) => !path.includes("444_95")); // that one's EXIF says to turn it
      assert.ok(upright.length);
      for (const golden of upright) {
        const levels = await decoded(browser, goldens.l0.bytes(golden.path));
        const off = furthest(goldens.l0.raw(golden, golden.decoded), { ...golden, data: Uint8Array.from(levels) });
        assert.equal(off, 0, `${golden.path}: ${off} levels off at most`);
      }
    } finally {
      await browser.close();
    }
  });
}

/** RGB of a file, by the browser's decoder, not converted where it can be asked for. */
async function decoded(browser: Browser, file: Uint8Array): Promise<number[]> {
  return browser.run(async (base64) => {
    const blob = new Blob([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], { type: "image/jpeg" });
    const bitmap = await createImageBitmap(blob, { colorSpaceConversion: "none", imageOrientation: "none", premultiplyAlpha: "none" });
    const canvas = Object.assign(document.createElement("canvas"), { width: bitmap.width, height: bitmap.height });
    const context = canvas.getContext("2d", { willReadFrequently: true })!;
    context.drawImage(bitmap, 0, 0);
    const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
    return [...data].filter((_, index) => index % 4 < 3);
  }, Buffer.from(file).toString("base64"));
}
