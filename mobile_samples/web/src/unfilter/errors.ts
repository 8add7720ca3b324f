/** Why a file is not restored (docs/goldens.md). */
export type Refusal = "not_a_photo" | "other_format" | "damaged" | "no_tag" | "other_filter" | "other_codec" | "altered";

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
