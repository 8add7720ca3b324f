/** A bundle on a web server: one folder that holds a filter as paired forward and inverse models. */

import { UnfilterError } from "./errors";
import { type Artifact, type Direction, type Format, type Manifest, manifestOf } from "./manifest";
import { sha256 } from "./sha256";

export class Bundle {
  private constructor(
    readonly url: string,
    readonly manifest: Manifest,
  ) {}

  /** Opens the bundle in the folder `url`, by its manifest. */
  static async open(url: string): Promise<Bundle> {
    const folder = url.endsWith("/") ? url : `${url}/`;
    const content = await download(`${folder}manifest.json`);
    return new Bundle(folder, manifestOf(JSON.parse(new TextDecoder().decode(content)), folder));
  }

  /** The fp32 artifact (R8 of sdk/format/RULES.md) of a format and direction; null where the bundle has none. */
  artifact(format: Format, direction: Direction): Artifact | null {
    const fits = (each: Artifact) => each.format === format && each.direction === direction && each.precision === "fp32";
    return this.manifest.artifacts.find(fits) ?? null;
  }

  /** The bytes of one listed file, after its size and sha256 were compared with the manifest (R9). */
  async load(path: string): Promise<Uint8Array<ArrayBuffer>> {
    const entry = this.manifest.files.find((each) => each.path === path);
    if (!entry) throw new UnfilterError(`${this.url}: ${path} is not in the manifest's list of files; convert the filter again`);
    const content = await download(this.url + path);
    if (content.length !== entry.bytes || (await sha256(content)) !== entry.sha256) {
      throw new UnfilterError(`${this.url}${path}: its bytes are not those of the manifest; convert the filter again`);
    }
    return content;
  }
}

async function download(url: string): Promise<Uint8Array<ArrayBuffer>> {
  const response = await fetch(url).catch(() => null);
  if (!response?.ok) throw new UnfilterError(`${url}: cannot be loaded (${response?.status ?? "no connection"})`);
  return new Uint8Array(await response.arrayBuffer());
}
