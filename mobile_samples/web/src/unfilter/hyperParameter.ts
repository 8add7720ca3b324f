/** R7 of sdk/format/RULES.md: a number that the user chooses for each photo. The network sees its place in the range: 0 at `low`, 1 at `high`. */

import { UnfilterError } from "./errors";

export interface HyperParameter {
  name: string;
  low: number;
  high: number;
  default: number;
  scale: "linear" | "log";
}

/** Values of the hyper-parameters by name. */
export type Parameters = Record<string, number>;

/** Where `value` lies in the range, 0..1. */
export function place(one: HyperParameter, value: number): number {
  if (!(value >= one.low && value <= one.high)) {
    throw new UnfilterError(`${one.name} must lie in ${one.low}..${one.high}, got ${value}`);
  }
  if (one.scale === "log") return Math.log(value / one.low) / Math.log(one.high / one.low);
  return (value - one.low) / (one.high - one.low);
}

/** The value at a place of 0..1, never outside the range. */
export function valueAt(one: HyperParameter, at: number): number {
  const value = one.scale === "log" ? one.low * (one.high / one.low) ** at : one.low + at * (one.high - one.low);
  return Math.min(Math.max(value, one.low), one.high);
}

/** A value for each of `known`, in their order: the given one, or the default. */
export function complete(known: HyperParameter[], given: Parameters): Parameters {
  const stranger = Object.keys(given).find((name) => !known.some((one) => one.name === name));
  if (stranger) {
    const names = known.map((one) => one.name).join(", ") || "none";
    throw new UnfilterError(`this filter has no parameter '${stranger}'; it has: ${names}`);
  }
  return Object.fromEntries(known.map((one) => [one.name, given[one.name] ?? one.default]));
}
