/** Law: every file of the past and of the future in sdk/format/conformance is opened or refused as cases.json says. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { inspect, locateJpegCodec, type TilePlan, UnfilterError } from "../src/unfilter";
import { manifestOf } from "../src/unfilter/manifest";
import { withoutPictures } from "../src/unfilter/photo/exif";
import { withoutClaims } from "../src/unfilter/photo/xmp";
import { spans } from "../src/unfilter/tiling";
import { CONFORMANCE, JPEG_CODEC } from "./paths";

interface BundleCase {
  name: string;
  manifest: string;
  expect: "opens" | "refused";
  artifacts?: { format: string; direction: string; precision: string }[];
  words?: string[];
}

interface FileCase {
  name: string;
  path: string;
  bundle: string;
  expect: "restores" | "refused";
  refusal?: string;
  words?: string[];
}

interface PlanCase {
  tiles: TilePlan;
  fixed_size: boolean;
  lengths: [length: number, spans: number[][]][];
}

locateJpegCodec(JPEG_CODEC);
const read = (path: string) => readFileSync(join(CONFORMANCE, path));
const cases = JSON.parse(read("cases.json").toString()) as { plans: string; travels: string; bundles: BundleCase[]; files: FileCase[] };
const opened = ({ name, manifest }: BundleCase) => manifestOf(JSON.parse(read(manifest).toString()), name);

function says(words: string[] = []): (error: Error) => boolean {
  return (error) => {
    assert.ok(error instanceof UnfilterError, String(error));
    for (const word of words) assert.ok(error.message.toLowerCase().includes(word), `${error.message} says nothing of ${word}`);
    assert.ok(!error.message.includes("\n"));
    return true;
  };
}

test("no picture and no claim of what a photo does not have travels along", () => {
  const travels = JSON.parse(read(cases.travels).toString()) as Record<"xmp" | "exif", { before: string; after: string }[]>;
  for (const { before, after } of travels.xmp) assert.equal(withoutClaims(before), after);
  for (const { before, after } of travels.exif) {
    assert.equal(Buffer.from(withoutPictures(new Uint8Array(Buffer.from(before, "hex")))).toString("hex"), after);
  }
});

for (const { tiles, fixed_size, lengths } of JSON.parse(read(cases.plans).toString()) as PlanCase[]) {
  test(`tiles are where the plan says: ${JSON.stringify(tiles)}, ${fixed_size ? "fixed" : "free"} size`, () => {
    for (const [length, expected] of lengths) {
      const found = spans(length, tiles, fixed_size).map(({ start, stop, keepStart, keepStop }) => [start, stop, keepStart, keepStop]);
      assert.deepEqual(found, expected, `${length}`);
    }
  });
}

for (const each of cases.bundles) {
  test(`bundle ${each.name}: ${each.expect}`, () => {
    if (each.expect === "refused") {
      assert.throws(() => opened(each), says(each.words));
      return;
    }
    const left = opened(each).artifacts.map(({ format, direction, precision }) => ({ format, direction, precision }));
    assert.ok(left.length);
    if (each.artifacts) assert.deepEqual(left, each.artifacts);
  });
}

for (const each of cases.files) {
  test(`file ${each.name}: ${each.expect}`, async () => {
    const manifest = opened(cases.bundles.find(({ name }) => name === each.bundle)!);
    const looked = inspect(new File([new Uint8Array(read(each.path))], each.name), [manifest]);
    if (each.expect === "restores") {
      assert.equal((await looked).manifest, manifest); // browsers.test.ts compares the restored pixels
      return;
    }
    await assert.rejects(looked, (error: UnfilterError) => {
      assert.equal(error.refusal, each.refusal);
      return says(each.words)(error);
    });
  });
}
