/** What the model card says of files that were shared (R34 of sdk/format/RULES.md). */

import type { Manifest } from "../manifest";
import type { Recognition } from "./origin";

/** Factors of the size of the two chains that every card has, in their order. */
const SCALES = [0.75, 0.5];

/** PSNR to expect of what is restored, and of the file itself, in dB, by the chain nearest to `scale`; null where the card says nothing. */
export function expectationOf({ provenance }: Pick<Manifest, "provenance">, scale: number): Pick<Recognition, "expectedDb" | "arrivedDb"> {
  const scores = (provenance?.scores ?? []).filter(({ shared, arrived }) => shared?.length && arrived?.length);
  const distances = SCALES.map((each) => Math.abs(each - scale));
  const nearest = distances.indexOf(Math.min(...distances));
  const weights = scores.reduce((sum, { count = 1 }) => sum + count, 0);
  const mean = (of: "shared" | "arrived") => scores.reduce((sum, score) => sum + (score[of]![nearest] ?? NaN) * (score.count ?? 1), 0) / weights;
  const [expectedDb, arrivedDb] = [mean("shared"), mean("arrived")];
  return Number.isFinite(expectedDb) && Number.isFinite(arrivedDb) ? { expectedDb, arrivedDb } : { expectedDb: null, arrivedDb: null };
}
