/**
 * The journey of a shared photo in Chromium: filtered in the app, posted on a page that imitates a site, downloaded, and restored in the
 * app. Where UNFILTER_TEST_BUNDLE names a filter that was trained for it, what is restored is nearer to the photo than what was downloaded.
 */

import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";

import puppeteer, { type Browser, type Page } from "puppeteer-core";

import { encodePng, locateJpegCodec, type Manifest, type Pixels, readPhoto } from "../src/unfilter";
import { expectationOf } from "../src/unfilter/recognition/expectation";
import { decodePng } from "../src/unfilter/photo/png";
import { App, type Outcome, type Settings, until } from "./app";
import { chromium, CHROMIUM, CHROMIUM_ARGUMENTS, driving } from "./browser";
import { psnr } from "./goldens";
import { marks, pictureOf } from "./marks";
import { BUILD, BUNDLES, CONVERTED, JPEG_CODEC } from "./paths";
import { NO_SDK, sdk } from "./sdk";
import { serve, type Site } from "./site";
import { type Chain, resized, shared } from "./socialSite";

locateJpegCodec(JPEG_CODEC);

/** Sizes of the photo, as factors of the committed one of 320 x 240, and what sites make of it. */
const CHAINS: (Chain & { enlarged: number })[] = [
  { name: "half", factor: 0.5, enlarged: 4 },
  { name: "within_1600", longest: 1600, enlarged: 5.5 },
];
/**
 * By how many dB what is restored is nearer to the photo, at least. The committed `l0` was not trained for sharing: at 0.91 of the size it
 * gained 0.94 dB, and at half nothing. One that was gained 2.6 dB at half, and 5.9 dB at 0.91.
 */
const MARGINS = { committed: { half: -1, within_1600: 0.5 }, trained: { half: 1, within_1600: 2 } };
const SCREENSHOTS = join(BUILD, "screenshots");
const PLAIN: Settings = { filter: "l0", runtime: "onnx", backend: "wasm", save: "90" };

