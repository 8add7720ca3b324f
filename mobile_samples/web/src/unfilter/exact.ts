/**
 * R10 of sdk/format/RULES.md: whether a back end gives the golden bytes of a bundle on this very device. Drivers and runtimes have faults that no other
 * machine shows, and a filtered photo that was computed wrongly cannot be restored.
 */

import type { Bundle } from "./bundle";
import type { Filter } from "./filter";
import { decodePng } from "./photo/png";
import type { Pixels } from "./pixels";

/** Levels that fp32 graphs may differ by, as in the goldens of all languages. */
const TOLERANCE = 1;

/** Runs the smallest golden in both directions. True also where the bundle has none. */
export async function isExact(filter: Filter, bundle: Bundle): Promise<boolean> {
  const { goldens, files } = bundle.manifest;
  const size = (path: string) => files.find((each) => each.path === path)?.bytes ?? Infinity;
  const golden = goldens.toSorted((one, other) => size(one.photo) - size(other.photo))[0];
  if (!golden) return true;
  const load = async (path: string) => (await decodePng(await bundle.load(path))).pixels;
  const [photo, filtered, restored] = await Promise.all([load(golden.photo), load(golden.filtered), load(golden.restored)]);
  const output = golden.output ? await load(golden.output) : undefined;
  return isNear(await filter.apply(photo, golden.parameters, undefined, output), filtered) && isNear(await filter.restore(filtered), restored);
}

function isNear(one: Pixels, other: Pixels): boolean {
  return one.data.every((level, index) => Math.abs(level - other.data[index]!) <= TOLERANCE);
}
