/// <reference path="./turbojpeg.d.ts" />
/**
 * libjpeg-turbo as WebAssembly: it decodes what the tag's fingerprint calls `libjpeg-turbo`, level by level (R16 of
 * sdk/format/RULES.md), in every browser. A browser's own decoder is another one, and writes nothing that we can be sure of.
 */

import createModule, { type TurboJpeg } from "@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs";

import { damaged } from "../errors";
import { emptyPixels, type Pixels } from "../pixels";

const CHROMA_HALVED = 2; // TJSAMP_420

let folder = "runtimes/jpeg/";
let loading: Promise<TurboJpeg> | undefined;

/** Where the codec's WebAssembly file is served from; loaded when a JPEG first comes. */
export function locateJpegCodec(files: string): void {
  folder = files;
}

function codec(): Promise<TurboJpeg> {
  loading ??= createModule({ locateFile: (name) => folder + name, print: () => {}, printErr: () => {} });
  return loading;
}

/** RGB as the file stores it; grey as three equal channels (R1). */
export async function decompress(file: Uint8Array): Promise<Pixels> {
  const decoder = new (await codec()).JPEGDecoder();
  try {
    decoder.getEncodedBuffer(file.length).set(file);
    try {
      decoder.decode();
    } catch {
      throw damaged("it cannot be decoded");
    }
    const { width, height, componentCount } = decoder.getFrameInfo();
    const levels = decoder.getDecodedBuffer();
    const pixels = emptyPixels(width, height);
    if (componentCount === 3) pixels.data.set(levels.subarray(0, pixels.data.length));
    else for (let index = 0; index < width * height; index++) pixels.data.fill(levels[index]!, index * 3, index * 3 + 3);
    return pixels;
  } finally {
    decoder.delete();
  }
}

/** A bare JPEG, baseline, 4:2:0, with libjpeg's tables of that quality (R18). */
export async function compress({ width, height, data }: Pixels, quality: number): Promise<Uint8Array<ArrayBuffer>> {
  const encoder = new (await codec()).JPEGEncoder();
  try {
    encoder.getDecodedBuffer({ width, height, bitsPerSample: 8, componentCount: 3, isSigned: false }).set(data);
    encoder.setQuality(quality);
    encoder.setProgressive(false);
    encoder.setSubSampling(CHROMA_HALVED);
    encoder.encode();
    return new Uint8Array(encoder.getEncodedBuffer());
  } finally {
    encoder.delete();
  }
}
