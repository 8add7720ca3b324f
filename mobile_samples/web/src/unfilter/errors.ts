/** What a user can act on: one line with what was found and what to do. */
export class UnfilterError extends Error {
  constructor(message: string) {
    super(message.split(/\s*\n\s*/).join(" "));
    this.name = "UnfilterError";
  }
}
