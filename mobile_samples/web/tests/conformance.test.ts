/** Law: every file of the past and of the future in sdk/format/conformance is opened or refused as cases.json says. */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { inspect, locateJpegCodec, type TilePlan, UnfilterError } from "../src/unfilter";
import { patternOf } from "../src/unfilter/mark";
import { manifestOf } from "../src/unfilter/manifest";
import { payloadOf } from "../src/unfilter/payload";
import { withoutPictures } from "../src/unfilter/photo/exif";
import { withoutClaims } from "../src/unfilter/photo/xmp";
import { planOf, spans } from "../src/unfilter/tiling";
import { isWhole } from "../src/unfilter/topUp";
import { CONFORMANCE, JPEG_CODEC } from "./paths";

interface BundleCase {
  name: string;
  manifest: string;
  expect: "opens" | "refused";
  artifacts?: { format: string; direction: string; precision: string }[];
  /** The same for readers that know the case's rule. */
  artifacts_by_rule?: { format: string; direction: string; precision: string }[];
  refuses_to_filter?: string[];
  words?: string[];
}

interface FileCase {
  name: string;
  path: string;
  bundle: string;
  expect: "restores" | "refused";
  refusal?: string;
  words?: string[];
  rule?: string;
}

interface PlanCase {
  tiles: TilePlan;
  direction: "forward" | "inverse";
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

test("the mark of a filter is the pattern that RULES.md gives for a check", async () => {
  assert.deepEqual([...(await patternOf("0".repeat(64)))].slice(0, 6), [0, -3, -1, 3, 3, 0]);
});

for (const { tiles, direction, fixed_size, lengths } of JSON.parse(read(cases.plans).toString()) as PlanCase[]) {
  test(`tiles are where the plan says: ${JSON.stringify(tiles)}, ${direction}, ${fixed_size ? "fixed" : "free"} size`, () => {
    for (const [length, expected] of lengths) {
      const found = spans(length, planOf(tiles, direction), fixed_size).map(({ start, stop, keepStart, keepStop }) => [start, stop, keepStart, keepStop]);
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
    assert.equal(opened(each).guided, Boolean(each.refuses_to_filter)); // browsers.test.ts gives it a photo
    const left = opened(each).artifacts.map(({ format, direction, precision }) => ({ format, direction, precision }));
    assert.ok(left.length);
    const expected = each.artifacts_by_rule ?? each.artifacts; // R29 is known
    if (expected) assert.deepEqual(left, expected);
  });
}

for (const each of cases.files) {
  test(`file ${each.name}: ${each.expect}`, async () => {
    const manifest = opened(cases.bundles.find(({ name }) => name === each.bundle)!);
    const looked = inspect(new File([new Uint8Array(read(each.path))], each.name), [manifest]);
    if (each.expect === "restores") {
      const { manifest: found, photo, tag } = await looked;
      assert.equal(found, manifest); // browsers.test.ts compares the restored pixels
      assert.equal(Boolean(tag.payload ?? tag.top_up), ["R25", "R26"].includes(each.rule ?? ""));
      assert.equal((await payloadOf(photo))?.length, tag.payload?.bytes);
      assert.equal(await isWhole(photo), Boolean(tag.top_up));
      return;
    }
    await assert.rejects(looked, (error: UnfilterError) => {
      assert.equal(error.refusal, each.refusal);
      return says(each.words)(error);
    });
  });
}
