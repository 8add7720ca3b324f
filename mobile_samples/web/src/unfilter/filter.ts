/**
 * A filter ready to use: apply it to photos, restore photos from what it saved.
 *
 *     const filter = await Filter.open(await Bundle.open("bundles/l0"));
 *     const filtered = await filter.applyFile(photo);
 *     const restored = await filter.restoreFile(filtered);
 *
 * Law: `restore(apply(pixels))` is `pixels` to the accuracy on the model card, whatever ran either direction.
 */

import type { Bundle } from "./bundle";
import { complete, type Parameters, place } from "./hyperParameter";
import { isExact } from "./exact";
import { fingerprintOf } from "./fingerprint";
import { checkOutput, checkTurned } from "./guided";
import { heldIn, refined, type Restored } from "./held";
import type { Direction, Manifest } from "./manifest";
import { MARK, marked, unmarked } from "./mark";
import { encodeJpeg } from "./photo/jpeg";
import { locateJpegCodec } from "./photo/libjpegTurbo";
import { encodePng } from "./photo/png";
import type { Photo } from "./photo/photo";
import { type PhotoFile, readPhoto } from "./photo/read";
import { emptyPixels, type Pixels, storeBytes, toFloats } from "./pixels";
import { arrivalOf, cut } from "./recognition/arrival";
import { keeps, NotRestored, type Recognition } from "./recognition/origin";
import { carryRemainder } from "./remainder";
import { openSession as openLiteRt } from "./runtimes/litert";
import { openSession as openOnnx } from "./runtimes/onnx";
import { type Backend, hasWebGpu, type OpenSession, type RuntimeName, type Session } from "./runtimes/runtime";
import { tagOf } from "./tag";
import { planOf, tiles } from "./tiling";
import { changedWhereSeen, given, required, seen } from "./transparency";

/** Called after each tile, with the share that is done, 0..1. */
export type Progress = (done: number) => void;

export interface Choice {
  runtime?: RuntimeName;
  /** None: WebGPU where the browser has it and it gives the golden bytes, WebAssembly otherwise. */
  backend?: Backend | undefined;
  /** The folder that the runtimes' own files are served from. */
  files?: string;
}

/** How filtered photos are saved: a JPEG in 4:2:0, or an exact PNG; with a mark, by which they are recognised after sharing (R30). */
export type Saving = ({ codec: "jpeg"; quality: number } | { codec: "png" }) & { mark?: boolean };

export interface Restoring {
  /** Restores even what is refused since its pixels do not tell, or since they were altered, and what restoring is expected to make worse. */
  force?: boolean;
  /** What `arrival` said of this very file, where it was asked before. */
  recognition?: Recognition;
}

/** What people share. It needs a filter that was trained for it; others save PNG. */
const SHARED: Saving = { codec: "jpeg", quality: 90 };

const OPEN: Record<RuntimeName, OpenSession> = { onnx: openOnnx, litert: openLiteRt };

export class Filter {
  private constructor(
    readonly manifest: Manifest,
    readonly runtime: RuntimeName,
    private readonly session: Session,
  ) {}

  static async open(bundle: Bundle, { runtime = "onnx", backend, files = "runtimes/" }: Choice = {}): Promise<Filter> {
    locateJpegCodec(`${files}jpeg/`);
    const open = (on: Backend) => OPEN[runtime](bundle, on, `${files}${runtime}/`);
    if (backend) return new Filter(bundle.manifest, runtime, await open(backend));
    if (await hasWebGpu()) {
      try {
        const filter = new Filter(bundle.manifest, runtime, await open("webgpu"));
        if (await isExact(filter, bundle)) return filter;
        console.warn(`WebGPU computes ${bundle.manifest.filter} wrongly on this device, so WebAssembly runs it`);
      } catch (error) {
        console.warn(`WebGPU does not run ${bundle.manifest.filter} on this device, so WebAssembly does:`, error);
      }
    }
    return new Filter(bundle.manifest, runtime, await open("wasm"));
  }

  get backend(): Backend {
    return this.session.backend;
  }

  /**
   * The filtered pixels, of the same size. Save them exactly, or nothing can be restored. A guided filter hides the pixels in `output`,
   * what another filter made of them: pixel on pixel, of the same size (R29).
   */
  apply(pixels: Pixels, parameters: Parameters = {}, progress?: Progress, output?: Pixels): Promise<Pixels> {
    checkOutput(this.manifest, pixels, output);
    const known = this.manifest.hyper_parameters;
    const values = complete(known, parameters);
    return this.run("forward", pixels, known.map((one) => place(one, values[one.name]!)), progress, output);
  }

  /** The pixels that `apply` made `pixels` from, at whatever parameters. */
  restore(pixels: Pixels, progress?: Progress): Promise<Pixels> {
    return this.run("inverse", pixels, [], progress);
  }

  /** How this filter can be saved: as `wanted`, or as PNG where it was not trained for JPEG (R18). */
  savingOf(wanted: Saving = SHARED): Saving {
    return wanted.codec === "jpeg" && !this.manifest.carriers.includes("jpeg") ? asPng(wanted) : wanted;
  }

