/** Laws that need no browser: plans, roundings, tags, PNG and JPEG files, against the goldens of all languages. */

import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateSync, inflateSync } from "node:zlib";

import { decodePng } from "../src/unfilter/photo/png";
import { encodeJpeg, encodePng, inspect, locateJpegCodec, type Manifest, type Photo, readPhoto, tiles, UnfilterError } from "../src/unfilter";
import { complete, place, valueAt } from "../src/unfilter/hyperParameter";
import { deviation } from "../src/unfilter/cells";
import { textChunk, textOf } from "../src/unfilter/photo/chunks";
import { toByte } from "../src/unfilter/pixels";
import { checkOutput, checkTurned } from "../src/unfilter/guided";
import { alteration, DECODER, fingerprintOf, jpegFingerprintOf } from "../src/unfilter/fingerprint";
import { tagFromJson, tagToJson } from "../src/unfilter/tag";
import { goldens } from "./goldens";
import { JPEG_CODEC } from "./paths";

locateJpegCodec(JPEG_CODEC);
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
    const known = tag === null || /version_2|requires/.test(path) ? null : tagFromJson(tag);
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

for (const golden of says.jpegs) {
  const file = new File([goldens.l0.bytes(golden.path)], golden.path);
  test(`${golden.path} decodes to the golden pixels, every level, and has the golden tag`, async () => {
    const photo = await readPhoto(file);
    assert.equal(golden.decoder, DECODER);
    assert.deepEqual(photo.pixels, goldens.l0.raw(golden, golden.decoded));
    assert.deepEqual(photo.tag, golden.tag && tagFromJson(golden.tag));
    if (golden.tag) await inspect(file, [manifest]);
  });
}

test("the fingerprint of a JPEG is the SDK's, but for the last bit of a mean", async () => {
  for (const golden of says.jpegs.filter(({ tag }) => tag)) {
    const photo = await readPhoto(new File([goldens.l0.bytes(golden.path)], golden.path));
    const { cells, ...saved } = tagFromJson(golden.tag!)!.fingerprint!;
    const { cells: ours, ...made } = await jpegFingerprintOf(photo.pixels, photo.coding!);
    assert.deepEqual(made, saved);
    assert.ok(deviation(cells!, photo.pixels) <= 0.1);
    assert.equal(ours!.length, cells!.length);
  }
});

test("a JPEG that another decoder read is as saved, one that was made brighter is not", async () => {
  const [golden] = says.jpegs;
  const photo = await readPhoto(new File([goldens.l0.bytes(golden!.path)], golden!.path));
  const foreign = { ...photo.tag!.fingerprint!, decoder: "another" };
  const brighter = (level: number, by: number) => Math.min(level + by, 255); // decoders clip; a level that went round would be black
  const off = (by: number, every: number) => ({ ...photo, pixels: { ...photo.pixels, data: photo.pixels.data.map((level, index) => brighter(level, index % every ? 0 : by)) } });
  for (const every of [401, 101, 29]) assert.equal(await alteration(foreign, off(1, every)), null);
  assert.match((await alteration(foreign, off(40, 3)))!, /times as far/);
  assert.match((await alteration(photo.tag!.fingerprint!, off(1, 401)))!, /not those that were saved/);
});

test("a JPEG is written with tag, fingerprint, EXIF, profile and XMP, and is as it was saved", async () => {
  const golden = goldens.l0.photo("odd");
  const { fingerprint, ...tag } = tagFromJson(says.jpegs[1]!.tag!)!;
  const profile = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 31) % 251); // more than a segment holds
  const named = Buffer.concat([Buffer.from("ICC Profile\0\0"), deflateSync(profile)]);
  const xmp = '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"></rdf:RDF></x:xmpmeta>';
  const carried = [{ name: "iCCP", content: new Uint8Array(named) }, { name: "eXIf", content: Uint8Array.of(1, 2, 3) }, textChunk("XML:com.adobe.xmp", xmp)];
  const photo: Photo = { pixels: goldens.l0.pixels(golden, "filtered"), codec: "png", tag, alpha: null, carried };
  const file = await encodeJpeg(photo, 90);
  const { photo: read } = await inspect(new File([file], "filtered.jpg"), [manifest]);
  assert.equal(read.tag!.fingerprint!.decoder, "libjpeg-turbo");
  assert.deepEqual({ ...read.tag, fingerprint }, { ...tag, fingerprint });
  assert.deepEqual(read.carried.map(({ name }) => name), ["iCCP", "eXIf", "iTXt"]);
  assert.deepEqual(new Uint8Array(inflateSync(Buffer.from(read.carried[0]!.content).subarray(13))), profile);
  assert.equal(textOf(read.carried, "XML:com.adobe.xmp"), xmp);
  const coded = await readPhoto(new File([goldens.l0.bytes(says.jpegs[1]!.path)], "sdk.jpg"));
  assert.equal(read.coding, coded.coding); // the tables and the sampling that the SDK writes at 90
});

test("a photo with transparency is no JPEG", async () => {
  const photo: Photo = { pixels: { width: 1, height: 1, data: new Uint8Array(3) }, alpha: new Uint8Array(1), codec: "png", tag: null, carried: [] };
  await assert.rejects(encodeJpeg(photo, 90), /transparency/);
});

