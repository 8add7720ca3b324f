"use strict";
const data = JSON.parse(document.getElementById("data").textContent);

/** An element with attributes (functions are listeners) and children; text is never taken for markup. */
function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") element.addEventListener(key, value);
    else if (key === "style") element.style.cssText = value;
    else if (value !== null && value !== false) element.setAttribute(key, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined));
  return element;
}

const engineName = (e) => `${e.runtime}${e.delegate ? "+" + e.delegate : ""} ${e.precision}`;
const number = (value) => Number(value); // infinity is a string in JSON
const db = (value, digits = 2) => (Number.isFinite(number(value)) ? number(value).toFixed(digits) : "exact");
const share = (value) => (value === 0 ? "none" : value < 1e-4 ? `${(value * 1e6).toFixed(0)} ppm` : `${(value * 100).toFixed(2)} %`);
const size = (bytes) => (bytes >= 1e6 ? `${(bytes / 1e6).toFixed(2)} MB` : `${(bytes / 1e3).toFixed(0)} KB`);
const error = (value) => (value === null ? "–" : number(value) === 0 ? "0" : number(value).toExponential(1));
const clamp = (value) => Math.max(0, Math.min(1, value));

const VERDICTS = {
  pass: { look: "pass", mark: "", said: "pass" },
  fail: { look: "fail", mark: "✕", said: "fail" },
  "unverified on device": { look: "unverified", mark: "?", said: "unverified on device" },
  "not engaged": { look: "idle", mark: "=", said: "not engaged" },
};

function section(title, lead, ...children) {
  return el("section", {}, el("h2", {}, title), lead ? el("p", { class: "lead" }, lead) : null, ...children);
}

/** Buttons of which one is pressed; `chosen` is called with its name. */
function choice(label, names, pressed, chosen) {
  const buttons = names.map(([name, text]) =>
    el("button", { type: "button", "data-name": name, "aria-pressed": String(name === pressed), click: () => press(name) }, text));
  const press = (name) => {
    buttons.forEach((button) => button.setAttribute("aria-pressed", String(button.dataset.name === name)));
    chosen(name);
  };
  const group = el("div", { class: "choice", role: "group", "aria-label": label }, buttons);
  group.press = press;
  return group;
}

function bar(name, value, fraction, { light = false, tick = null, title = "" } = {}) {
  return el("div", { class: "bar", title }, el("span", { class: "name" }, name),
    el("div", { class: "track" }, el("u", { class: light ? "light" : "", style: `width:${clamp(fraction) * 100}%` }),
      tick === null ? null : el("s", { style: `left:${clamp(tick) * 100}%` })),
    el("span", { class: "value" }, value));
}

function rows(heads, body, kinds = []) {
  const cell = (tag, content, index) => el(tag, { class: kinds[index] || "" }, content);
  return el("div", { class: "scroll" }, el("table", { class: "rows" },
    el("thead", {}, el("tr", {}, heads.map((head, index) => cell("th", head, index)))),
    el("tbody", {}, body.map((line) => el("tr", {}, line.map((content, index) => cell("td", content, index)))))));
}

const said = (verdict) => el("span", { class: VERDICTS[verdict].look }, `${VERDICTS[verdict].mark} ${VERDICTS[verdict].said}`.trim());
