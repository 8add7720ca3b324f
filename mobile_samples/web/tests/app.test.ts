/** The app in Chromium with a fake camera, as a newcomer meets it. Screenshots lie in `build/screenshots`. */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import puppeteer, { type Browser, type Page } from "puppeteer-core";

import { isJpeg } from "../src/unfilter/photo/jpeg";
import { decodePng } from "../src/unfilter/photo/png";
import { App, type Settings, until } from "./app";
import { chromium, CHROMIUM, CHROMIUM_ARGUMENTS, driving } from "./browser";
import { filmPhoto } from "./camera";
import { goldens, psnr } from "./goldens";
import { BUILD, BUNDLES } from "./paths";
import { serve, type Site } from "./site";

const SCREENSHOTS = join(BUILD, "screenshots");
const PLAIN: Settings = { filter: "l0", runtime: "onnx", backend: "wasm" };
const COMBINATIONS = (["onnx", "litert"] as const).flatMap((runtime) => (["wasm", "webgpu"] as const).map((backend) => ({ runtime, backend })));

describe("the app", { skip: chromium.missing, timeout: 1_200_000 }, () => {
  let site: Site, browser: Browser, page: Page, app: App, downloads: string;

  before(async () => {
    site = await serve();
    mkdirSync(SCREENSHOTS, { recursive: true });
    downloads = mkdtempSync(join(tmpdir(), "unfilter-"));
    await launch(3);
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  /** Starts Chromium with a camera that films a photo of 320 x 240 pixels, so many times enlarged. */
  async function launch(enlarged: number): Promise<void> {
    await browser?.close();
    const film = join(downloads, "film.y4m");
    await filmPhoto(join(BUNDLES.l0, "photo.png"), film, enlarged);
    const camera = ["--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream", `--use-file-for-fake-video-capture=${film}`];
    browser = await puppeteer.launch({ executablePath: CHROMIUM!, args: [...CHROMIUM_ARGUMENTS, ...camera], protocolTimeout: 600_000 });
    page = await browser.newPage();
    page.setDefaultTimeout(300_000); // WebGPU on a processor takes long for its first frame
    const session = await browser.target().createCDPSession();
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
    app = new App(driving(page), site.url);
  }

  async function look(name: string): Promise<void> {
    for (const scheme of ["light", "dark"]) {
      await page.emulateMediaFeatures([{ name: "prefers-color-scheme", value: scheme }]);
      for (const [device, viewport] of Object.entries({ phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } })) {
        await page.setViewport(viewport);
        await page.screenshot({ path: join(SCREENSHOTS, `${name}-${device}-${scheme}.png`) });
        assert.deepEqual(await page.$$eval("body *", beyondTheEdge), [], `${name} on a ${device}`);
      }
    }
  }

  async function saved(): Promise<string> {
    const name = await page.$eval("#save", (link) => (link as HTMLAnchorElement).download);
    await page.click("#save");
    await until(async () => readdirSync(downloads), (names) => names.includes(name));
    return join(downloads, name);
  }

  async function photoTaken(): Promise<{ original: Uint8Array; filtered: Uint8Array<ArrayBuffer> }> {
    await page.waitForSelector("#shutter:not(:disabled)");
    await page.click("#shutter");
    const { file, notice } = await app.outcome();
    assert.ok(file, notice);
    return { original: await app.bytes("before", "src"), filtered: file };
  }

  /** How near two files show the same, in dB, by the browser's own decoder. */
  async function likeness(one: Uint8Array, other: Uint8Array): Promise<number> {
    const decoded = (content: Uint8Array) =>
      page.evaluate(async (base64) => {
        const bitmap = await createImageBitmap(await (await fetch(`data:application/octet-stream;base64,${base64}`)).blob());
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d")!;
        context.drawImage(bitmap, 0, 0);
        return { width: bitmap.width, height: bitmap.height, data: [...context.getImageData(0, 0, bitmap.width, bitmap.height).data] };
      }, Buffer.from(content).toString("base64"));
    const [first, second] = [await decoded(one), await decoded(other)];
    return psnr({ ...first, data: Uint8Array.from(first.data) }, { ...second, data: Uint8Array.from(second.data) });
  }

  test("a newcomer takes a picture, saves it, reloads, restores it and sees the original again", async () => {
    await page.setViewport({ width: 390, height: 844 });
    await app.open(PLAIN);
    await page.waitForSelector("#live:not([hidden])");
    await look("camera");
    const { original } = await photoTaken();
    await look("filtered");
    const path = await saved();
    assert.match(path, /photo-.*\.filtered\.png$/);
    await page.click("#restore-result");
    assert.match((await app.outcome()).caption, /^Restored with l0/);
    assert.ok((await likeness(original, await app.bytes("save", "href"))) > 38);
    assert.equal(await page.$eval("#restore-result", (each) => (each as HTMLElement).hidden), true);

    await page.reload();
    await app.ready();
    await page.waitForSelector("#restore-button:not(:disabled)");
    const [chooser] = await Promise.all([page.waitForFileChooser(), page.click("#restore-button")]);
    await chooser.accept([path]);
    const { caption } = await app.outcome();
    assert.match(caption, /^Restored with l0 · 960 × 720 · [\d.]+ s, [\d.]+ megapixels a second on ONNX Runtime, WASM$/);
    await look("restored");
    const restored = readFileSync(await saved());
    assert.ok((await likeness(original, restored)) > 38);
    assert.ok((await likeness(original, readFileSync(path))) < 35);
  });

  test("a smaller camera, since WebGPU runs on the processor here", () => launch(1));

  for (const { runtime, backend } of COMBINATIONS) {
    test(`the live view, a picture and its restoration on ${runtime}, ${backend}`, async () => {
      const status = await app.open({ filter: "variable", runtime, backend });
      assert.match(status, backend === "wasm" ? /WASM/ : /WebGPU/);
      await page.waitForSelector("#live:not([hidden])");
      await until(() => page.$eval("#status", (each) => each.textContent), (text) => /fps$/.test(text));
      const { original, filtered } = await photoTaken();
      const { file, notice } = await app.give("restore", "filtered.png", filtered);
      assert.ok(file, notice);
      assert.ok((await likeness(original, file)) > (await likeness(original, filtered)));
      const { tag, pixels } = await decodePng(filtered);
      assert.deepEqual([pixels.width, pixels.height, Object.keys(tag!.parameters!)], [320, 240, ["sigma", "factor"]]);
    });
  }

  test("WebGPU is chosen where it gives the golden bytes, WebAssembly where it does not", async () => {
    assert.match(await app.open({ filter: "variable", runtime: "onnx", backend: "" }), /WebGPU/);
    assert.match(await app.open({ filter: "inexact", runtime: "onnx", backend: "" }), /WASM/);
  });

  test("sliders show for hyper-parameters", async () => {
    await app.open({ ...PLAIN, filter: "variable" });
    await page.waitForSelector("#live:not([hidden])");
    await look("sliders");
    assert.deepEqual(await page.$$eval("#parameters label", (labels) => labels.map((each) => each.firstChild!.textContent)), ["sigma", "factor"]);
  });

  test("what no filter made is refused with the reason, and can be filtered instead", async () => {
    await app.open(PLAIN);
    for (const { path, refusal } of goldens.l0.says.files.filter((each) => each.refusal)) {
      const { notice, file } = await app.give("drop", path, goldens.l0.bytes(path));
      assert.equal(file, null);
      assert.ok(notice.startsWith(path), `${refusal}: ${notice}`);
    }
    await app.give("drop", "holiday.png", goldens.l0.bytes("files/photo.png"));
    await look("refused");
    await page.click("#notice-action");
    const { caption } = await app.outcome();
    assert.match(caption, /^Filtered with l0 · 67 × 51/);
  });

  test("a photo of another filter that is installed opens that filter", async () => {
    await app.open(PLAIN);
    const { caption } = await app.give("drop", "filtered.png", goldens.variable.bytes("files/filtered.png"));
    assert.match(caption, /^Restored with variable/);
  });

  test("a JPEG that says to turn it is filtered as stored, keeps saying so, and shows turned", async () => {
    await app.open(PLAIN);
    const jpeg = goldens.l0.bytes("files/filtered.jpg");
    const carried = goldens.l0.says.files.find(({ path }) => path.endsWith("filtered_turned_p3.png"))!.carried;
    const exif = Buffer.concat([Buffer.from("Exif\0\0"), Buffer.from(carried.eXIf!, "hex")]);
    const segment = Buffer.concat([Buffer.from([0xff, 0xe1, 0, exif.length + 2]), exif]);
    const turned = Buffer.concat([jpeg.subarray(0, 2), segment, jpeg.subarray(2)]);
    const plain = await decodePng((await app.give("pick", "plain.jpg", jpeg)).file!);
    const made = await decodePng((await app.give("pick", "turned.jpg", turned)).file!);
    assert.deepEqual(made.pixels, plain.pixels);
    assert.deepEqual(made.carried.map(({ name, content }) => [name, Buffer.from(content).toString("hex")]), [["eXIf", carried.eXIf]]);
    const sizes = await page.$$eval("#compare img", (images) => images.map(({ naturalWidth, naturalHeight }) => [naturalWidth, naturalHeight]));
    assert.deepEqual(sizes, [[51, 67], [51, 67]]);
  });

  test("a picture is saved as a JPEG that the app restores after a reload, and PNG is a choice", async () => {
    await app.open({ filter: "variable", runtime: "onnx", backend: "wasm", save: "85" });
    const { filtered } = await photoTaken();
    assert.ok(isJpeg(filtered));
    await look("jpeg");
    const path = await saved();
    assert.match(path, /photo-.*\.filtered\.jpg$/);
    await page.reload();
    await app.ready();
    const { file, notice, caption } = await app.give("drop", "filtered.jpg", readFileSync(path));
    assert.ok(file, notice);
    assert.match(caption, /^Restored with variable · 320 × 240/); // converted.test.ts compares levels, of a trained filter
    assert.equal((await decodePng(file)).tag, null);
    await page.click("#back");
    await page.click("#settings-button");
    await page.click('#settings input[value="png"]');
    await page.click("#settings .primary");
    const again = await photoTaken();
    assert.ok(again.filtered.length > filtered.length);
    assert.equal((await decodePng(again.filtered)).tag!.codec, "png");
  });

  test("filters are chosen over the shutter, and back ends behind the one that is shown", async () => {
    await app.open(PLAIN);
    await page.click('#filters [data-filter="variable"]');
    await page.waitForSelector("#parameters input");
    assert.deepEqual(await page.$$eval('#filters [aria-pressed="true"]', (all) => all.map((each) => each.textContent)), ["variable"]);
    assert.match(await app.ready(), /ONNX Runtime · WASM/);
    await page.click("#settings-button");
    await page.click('#settings input[value="litert"]');
    await page.click("#settings .primary");
    await until(() => page.$eval("#status", (each) => each.textContent ?? ""), (text) => /^LiteRT · WASM/.test(text));
  });

  test("a HEIC photo is refused by name, and nothing is offered that could not be done", async () => {
    await app.open(PLAIN);
    const heic = Buffer.concat([Buffer.from([0, 0, 0, 24]), Buffer.from("ftypheic\0\0\0\0mif1heic")]);
    for (const how of ["pick", "drop", "restore"] as const) {
      const { notice, file } = await app.give(how, "IMG_0001.HEIC", heic);
      assert.equal(file, null);
      assert.match(notice, /^IMG_0001\.HEIC is a HEIC photo, which cannot be opened in this browser/);
      assert.equal(await page.$eval("#notice-action", (each) => (each as HTMLElement).hidden), true);
    }
    await look("heic");
  });

  test("it filters and restores without a network once it was loaded", async () => {
    await app.open(PLAIN);
    await page.setOfflineMode(true);
    try {
      await page.reload();
      assert.match(await app.ready(), /ONNX Runtime · WASM/);
      const { file, notice } = await app.give("drop", "filtered.png", goldens.l0.bytes("files/filtered.png"));
      assert.ok(file, notice);
      const jpeg = await app.give("drop", "filtered.jpg", goldens.l0.bytes("jpegs/filtered_420_90.jpg"));
      assert.ok(jpeg.file, jpeg.notice);
    } finally {
      await page.setOfflineMode(false);
    }
  });

  test("it can be installed", async () => {
    const session = await page.createCDPSession();
    const { installabilityErrors } = await session.send("Page.getInstallabilityErrors");
    assert.deepEqual(installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"), []);
  });

  test("the keyboard does it all, and every control has a name", async () => {
    await app.open(PLAIN);
    await page.waitForSelector("#shutter:not(:disabled)");
    await page.focus("#settings-button");
    await page.keyboard.press("Enter");
    await page.waitForSelector("#settings[open]");
    await look("settings");
    await page.keyboard.press("Escape");
    await page.evaluate(() => (document.activeElement as HTMLElement).blur());
    await page.keyboard.press("Space");
    await app.outcome();
    await page.focus("#slider");
    const before = await page.$eval("#compare", (box) => (box as HTMLElement).style.getPropertyValue("--part"));
    await page.keyboard.press("ArrowRight");
    assert.notEqual(await page.$eval("#compare", (box) => (box as HTMLElement).style.getPropertyValue("--part")), before);
    const tree = await page.accessibility.snapshot();
    const unnamed = (tree?.children ?? []).filter(({ role, name }) => ["button", "slider", "image", "link"].includes(role) && !name);
    assert.deepEqual(unnamed, []);
  });
});

/** Runs in the page: elements that a screen of this width cuts, by what they are. */
function beyondTheEdge(elements: Element[]): string[] {
  const shown = elements.filter((each) => each.checkVisibility() && each.getBoundingClientRect().width > 0);
  const cut = shown.filter((each) => each.getBoundingClientRect().left < -0.5 || each.getBoundingClientRect().right > innerWidth + 0.5);
  return cut.map((each) => `${each.localName}#${each.id}`);
}
