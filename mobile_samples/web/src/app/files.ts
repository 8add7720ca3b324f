/** Files that come in: through the two buttons, or dropped anywhere on the page. */

import { button, element } from "./element";

export interface Taking {
  /** A photo to filter. */
  picked(file: File): void;
  /** A file to restore. */
  dropped(file: File): void;
  busy(): boolean;
}

export function takeFiles({ picked, dropped, busy }: Taking): void {
  pick("pick", picked);
  pick("restore", dropped);
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

function pick(name: string, take: (file: File) => void): void {
  const input = element(`${name}-input`, HTMLInputElement);
  button(`${name}-button`).addEventListener("click", () => input.click());
  input.addEventListener("change", () => {
    const file = input.files?.[0];
    input.value = ""; // so that the same file can be picked again
    if (file) take(file);
  });
}