describe("a photo that was shared", { skip: chromium.missing, timeout: 1_200_000 }, () => {
  let site: Site, browser: Browser, page: Page, social: Page, app: App, downloads: string;
  let photos = 0; // each has a name of its own, and so have downloads

  before(async () => {
    site = await serve();
    mkdirSync(SCREENSHOTS, { recursive: true });
    downloads = mkdtempSync(join(tmpdir(), "unfilter-"));
    browser = await puppeteer.launch({ executablePath: CHROMIUM!, args: CHROMIUM_ARGUMENTS, protocolTimeout: 600_000 });
    const session = await browser.target().createCDPSession();
    await session.send("Browser.setDownloadBehavior", { behavior: "allow", downloadPath: downloads });
    social = await browser.newPage();
    page = await browser.newPage();
    await page.setViewport({ width: 900, height: 700 });
    app = new App(driving(page), site.url);
  });
  after(async () => {
    await browser?.close();
    await site?.close();
  });

  const verdict = () => page.$eval("#verdict", (each) => each.textContent ?? "");

  /** What comes back from the site, with the app in front again. */
  async function backFrom(path: string, chain: Chain): Promise<Uint8Array<ArrayBuffer>> {
    const arrived = await shared(social, path, chain, downloads);
    await page.bringToFront();
    return arrived;
  }

  /** The photo as the site would resize it, without a loss. */
  async function asResized(path: string, chain: Chain): Promise<Pixels> {
    const pixels = await resized(social, path, chain, downloads);
    await page.bringToFront();
    return pixels;
  }

  /** The committed photo, enlarged, as a file. */
  async function photoOf(enlarged: number): Promise<string> {
    const path = join(downloads, `photo_${enlarged}.png`);
    const pixels = await asResized(join(BUNDLES.l0, "photo.png"), { name: "enlarged", factor: enlarged });
    writeFileSync(path, await encodePng({ pixels, codec: "png", tag: null, alpha: null, carried: [] }));
    return path;
  }

  async function filtered(path: string): Promise<string> {
    const { file, notice } = await app.give("pick", `${++photos}.png`, readFileSync(path));
    assert.ok(file, notice);
    const name = await page.$eval("#save", (link) => (link as HTMLAnchorElement).download);
    await page.click("#save");
    await until(async () => readdirSync(downloads), (names) => names.includes(name));
    return join(downloads, name);
  }

  const bundles = [["l0", BUNDLES.l0], ...(CONVERTED ? [["converted", CONVERTED]] : [])] as [keyof typeof BUNDLES, string][];
  for (const [filter, folder] of bundles) {
    for (const chain of CHAINS) {
      test(`${filter}, ${chain.name}: it is recognised, and restored at the size that arrived`, async (context) => {
        await app.open({ ...PLAIN, filter });
        const photo = await photoOf(chain.enlarged);
        const arrived = await backFrom(await filtered(photo), chain);
        const target = await asResized(photo, chain);
        await page.reload();
        await app.ready();
        const { file, notice, caption }: Outcome = await app.give("drop", "posted.jpg", arrived);
        assert.ok(file, notice);
        const manifest = JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")) as Manifest;
        assert.match(caption, new RegExp(`^(?:Restored with ${manifest.filter}|Kept) · ${target.width} × ${target.height}`));
        const told = await verdict();
        assert.match(told, new RegExp(`^Shared, made by ${manifest.filter}: its pixels have the filter's mark \\([\\d.]+ deviations\\), at (?:0\\.(?:49|50|9[01])) of the size`));
        const { expectedDb } = expectationOf(manifest, chain.factor ?? 0.9);
        assert.equal(/about \d+ dB to expect/.test(told), expectedDb !== null);
        await page.screenshot({ path: join(SCREENSHOTS, `shared-${filter}-${chain.name}.png`) });
        const scores = await scoresOf(target, arrived, file);
        context.diagnostic(`${told} The file: ${scores.arrived.toFixed(2)} dB; restored: ${scores.restored.toFixed(2)} dB`);
        const margin = MARGINS[expectedDb === null ? "committed" : "trained"][chain.name as keyof typeof MARGINS.committed];
        if (filter === "l0" || expectedDb !== null) assert.ok(scores.restored >= scores.arrived + margin);
        if (!sdk) return context.diagnostic(NO_SDK);
        const [posted, back] = [join(downloads, "sdk.jpg"), join(downloads, `sdk_${filter}_${chain.name}.png`)];
        writeFileSync(posted, arrived);
        sdk("restore", "--filter", folder, posted, back);
        assert.ok(psnr((await decodePng(file)).pixels, (await decodePng(new Uint8Array(readFileSync(back)))).pixels) > 45);
      });
    }
  }

  test("a file with neither tag nor mark is refused, unless the filter is chosen", async () => {
    await app.open(PLAIN);
    const foreign = pictureOf("shared/unmarked.jpg");
    const { file, notice } = await app.give("drop", foreign.name, new Uint8Array(await foreign.arrayBuffer()));
    assert.equal(file, null);
    assert.match(notice, /^unmarked\.jpg has no tag, and its pixels do not tell whether .*l0.* or variable made it; if you know which filter made it, choose that one\.$/);
    assert.equal(await page.$eval("#notice-action", (each) => each.textContent), "Filter it instead");
    await page.screenshot({ path: join(SCREENSHOTS, "cannot-tell.png") });
    const labels = await page.$$eval("#notice-choices button", (all) => all.map((each) => each.textContent));
    assert.ok(labels.includes("Restore with l0") && labels.includes("Restore with variable"), String(labels));
    await (await page.$$("#notice-choices button"))[labels.indexOf("Restore with variable")]!.click();
    const { caption } = await app.outcome();
    assert.match(caption, /^Restored with variable · 800 × 600/);
    assert.match(await verdict(), /^Cannot tell: its pixels do not tell/);
  });

  test("a file that was shared by another filter here is restored by that one, to the levels of the conformance case", async () => {
    await app.open(PLAIN);
    const { path, width, height, step, levels } = marks.restored;
    const { file, notice } = await app.give("drop", "filtered.jpg", new Uint8Array(await pictureOf(path).arrayBuffer()));
    assert.ok(file, notice);
    const { pixels } = await decodePng(file);
    assert.deepEqual([pixels.width, pixels.height], [width, height]);
    const apart = levels.flatMap((line, row) => line.flatMap((rgb, column) => rgb.map((level, channel) => Math.abs(level - pixels.data[(row * step * width + column * step) * 3 + channel]!))));
    assert.ok(Math.max(...apart) <= marks.tolerances.restored, `${Math.max(...apart)}`);
  });

  test("what would become worse is kept, which is said, and can be restored all the same", async () => {
    await app.open({ ...PLAIN, filter: "keeping" });
    const chain = CHAINS[0]!;
    const arrived = await backFrom(await filtered(await photoOf(chain.enlarged)), chain);
    await app.give("drop", "posted.jpg", arrived);
    const kept = await app.outcome();
    assert.match(kept.caption, /^Kept · 640 × 480/);
    assert.match(await until(async () => (await app.outcome()).notice, Boolean), /nearer to the photo than what would be restored, so it is kept/);
    assert.match(await verdict(), /the file itself is nearer to the photo \(about 31 dB\) than what would be restored \(30 dB\)\.$/);
    await page.click("#notice-action");
    assert.match((await app.outcome()).caption, /^Restored with variable · 640 × 480/);
  });
});

/** How near the file that arrived and what was restored are to the photo as the site resized it, in dB. */
async function scoresOf(photo: Pixels, arrived: Uint8Array<ArrayBuffer>, restored: Uint8Array<ArrayBuffer>): Promise<{ arrived: number; restored: number }> {
  const of = async (content: Uint8Array<ArrayBuffer>) => psnr(photo, (await readPhoto(new File([content], "file"))).pixels);
  return { arrived: await of(arrived), restored: await of(restored) };
}