test("a hyper-parameter's value and place undo each other, and strangers are refused by name", () => {
  const sigma = { name: "sigma", low: 0.05, high: 0.4, default: 0.1, scale: "log" as const };
  assert.ok(Math.abs(valueAt(sigma, place(sigma, 0.2)) - 0.2) < 1e-12);
  assert.equal(place(sigma, 0.05), 0);
  assert.deepEqual(complete([sigma], {}), { sigma: 0.1 });
  assert.throws(() => place(sigma, 0.5), /sigma must lie in 0.05..0.4, got 0.5/);
  assert.throws(() => complete([sigma], { factor: 1 }), /no parameter 'factor'; it has: sigma/);
});

const TURNED = Uint8Array.of(0x49, 0x49, 0x2a, 0, 8, 0, 0, 0, 1, 0, 0x12, 1, 3, 0, 1, 0, 0, 0, 6, 0, 0, 0);
const CLAIMING =
  '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
  '<rdf:Description xmlns:hdrgm="http://ns.adobe.com/hdr-gain-map/1.0/" hdrgm:Version="1.0" ' +
  'xmlns:C="http://ns.google.com/photos/1.0/camera/" C:MotionPhoto="1"><C:MotionPhotoVersion>1</C:MotionPhotoVersion>' +
  '<dc:source xmlns:dc="http://purl.org/dc/elements/1.1/">camera</dc:source></rdf:Description></rdf:RDF></x:xmpmeta>';

test("a PNG has the tag in its XMP packet too, and gives back the packet without it", async () => {
  const golden = says.files.find(({ path }) => path.endsWith("/filtered.png"))!;
  const photo = await decodePng(new Uint8Array(goldens.l0.bytes(golden.path)));
  for (const carried of [[], [textChunk("XML:com.adobe.xmp", CLAIMING.replace(/ (?:hdrgm|C):\w+="1(?:\.0)?"/g, "").replace(/<C:.*Version>/, ""))]]) {
    const file = await encodePng({ ...photo, carried });
    assert.equal(Buffer.from(file).toString("latin1").split("unfilter:tag=").length, 2);
    assert.deepEqual(await decodePng(file), { ...photo, carried });
  }
});

test("no claim of a gain map or a video travels along, and no thumbnail", async () => {
  const golden = says.files.find(({ path }) => path.endsWith("/filtered.png"))!;
  const photo = await decodePng(new Uint8Array(goldens.l0.bytes(golden.path)));
  const thumbnail = Uint8Array.of(40, 0, 0, 0, 2, 0, 1, 2, 4, 0, 1, 0, 0, 0, 60, 0, 0, 0, 2, 2, 4, 0, 1, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xd8, 0xff, 0xd9);
  thumbnail[0] = TURNED.length + 4;
  thumbnail[14] = TURNED.length + thumbnail.length - 4;
  const exif = Uint8Array.of(...TURNED, ...thumbnail);
  const file = await encodePng({ ...photo, carried: [{ name: "eXIf", content: exif }, textChunk("XML:com.adobe.xmp", CLAIMING)] });
  const { carried } = await decodePng(file);
  const [kept, xmp] = carried.map(({ content }) => Buffer.from(content).toString("latin1"));
  assert.ok(!kept!.includes("\xff\xd8\xff\xd9"));
  assert.equal(kept!.length, exif.length);
  assert.deepEqual(Buffer.from(kept!, "latin1").subarray(0, TURNED.length), Buffer.from(TURNED));
  assert.ok(xmp!.includes("camera</dc:source>"));
  assert.doesNotMatch(xmp!, /hdrgm:Version|MotionPhoto/);
});

test("a guided filter takes an output that lies on the photo and is stored turned alike, and no other does", async () => {
  const of = (width: number, height: number) => ({ width, height, data: new Uint8Array(width * height * 3) });
  const [guided, own] = [{ filter: "any", guided: true }, { filter: "l0", guided: false }] as Manifest[];
  assert.throws(() => checkOutput(guided!, of(4, 2), undefined), /any is guided: it hides the photo in what your own filter made of it/);
  assert.throws(() => checkOutput(guided!, of(4, 2), of(4, 4)), /The output has 4 x 4 pixels, the photo 4 x 2; both must lie on one another\.$/);
  assert.throws(() => checkOutput(guided!, of(4, 2), of(2, 4)), /it may be turned/);
  assert.throws(() => checkOutput(own!, of(4, 2), of(4, 2)), /l0 makes its look itself/);
  checkOutput(guided!, of(4, 2), of(4, 2));
  checkOutput(own!, of(4, 2), undefined);
  const stored = (carried: Photo["carried"]): Photo => ({ pixels: of(4, 2), codec: "png", tag: null, alpha: null, carried });
  const turned = stored([{ name: "eXIf", content: TURNED }]);
  assert.throws(() => checkTurned(stored([]), turned), /The output is stored with orientation 6, the photo with 1/);
  checkTurned(turned, turned);
  checkTurned(turned, stored([])); // says nothing
  const cut = { name: "eXIf", content: TURNED.slice(0, 14) };
  assert.throws(() => checkTurned(turned, stored([cut])), /orientation 1, the photo with 6/);
});
