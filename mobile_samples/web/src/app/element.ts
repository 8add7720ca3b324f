/** The element of `index.html` with that id, of that kind. */
export function element<Kind extends Element>(id: string, kind: new () => Kind): Kind {
  const found = document.getElementById(id);
  if (!(found instanceof kind)) throw new Error(`index.html has no ${kind.name} #${id}`);
  return found;
}

/** A button by its id. */
export function button(id: string): HTMLButtonElement {
  return element(id, HTMLButtonElement);
}