  /**
   * A JPEG or PNG file, filtered, as a file that says what made it; a photo with transparency always as PNG. `output` is the file of what
   * another filter made of the photo, for a guided filter: of the same size, and stored turned alike.
   */
  async applyFile(file: PhotoFile, parameters: Parameters = {}, wanted: Saving = SHARED, progress?: Progress, output?: PhotoFile): Promise<Blob> {
    const photo = await readPhoto(file);
    const guide = output && (await readPhoto(output));
    if (guide) checkTurned(photo, guide);
    const filtered = await this.apply(seen(photo), parameters, progress, guide?.pixels);
    const values = complete(this.manifest.hyper_parameters, parameters);
    const transparent = photo.alpha?.some((level) => level < 255) ?? false;
    const saving: Saving = transparent ? asPng(wanted) : this.savingOf(wanted);
    const { restoration } = this.manifest;
    const pixels = changedWhereSeen(photo, saving.mark ? await marked(filtered, restoration) : filtered);
    const requires = [...required(photo), ...(saving.mark ? [MARK] : [])];
    if (saving.codec === "jpeg") {
      const { codec, quality } = saving;
      const tag = tagOf(this.manifest, values, { codec, quality, requires }); // the encoder knows the fingerprint
      return new Blob([await encodeJpeg({ ...photo, pixels, tag }, saving.quality)], { type: "image/jpeg" });
    }
    const fingerprint = await fingerprintOf(seen({ ...photo, pixels }));
    const tag = tagOf(this.manifest, values, { codec: "png", fingerprint, requires });
    return pngFile(await encodePng({ ...photo, pixels, tag }));
  }

  /**
   * The photo that `applyFile`, or the SDK, made a PNG or JPEG from, as a PNG; of a file that was shared, at the size that arrived, if it
   * has the filter's mark. Refused whole, by NotRestored, where this filter is not known to have made it, or it was altered since (R21).
   */
  async restoreFile(file: PhotoFile, progress?: Progress, restoring: Restoring = {}): Promise<Blob> {
    return (await this.restored(file, progress, restoring)).file;
  }

  /** The same, with what the file turned out to be, and a line that says by what it was restored, where that was not its pixels alone. */
  async restored(file: PhotoFile, progress?: Progress, restoring: Restoring = {}): Promise<Restored> {
    const photo = await readPhoto(file);
    const held = await heldIn(photo);
    if (held) return held;
    const name = file.name ?? "The photo";
    const found = restoring.recognition ?? (await arrivalOf(photo, name, [this.manifest]));
    if (found.origin === "as saved") return { ...(await this.restoredAsSaved(photo, progress)), recognition: found };
    if (found.origin !== "shared" && !restoring.force) throw new NotRestored(name, found);
    const arrived = await cut(photo, found);
    if (keeps(found) && !restoring.force) {
      return { file: pngFile(await encodePng(arrived)), how: "the file's own pixels, which are nearer to the photo", recognition: found };
    }
    const pixels = changedWhereSeen(arrived, await this.restore(given(arrived), progress));
    return { file: pngFile(await encodePng({ ...arrived, pixels })), how: null, recognition: found };
  }

  private async restoredAsSaved(photo: Photo, progress?: Progress): Promise<Restored> {
    const { tag } = photo;
    const taken = given(photo);
    const base = await this.restore(tag?.requires?.includes(MARK) ? await unmarked(taken, tag.restoration) : taken, progress);
    const { pixels: better, how } = await refined(photo, base);
    const pixels = taken === photo.pixels ? better : changedWhereSeen(photo, better);
    return { file: pngFile(await encodePng({ ...photo, pixels, tag: null })), how };
  }

  /** One direction, tile by tile. */
  private async run(direction: Direction, pixels: Pixels, places: number[], progress?: Progress, output?: Pixels): Promise<Pixels> {
    const plan = planOf(this.manifest.tiles, direction);
    const { width, height } = pixels;
    const result = emptyPixels(width, height);
    const { artifact, run } = await this.session.graph(direction);
    const planned = tiles(height - (height % plan.alignment), width - (width % plan.alignment), plan, artifact.fixed_size);
    for (const [index, tile] of planned.entries()) {
      const [rows, columns] = [tile.rows.stop - tile.rows.start, tile.columns.stop - tile.columns.start];
      const floatsOf = (picture: Pixels) => toFloats(picture, tile, artifact.image.layout);
      const floats = await run(floatsOf(pixels), rows, columns, places, output && floatsOf(output));
      storeBytes(floats, tile, artifact.result.layout, result);
      progress?.((index + 1) / planned.length);
    }
    carryRemainder(pixels, result, plan.alignment);
    return result;
  }
}

function asPng({ mark = false }: Saving): Saving {
  return { codec: "png", mark };
}

function pngFile(content: Uint8Array<ArrayBuffer>): Blob {
  return new Blob([content], { type: "image/png" });
}
