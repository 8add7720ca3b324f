/** The choice of filter, runtime and back end, kept between visits. */

import { type Backend, FORMATS, type Manifest, type RuntimeName } from "../unfilter";
import { button, element } from "./element";

export interface Settings {
  filter: string;
  runtime: RuntimeName;
  /** Empty: whatever this device has. */
  backend: Backend | "";
}

export const RUNTIME_LABELS: Record<RuntimeName, string> = { onnx: "ONNX Runtime", litert: "LiteRT" };
export const BACKEND_LABELS: Record<Backend, string> = { webgpu: "WebGPU", wasm: "WASM" };

const KEY = "unfilter-settings";
const dialog = element("settings", HTMLDialogElement);
const form = dialog.querySelector("form")!;

/** Shows the dialog on demand; `changed` is called when it closes with another choice. */
export function offerSettings(bundles: Map<string, Manifest>, changed: (settings: Settings) => void): Settings {
  let current = remembered(bundles);
  const select = form.elements.namedItem("filter") as HTMLSelectElement;
  for (const [name, { filter }] of bundles) select.add(new Option(filter, name));
  form.addEventListener("change", () => noteMissing(bundles));
  button("settings-button").addEventListener("click", () => {
    for (const [name, value] of Object.entries(current)) (form.elements.namedItem(name) as RadioNodeList).value = value;
    noteMissing(bundles);
    dialog.showModal();
  });
  dialog.addEventListener("close", () => {
    const chosen = Object.fromEntries(new FormData(form)) as unknown as Settings;
    if (JSON.stringify(chosen) === JSON.stringify(current)) return;
    current = chosen;
    localStorage.setItem(KEY, JSON.stringify(chosen));
    changed(chosen);
  });
  return current;
}

function remembered(bundles: Map<string, Manifest>): Settings {
  const kept = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Settings>;
  const filter = kept.filter && bundles.has(kept.filter) ? kept.filter : [...bundles.keys()][0]!;
  const runtime = kept.runtime && supports(bundles.get(filter), kept.runtime) ? kept.runtime : "onnx";
  return { filter, runtime, backend: kept.backend ?? "" };
}

/** Runtimes that the chosen filter has no model for cannot be chosen. */
function noteMissing(bundles: Map<string, Manifest>): void {
  const manifest = bundles.get((form.elements.namedItem("filter") as HTMLSelectElement).value);
  const missing: string[] = [];
  for (const radio of form.elements.namedItem("runtime") as RadioNodeList as Iterable<HTMLInputElement>) {
    const runtime = radio.value as RuntimeName;
    radio.disabled = !supports(manifest, runtime);
    if (radio.disabled) missing.push(RUNTIME_LABELS[runtime]);
    if (radio.disabled && radio.checked) (form.elements.namedItem("runtime") as RadioNodeList).value = "onnx";
  }
  const note = missing.length ? `This bundle has no model for ${missing.join(", ")}.` : "";
  element("settings-note", HTMLElement).textContent = note;
}

export function supports(manifest: Manifest | undefined, runtime: RuntimeName): boolean {
  return manifest?.artifacts.some(({ format, precision }) => format === FORMATS[runtime] && precision === "fp32") ?? false;
}
