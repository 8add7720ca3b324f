/** A message over the picture, with what can be done about it. */

import { button, element } from "./element";

const box = element("notice", HTMLElement);
const action = button("notice-action");
const choices = element("notice-choices", HTMLElement);

export interface Offer {
  label: string;
  do(): void;
}

/** Shows a message; `offer` is what most people will want to do about it, `others` stand below. */
export function notify(message: string, offer?: Offer, others: Offer[] = []): void {
  element("notice-text", HTMLElement).textContent = message;
  action.hidden = !offer;
  if (offer) fill(action, offer);
  choices.replaceChildren(...others.map((each) => fill(document.createElement("button"), each)));
  choices.hidden = !others.length;
  box.hidden = false;
}

function fill(made: HTMLButtonElement, offer: Offer): HTMLButtonElement {
  made.type = "button";
  made.textContent = offer.label;
  made.onclick = () => {
    hideNotice();
    offer.do();
  };
  return made;
}

export function hideNotice(): void {
  box.hidden = true;
}

button("notice-close").addEventListener("click", hideNotice);
