/** R29 of sdk/format/RULES.md: a guided filter takes two pictures that lie on one another, the photo and what another filter made of it. */

import { UnfilterError } from "./errors";
import type { Manifest } from "./manifest";
import { orientationOf } from "./photo/orientation";
import type { Photo } from "./photo/photo";
import type { Pixels } from "./pixels";

/** Throws unless `output` is what the filter takes beside a photo. */
export function checkOutput({ filter, guided }: Manifest, photo: Pixels, output: Pixels | undefined): void {
  if (!guided) {
    if (output) throw new UnfilterError(`${filter} makes its look itself; leave the output out.`);
    return;
  }
  if (!output) {
    throw new UnfilterError(`${filter} is guided: it hides the photo in what your own filter made of it; give that picture, too, as output.`);
  }
  const sizes = [output, photo].map(({ width, height }) => `${width} x ${height}`);
  if (sizes[0] === sizes[1]) return;
  const turned = output.width === photo.height && output.height === photo.width ? "; it may be turned" : "";
  throw new UnfilterError(`The output has ${sizes[0]} pixels, the photo ${sizes[1]}; both must lie on one another${turned}.`);
}

/** Throws where EXIF says that the two are stored turned differently; an output without EXIF says nothing. */
export function checkTurned(photo: Photo, output: Photo): void {
  const [own, other] = [photo, output].map(({ carried }) => orientationOf(carried));
  if (other === null || other === (own ?? 1)) return;
  throw new UnfilterError(`The output is stored with orientation ${other}, the photo with ${own ?? 1}; save both turned alike.`);
}
