/** A message over the picture, with at most one thing to do about it. */

import { button, element } from "./element";

const box = element("notice", HTMLElement);
const action = button("notice-action");

export function notify(message: string, offer?: { label: string; do(): void }): void {
  element("notice-text", HTMLElement).textContent = message;
  action.hidden = !offer;
  action.textContent = offer?.label ?? "";
  action.onclick = () => {
    hideNotice();
    offer?.do();
  };
  box.hidden = false;
}

export function hideNotice(): void {
  box.hidden = true;
}

button("notice-close").addEventListener("click", hideNotice);
