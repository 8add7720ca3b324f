/** A page that does to photos what sites do: makes them smaller, compresses them again, and leaves all metadata out. An imitation: no site was asked. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import type { Page } from "puppeteer-core";

import type { Pixels } from "../src/unfilter";
import { decodePng } from "../src/unfilter/photo/png";
import { until } from "./app";

/** What a site makes of a size: times `factor`, or a longer side of at most `longest` pixels. */
export interface Chain {
  name: string;
  factor?: number;
  longest?: number;
}

const PAGE = `<!doctype html><title>A site</title><h1>Post a photo</h1><input type="file"><p></p>
<script>
  const [input, output] = [document.querySelector("input"), document.querySelector("p")];
  input.onchange = async () => {
    const { factor, longest, type, name } = input.dataset;
    const photo = await createImageBitmap(input.files[0]);
    const scale = factor ? Number(factor) : Math.min(1, longest / Math.max(photo.width, photo.height));
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [Math.round(photo.width * scale), Math.round(photo.height * scale)];
    const context = canvas.getContext("2d");
    context.imageSmoothingQuality = "high";
    context.drawImage(photo, 0, 0, canvas.width, canvas.height);
    canvas.toBlob((blob) => {
      const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(blob), download: name, textContent: name });
      output.replaceChildren(link);
    }, type, 0.75);
  };
</script>`;

let posts = 0; // each download has a name of its own

/** Posts the file at `path` and downloads what the site shows, as a JPEG of quality 0.75. `downloads` is where the browser puts it. */
export async function shared(page: Page, path: string, chain: Chain, downloads: string): Promise<Uint8Array<ArrayBuffer>> {
  return posted(page, path, chain, "image/jpeg", downloads);
}

/** The photo at `path` as the same site resizes it, without a loss. */
export async function resized(page: Page, path: string, chain: Chain, downloads: string): Promise<Pixels> {
  return (await decodePng(await posted(page, path, chain, "image/png", downloads))).pixels;
}

async function posted(page: Page, path: string, chain: Chain, type: string, downloads: string): Promise<Uint8Array<ArrayBuffer>> {
  const name = `${chain.name}_${++posts}.${type.split("/")[1]}`;
  await page.bringToFront(); // a page behind another waits
  await page.goto(`data:text/html,${encodeURIComponent(PAGE)}`);
  const input = (await page.$("input"))!;
  const { factor = "", longest = "" } = chain;
  const wanted = { factor: String(factor), longest: String(longest), type, name };
  await input.evaluate((each, wanted) => void Object.assign(each.dataset, wanted), wanted);
  await input.uploadFile(path);
  await page.waitForSelector("a");
  await page.click("a");
  await until(async () => readdirSync(downloads), (names) => names.includes(name));
  return new Uint8Array(readFileSync(join(downloads, name)));
}
