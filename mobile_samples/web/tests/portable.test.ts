/** Laws that need no browser: plans, roundings, tags and PNG files, against the goldens of all languages. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { decodePng } from "../src/unfilter/photo/png";
import { encodePng, inspect, type Manifest, type Photo, tiles, UnfilterError } from "../src/unfilter";
import { complete, place, valueAt } from "../src/unfilter/hyperParameter";
import { readSegments, stripped } from "../src/unfilter/photo/jpeg";
import { toByte } from "../src/unfilter/pixels";
import { fingerprintOf } from "../src/unfilter/fingerprint";
import { tagFromJson, tagToJson } from "../src/unfilter/tag";
import { goldens } from "./goldens";

const { says } = goldens.l0;
const manifest = { restoration: says.restoration } as Manifest;

for (const { height, width, fixed_size, rows, columns } of says.plans) {
  test(`the tile plan of ${height} x ${width}, ${fixed_size ? "fixed" : "free"} size, is the golden one`, () => {
    const aligned = (length: number) => length - (length % says.tiles.alignment);
    const expected = rows.flatMap((row) => columns.map((column) => [row, column]));
    const found = tiles(aligned(height), aligned(width), says.tiles, fixed_size);
    const numbers = found.map((tile) =>
      [tile.rows, tile.columns].map(({ start, stop, keepStart, keepStop }) => [start, stop, keepStart, keepStop]),
    );
    assert.deepEqual(numbers, expected);
  });
}

test("every rounding is the golden one", () => {
  for (const { bits, level } of says.roundings) {
    const [value] = new Float32Array(Uint32Array.of(bits).buffer);
    assert.equal(toByte(value!), level, `${value}`);
  }
});

for (const golden of says.files) {
  const content = goldens.l0.bytes(golden.path);
  const file = new File([content], golden.path);
  if (golden.refusal) {
    test(`${golden.path} is refused: ${golden.refusal}`, async () => {
      await assert.rejects(inspect(file, [manifest]), (error: UnfilterError) => {
        assert.equal(error.refusal, golden.refusal);
        assert.match(error.message, /^files\/\S+ .+\.$/);
        return true;
      });
    });
    continue;
  }
  test(`${golden.path} has the golden tag, pixels and chunks, and is written again with all of them`, async () => {
    const { photo } = await inspect(file, [manifest]);
    assert.deepEqual(photo.tag, tagFromJson(golden.tag!));
    assert.deepEqual(photo.pixels, goldens.l0.pixels(goldens.l0.photo(golden.photo!), "filtered"));
    const carried = photo.carried.map(({ name, content }) => [name, Buffer.from(content).toString("hex")]);
    assert.deepEqual(Object.fromEntries(carried), golden.carried);
    assert.deepEqual(await decodePng(await encodePng(photo)), photo);
  });
}

test("a PNG keeps colours under full transparency", async () => {
  const data = Uint8Array.from({ length: 5 * 7 * 3 }, (_, index) => (index * 37) % 256);
  const alpha = Uint8Array.from({ length: 5 * 7 }, (_, index) => (index % 3) * 100);
  const photo: Photo = { pixels: { width: 5, height: 7, data }, alpha, codec: "png", tag: null, carried: [] };
  assert.deepEqual(await decodePng(await encodePng(photo)), photo);
});

test("a tag is written to the letter as the SDK writes it", () => {
  for (const { path, tag } of says.files) {
    const known = tag === null || path.includes("version_2") ? null : tagFromJson(tag);
    if (known) assert.equal(tagToJson(known), tag);
  }
});

test("a fingerprint is of the size and of every level, and passed over where it is none of this version", async () => {
  const golden = goldens.l0.photo("odd");
  const saved = tagFromJson(says.files[0]!.tag!)!;
  assert.deepEqual(await fingerprintOf(goldens.l0.pixels(golden, "filtered")), saved.fingerprint);
  const { fingerprint, ...old } = saved;
  for (const other of [{ version: 2 }, { width: 0 }, { height: 51.5 }, { sha256: "x" }]) {
    assert.deepEqual(tagFromJson(JSON.stringify({ ...old, fingerprint: { ...fingerprint, ...other } })), old);
  }
  for (const other of [null, 7, "x", []]) assert.deepEqual(tagFromJson(JSON.stringify({ ...old, fingerprint: other })), old);
});

test("a tag survives JSON, and what is none is null", () => {
  const tag = tagFromJson(JSON.stringify({ ...JSON.parse(says.files[0]!.tag!), parameters: { sigma: 0.1 } }));
  assert.deepEqual(tagFromJson(tagToJson(tag!)), tag);
  for (const text of ["", "null", "7", "{}", '{"version":1,"filter":"l0","restoration":"x","codec":"png"}']) {
    assert.equal(tagFromJson(text), null);
  }
});

test("a JPEG goes to the decoder without EXIF, XMP and profile, and otherwise as it is", () => {
  const jpeg = goldens.l0.bytes("files/filtered.jpg");
  const segment = (marker: number, text: string) => Buffer.from([0xff, marker, 0, text.length + 2, ...Buffer.from(text, "latin1")]);
  const given = Buffer.concat([jpeg.subarray(0, 2), segment(0xe1, "Exif\0\0turned"), segment(0xe2, "ICC_PROFILE\0\x01\x01P3"), jpeg.subarray(2)]);
  const file = new Uint8Array(given);
  assert.deepEqual(Buffer.concat(stripped(file, readSegments(file))), Buffer.from(jpeg));
});

test("a hyper-parameter's value and place undo each other, and strangers are refused by name", () => {
  const sigma = { name: "sigma", low: 0.05, high: 0.4, default: 0.1, scale: "log" as const };
  assert.ok(Math.abs(valueAt(sigma, place(sigma, 0.2)) - 0.2) < 1e-12);
  assert.equal(place(sigma, 0.05), 0);
  assert.deepEqual(complete([sigma], {}), { sigma: 0.1 });
  assert.throws(() => place(sigma, 0.5), /sigma must lie in 0.05..0.4, got 0.5/);
  assert.throws(() => complete([sigma], { factor: 1 }), /no parameter 'factor'; it has: sigma/);
});
