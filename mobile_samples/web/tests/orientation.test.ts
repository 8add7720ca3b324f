/** Laws: what was set upright is shown as it arrived, and EXIF says so without losing anything else (R34). */

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Chunk } from "../src/unfilter/photo/chunks";
import { alikeShown, orientationOf, withOrientation } from "../src/unfilter/photo/orientation";
import { type Bytes, upright } from "../src/unfilter/recognition/part";

const ALL = [1, 2, 3, 4, 5, 6, 7, 8];
const STORED: Bytes = { width: 3, height: 2, data: Uint8Array.of(0, 1, 2, 3, 4, 5) };

/** The picture as a viewer shows it: by Exif 3.0, section 4.6.5, where the first row and column of what is stored are. */
function shown({ width, height, data }: Bytes, orientation: number): number[][] {
  const [across, down] = orientation > 4 ? [height, width] : [width, height];
  const places: ((x: number, y: number) => [number, number])[] = [
    (x, y) => [x, y],
    (x, y) => [width - 1 - x, y],
    (x, y) => [width - 1 - x, height - 1 - y],
    (x, y) => [x, height - 1 - y],
    (x, y) => [y, x],
    (x, y) => [y, height - 1 - x],
    (x, y) => [width - 1 - y, height - 1 - x],
    (x, y) => [width - 1 - y, x],
  ];
  return Array.from({ length: down }, (_, y) => Array.from({ length: across }, (_, x) => {
    const [column, row] = places[orientation - 1]!(x, y);
    return data[row * width + column]!;
  }));
}

test("whatever became of a picture, it is shown as it arrived", () => {
  for (const orientation of ALL) for (const turns of [0, 1, 2, 3]) for (const mirrored of [false, true]) {
    const set = upright(STORED, turns, mirrored, 1);
    assert.deepEqual(shown(set, alikeShown(orientation, turns, mirrored)), shown(STORED, orientation), `${orientation}, ${turns}, ${mirrored}`);
  }
});

test("EXIF names the orientation, and keeps its entries", () => {
  const big = [0x4d, 0x4d, 0, 0x2a, 0, 0, 0, 8], little = [0x49, 0x49, 0x2a, 0, 8, 0, 0, 0];
  const cases: [string, Chunk[], number | null][] = [
    ["none", [], null],
    ["with one", [exif(...little, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0, 0, 0, 0, 0)], 6],
    ["with another entry", [exif(...big, 0, 1, 0x82, 0x98, 0, 2, 0, 0, 0, 2, 65, 0, 0, 0, 0, 0, 0, 0)], 1],
    ["cut short", [exif(...little, 9)], 1],
    ["no TIFF", [exif(1, 2, 3)], 1],
  ];
  for (const [name, carried, before] of cases) {
    assert.equal(orientationOf(carried), before, name);
    for (const orientation of ALL) {
      const made = withOrientation([{ name: "sRGB", content: Uint8Array.of(0) }, ...carried], orientation);
      assert.equal(orientationOf(made) ?? 1, orientation, name);
      assert.equal(made.length, 1 + (before === null && orientation === 1 ? 0 : 1));
    }
  }
  const [made] = withOrientation(cases[2]![1], 8);
  const artist = Buffer.from([0x82, 0x98, 0, 2, 0, 0, 0, 2, 65, 0, 0, 0]);
  const at = new DataView(made!.content.buffer).getUint32(4);
  assert.equal(new DataView(made!.content.buffer).getUint16(at), 2);
  assert.equal(Buffer.from(made!.content).indexOf(artist, at), at + 2 + 12); // behind the orientation, whose tag is lower
});

function exif(...content: number[]): Chunk {
  return { name: "eXIf", content: Uint8Array.from(content) };
}
