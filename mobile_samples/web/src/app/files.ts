/** Files that come in: through the two buttons, or dropped anywhere on the page. */

import { button, element } from "./element";

export interface Taking {
  /** A photo to filter. */
  picked(file: File): void;
  /** What another filter made of the photo that was picked before. */
  guided(output: File): void;
  /** A file to restore. */
  dropped(file: File): void;
  busy(): boolean;
}

export function takeFiles({ picked, guided, dropped, busy }: Taking): void {
  take("pick", picked);
  take("output", guided);
  take("restore", dropped);
  for (const name of ["pick", "restore"]) button(`${name}-button`).addEventListener("click", () => choose(name));
  addEventListener("dragover", (event) => {
    event.preventDefault();
    document.body.classList.toggle("dragging", !busy());
  });
  addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) document.body.classList.remove("dragging");
  });
  addEventListener("drop", (event) => {
    event.preventDefault();
    document.body.classList.remove("dragging");
    const file = event.dataTransfer?.files[0];
    if (file && !busy()) dropped(file);
  });
}

/** Opens the dialog in which the file of one input is chosen. */
export function choose(name: string): void {
  element(`${name}-input`, HTMLInputElement).click();
}

function take(name: string, taken: (file: File) => void): void {
  const input = element(`${name}-input`, HTMLInputElement);
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = ""; // so that the same file can be picked again
    if (file) taken(file);
  });
}
