/** The choice of filter, runtime and back end, kept between visits. */

import { type Backend, FORMATS, type Manifest, type RuntimeName, type Saving } from "../unfilter";
import { button, element } from "./element";

export interface Settings {
  filter: string;
  runtime: RuntimeName;
  /** Empty: whatever this device has. */
  backend: Backend | "";
  /** `png`, or the quality of a JPEG. */
  save: "png" | "80" | "85" | "90";
  /** Whether JPEGs can be recognised after sharing. A PNG is kept for its every level, so it is not marked. */
  mark: boolean;
}

/** How photos are saved by a choice. */
export function savingOf({ save, mark }: Settings): Saving {
  return save === "png" ? { codec: "png" } : { codec: "jpeg", quality: Number(save), mark };
}

export const RUNTIME_LABELS: Record<RuntimeName, string> = { onnx: "ONNX Runtime", litert: "LiteRT" };
export const BACKEND_LABELS: Record<Backend, string> = { webgpu: "WebGPU", wasm: "WASM" };

const KEY = "unfilter-settings";
const dialog = element("settings", HTMLDialogElement);
const form = dialog.querySelector("form")!;
const mark = form.elements.namedItem("mark") as HTMLInputElement;

/** Shows the dialog on demand; `changed` is called when it closes with another choice. */
export function offerSettings(bundles: Map<string, Manifest>, changed: (settings: Settings) => void): Settings {
  const current = remembered(bundles);
  const take = (chosen: Settings) => {
    if (JSON.stringify(chosen) === JSON.stringify(current)) return;
    const reopened = chosen.filter !== current.filter || chosen.runtime !== current.runtime || chosen.backend !== current.backend;
    Object.assign(current, chosen);
    localStorage.setItem(KEY, JSON.stringify(chosen));
    if (reopened) changed(current);
  };
  offerFilters(bundles, () => current, take);
  form.addEventListener("change", () => noteMissing(bundles, current.filter));
  button("settings-button").addEventListener("click", () => {
    for (const name of ["runtime", "backend", "save"] as const) (form.elements.namedItem(name) as RadioNodeList).value = current[name];
    mark.checked = current.mark;
    noteMissing(bundles, current.filter);
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    take({ ...current, ...(Object.fromEntries(new FormData(form)) as unknown as Settings), mark: mark.checked });
  });
  return current;
}

function remembered(bundles: Map<string, Manifest>): Settings {
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>;
  const filter = kept.filter && bundles.has(kept.filter) ? kept.filter : [...bundles.keys()][0]!;
  const runtime = kept.runtime && supports(bundles.get(filter), kept.runtime) ? kept.runtime : "onnx";
  return { filter, runtime, backend: kept.backend ?? "", save: kept.save ?? "90", mark: kept.mark ?? true };
}

/** The filters as a row of buttons over the shutter, where people look for them. */
function offerFilters(bundles: Map<string, Manifest>, current: () => Settings, take: (settings: Settings) => void): void {
  const row = element("filters", HTMLElement);
  row.hidden = bundles.size < 2;
  for (const name of bundles.keys()) {
    const choice = document.createElement("button");
    choice.type = "button";
    choice.textContent = name.replaceAll("_", " ");
    choice.dataset.filter = name;
    choice.addEventListener("click", () => take({ ...current(), filter: name }));
    row.append(choice);
  }
  showChosen(current().filter);
}

/** Marks the filter that is open. */
export function showChosen(filter: string): void {
  for (const choice of element("filters", HTMLElement).querySelectorAll("button")) {
    choice.setAttribute("aria-pressed", String(choice.dataset.filter === filter));
  }
}

/** Runtimes that the chosen filter has no model for cannot be chosen. */
function noteMissing(bundles: Map<string, Manifest>, filter: string): void {
  const manifest = bundles.get(filter);
  const missing: string[] = [];
  for (const radio of form.elements.namedItem("runtime") as RadioNodeList as Iterable<HTMLInputElement>) {
    const runtime = radio.value as RuntimeName;
    radio.disabled = !supports(manifest, runtime);
    if (radio.disabled) missing.push(RUNTIME_LABELS[runtime]);
    if (radio.disabled && radio.checked) (form.elements.namedItem("runtime") as RadioNodeList).value = "onnx";
  }
  const notes = missing.length ? [`This filter has no model for ${missing.join(", ")}.`] : [];
  if (manifest && !manifest.carriers.includes("jpeg")) notes.push("It was not trained for JPEG, so photos are saved as PNG.");
  const note = notes.join(" ");
  element("settings-note", HTMLElement).textContent = note;
}

export function supports(manifest: Manifest | undefined, runtime: RuntimeName): boolean {
  return manifest?.artifacts.some(({ format, precision }) => format === FORMATS[runtime] && precision === "fp32") ?? false;
}
