/** Law: the mark that is found in a file, what it is taken off to, and what is expected are as sdk/format/conformance says (R31 to R34). */

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { arrival, keeps, locateJpegCodec, type Manifest, NotRestored, readPhoto, said } from "../src/unfilter";
import { inside } from "../src/unfilter/recognition/bars";
import { expectationOf } from "../src/unfilter/recognition/expectation";
import { without } from "../src/unfilter/recognition/markRemoval";
import { strongest, THRESHOLD } from "../src/unfilter/recognition/markSearch";
import { recognition } from "../src/unfilter/recognition/origin";
import { cutOut, type Part, upright } from "../src/unfilter/recognition/part";
import { manifestOf } from "../src/unfilter/manifest";
import { marks, pictureOf } from "./marks";
import { BUNDLES, CONFORMANCE, JPEG_CODEC } from "./paths";

locateJpegCodec(JPEG_CODEC);

for (const each of marks.pictures) {
  test(`the strongest mark of ${each.name} is the one that the case says`, async () => {
    let { pixels } = await readPhoto(pictureOf(each.path));
    let mark = await strongest(pixels, marks.restorations);
    if (each.inside) {
      const [top, bottom, left, right] = each.inside;
      const part: Part = { top, bottom, left, right };
      assert.ok(mark!.deviations < THRESHOLD);
      assert.deepEqual(inside(pixels), part);
      pixels = cutOut(pixels, part, 3);
      mark = await strongest(pixels, marks.restorations);
    }
    if (!each.mark) {
      assert.equal(mark, null);
      return;
    }
    assert.ok(mark);
    const near = marks.tolerances;
    assert.ok(Math.abs(mark.deviations - each.mark.deviations) <= near.deviations, `${mark.deviations}`);
    assert.equal(mark.deviations >= THRESHOLD, each.counts);
    if (!each.counts) return;
    const { restoration, turns, mirrored, scale } = mark;
    assert.deepEqual([restoration, turns, mirrored], [each.mark.restoration, each.mark.turns, each.mark.mirrored]);
    assert.ok(Math.abs(scale - each.mark.scale!) <= near.scale, `${scale}`);
    if (!each.without) return;
    const freed = await without(upright(pixels, turns, mirrored, 3), restoration, scale);
    const { width, height, step, blue } = each.without;
    assert.deepEqual([freed.width, freed.height], [width, height]);
    const apart = blue.flatMap((line, row) => line.map((level, column) => Math.abs(level - freed.data[(row * step * width + column * step) * 3 + 2]!)));
    assert.ok(Math.max(...apart) <= near.levels, `${Math.max(...apart)}`);
  });
}

test("what to expect is what the card says", () => {
  for (const { scores, scale, restored, arrived } of marks.expectations) {
    const { expectedDb, arrivedDb } = expectationOf({ provenance: { scores } }, scale);
    for (const [found, expected] of [[expectedDb, restored], [arrivedDb, arrived]] as const) {
      if (expected === null) assert.equal(found, null);
      else assert.ok(Math.abs(found! - expected) <= marks.tolerances.db, `${found}`);
    }
  }
});

const opened = (folder: string): Manifest => manifestOf(JSON.parse(readFileSync(join(folder, "manifest.json"), "utf8")), folder);
const l0 = opened(BUNDLES.l0), variable = opened(BUNDLES.variable);

test("a file that was shared is of the filter whose mark it has, among all", async () => {
  const found = await arrival(pictureOf(marks.restored.path), [l0, variable]);
  assert.deepEqual([found.origin, found.filter], [marks.restored.verdict, "variable"]);
  assert.match(said(found), /^shared, made by variable: its pixels have the filter's mark \([\d.]+ deviations\), at 0\.49 of the size/);
  assert.deepEqual((await arrival(pictureOf(marks.restored.path), [l0])).origin, "cannot tell");
});

test("what no filter made, or none at hand, cannot be told, and the refusal says what to do", async () => {
  for (const name of ["unmarked.jpg", "stranger.jpg", "one_pixel.png", "thin.png"]) {
    const found = await arrival(pictureOf(`shared/${name}`), [l0, variable]);
    assert.deepEqual([found.origin, found.refusal, found.filter, found.candidates], ["cannot tell", "no_tag", null, ["l0", "variable"]]);
    const refused = new NotRestored(name, found);
    assert.equal(refused.refusal, "no_tag");
    assert.match(refused.message, new RegExp(`^${name} has no tag, and .*; if you know which filter made it, choose that one\\.$`));
  }
});

test("a tagged file is as saved, and of another filter or altered not ours", async () => {
  const file = (path: string) => new File([new Uint8Array(readFileSync(join(CONFORMANCE, path)))], path);
  assert.equal((await arrival(file("past/mark.jpg"), [variable])).origin, "as saved");
  const other = await arrival(file("past/mark.jpg"), [l0]);
  assert.deepEqual([other.origin, other.refusal], ["not ours", "other_filter"]);
  const altered = await arrival(file("past/hidden_colours_altered.png"), [variable]);
  assert.deepEqual([altered.origin, altered.refusal], ["not ours", "altered"]);
});

test("the file itself is kept where it is expected to be no worse", () => {
  const expecting = (expectedDb: number | null, arrivedDb: number | null) => keeps(recognition("shared", "", { expectedDb, arrivedDb }));
  assert.deepEqual([expecting(31, 30), expecting(30, 30), expecting(null, null)], [false, true, false]);
});
