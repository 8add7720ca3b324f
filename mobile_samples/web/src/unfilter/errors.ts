/** Why a file is not restored, in the order in which it is looked for (R20 of sdk/format/RULES.md). */
export type Refusal =
  | "not_a_photo"
  | "other_format"
  | "damaged"
  | "no_tag"
  | "needs_update"
  | "other_filter"
  | "other_codec"
  | "altered";

/** What a user can act on: one line with what was found and what to do. */
export class UnfilterError extends Error {
  constructor(
    message: string,
    readonly refusal?: Refusal,
  ) {
    super(message.split(/\s*\n\s*/).join(" "));
    this.name = "UnfilterError";
  }
}

export function damaged(what: string): UnfilterError {
  return new UnfilterError(`is damaged or incomplete: ${what}`, "damaged");
}
