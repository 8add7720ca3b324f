/** The app: a camera that filters, a result that can be compared and saved, and the way back from a saved file. */

import { Bundle, keeps, type Manifest, type Parameters, type PhotoFile, type Recognition, refusalOf, said, UnfilterError } from "../unfilter";
import { Camera, type Facing } from "./camera";
import { Compare } from "./compare";
import { button, element } from "./element";
import { FilterWorker } from "./filterWorker";
import { choose, takeFiles } from "./files";
import { LiveView } from "./live";
import type { Made, Opened } from "./messages";
import { hideNotice, notify } from "./notice";
import { keepOffline } from "./offline";
import { BACKEND_LABELS, offerSettings, RUNTIME_LABELS, savingOf, type Settings, showChosen, supports } from "./settings";
import { showSliders } from "./sliders";

type Screen = "camera" | "working" | "result";

const status = element("status", HTMLElement);
const video = element("camera", HTMLVideoElement);
const progress = element("progress", HTMLProgressElement);
const compare = new Compare();
const live = new LiveView(video, element("live", HTMLCanvasElement), {
  speed: (fps) => showStatus(`${fps.toFixed(fps < 10 ? 1 : 0)} fps`),
  tooSlow(seconds) {
    setLive(false);
    notify(`A frame takes ${seconds.toFixed(1)} s here, so the camera is shown unfiltered. Pictures are filtered as ever.`);
  },
});

const bundles = new Map<string, Manifest>();
let filterWorker = new FilterWorker();
let settings: Settings;
let opened: Opened | undefined;
let camera: Camera | undefined;
let screen: Screen = "camera";
let liveWanted = true;
let parameters: Parameters = {};
/** The filtered file that is shown, which can be restored. */
let filtered: File | undefined;
/** The photo that a guided filter was given, while the picture that it is to be hidden in is chosen. */
let unguided: PhotoFile | undefined;

async function start(): Promise<void> {
  wire();
  const names = (await (await fetch("bundles/index.json")).json()) as string[];
  for (const name of names) bundles.set(name, (await Bundle.open(`bundles/${name}`)).manifest);
  await Promise.all([openFilter(offerSettings(bundles, openFilter)), openCamera("environment")]);
}

/** Opens the chosen filter in a worker of its own; the one before is ended with all it holds. */
async function openFilter(wanted: Settings): Promise<void> {
  settings = wanted;
  showChosen(wanted.filter);
  const { filter, backend } = wanted;
  const runtime = supports(bundles.get(filter), wanted.runtime) ? wanted.runtime : "onnx";
  live.stop();
  filterWorker.close();
  filterWorker = new FilterWorker();
  opened = undefined;
  const chosen = filterWorker;
  status.textContent = `Loading ${filter} …`;
  const here = (path: string) => new URL(path, document.baseURI).href;
  const choice = { runtime, files: here("runtimes/"), ...(backend && { backend }) };
  try {
    const found = await chosen.ask("open", { bundle: here(`bundles/${filter}`), choice });
    if (chosen !== filterWorker) return;
    opened = found;
    showSliders(found.manifest.hyper_parameters, (values) => (parameters = live.parameters = values));
    showStatus("ready");
  } catch (error) {
    status.textContent = "No filter";
    report(error);
  }
  refresh();
}

async function openCamera(facing: Facing): Promise<void> {
  camera?.stop();
  camera = undefined;
  try {
    camera = await Camera.open(video, facing);
  } catch (error) {
    element("no-camera-reason", HTMLElement).textContent = error instanceof UnfilterError ? error.message : String(error);
  }
  element("viewfinder", HTMLElement).classList.toggle("mirrored", camera?.facing === "user");
  refresh();
}

/** What is shown, and whether the live view runs, by where the app is. */
function refresh(): void {
  const shown = { viewfinder: screen !== "result", result: screen === "result", working: screen === "working" };
  for (const [id, on] of Object.entries(shown)) element(id, HTMLElement).hidden = !on;
  element("camera-controls", HTMLElement).hidden = screen === "result";
  for (const id of ["filters", "parameters"]) element(id, HTMLElement).hidden = screen === "result" || (id === "filters" && bundles.size < 2);
  element("result-controls", HTMLElement).hidden = screen !== "result";
  element("no-camera", HTMLElement).hidden = Boolean(camera) || screen !== "camera";
  const busy = !opened || screen === "working";
  button("restore-button").disabled = busy;
  const guided = opened?.manifest.guided ?? false; // by a picture that the camera does not give
  button("pick-button").disabled = busy;
  button("shutter").disabled = busy || guided || !camera;
  button("switch-button").disabled = !camera?.several;
  button("live-button").disabled = !camera;
  live.stop();
  if (screen === "camera" && camera && opened && !guided && liveWanted) void live.start(filterWorker);
}

function show(next: Screen): void {
  screen = next;
  refresh();
}

function setLive(on: boolean): void {
  liveWanted = on;
  button("live-button").setAttribute("aria-pressed", String(on));
  if (!on) showStatus("ready");
  refresh();
}

/** What is active, with its speed. */
function showStatus(speed: string): void {
  if (!opened) return;
  const { runtime, backend } = opened;
  status.textContent = `${RUNTIME_LABELS[runtime]} · ${BACKEND_LABELS[backend]} · ${speed}`;
  Object.assign(status.dataset, { runtime, backend });
}

async function capture(): Promise<void> {
  if (!camera || button("shutter").disabled) return;
  begin("Taking the picture …");
  await filterPhoto(await camera.capture());
}

async function filterPhoto(file: PhotoFile, output?: PhotoFile): Promise<void> {
  if (opened!.manifest.guided && !output) return askForOutput(file);
  await work("Filtering", file, async (progress) => {
    const made = await filterWorker.ask("apply", { file, parameters, saving: savingOf(settings), output }, { progress });
    await showResult({ label: "Original", file }, { label: "Filtered", made }, file);
  });
}

/** A guided filter hides the photo in what another filter made of it, so that picture is wanted too. */
function askForOutput(file: PhotoFile): void {
  show("camera");
  unguided = file;
  const asked = `${settings.filter.replaceAll("_", " ")} hides ${nameOf(file)} in what your own filter made of it, of the same size. Whoever has the file and this filter sees the photo as it was.`;
  notify(asked, { label: "Choose that picture", do: () => choose("output") });
}

async function restoreFile(file: PhotoFile): Promise<void> {
  await work("Restoring", file, async (progress) => {
    const held = await filterWorker.ask("held", { file });
    if (held) return showResult({ label: "Filtered", file }, { label: "Restored", made: held }, file);
    const found = await filterWorker.ask("arrival", { file, known: [...bundles.values()] });
    if (found.origin === "not ours") throw new UnfilterError(refusalOf(nameOf(file), found));
    if (found.origin === "cannot tell") return refuse(file, found);
    await restoreBy(found.restoration!, file, found, progress);
    if (found.origin === "shared" && keeps(found)) {
      const anyway = () => void work("Restoring", file, (progress) => restoreBy(found.restoration!, file, found, progress, true));
      notify("The file itself is likely to be nearer to the photo than what would be restored, so it is kept.", { label: "Restore it anyway", do: anyway });
    }
  });
}

/** Restores by the filter of a restoration id, which is opened first where it is not. */
async function restoreBy(restoration: string, file: PhotoFile, found: Recognition, progress: (done: number) => void, force = false): Promise<void> {
  const bundle = [...bundles].find(([, each]) => each.restoration === restoration)![0];
  if (opened?.manifest.restoration !== restoration) await openFilter({ ...settings, filter: bundle });
  const made = await filterWorker.ask("restore", { file, recognition: found, force }, { progress });
  const kept = found.origin === "shared" && keeps(found) && !force;
  await showResult({ label: "Filtered", file }, { label: kept ? "Kept" : "Restored", made }, file, said(found));
}

/** Says that the pixels of a file do not tell which filter made it, if any, and offers to choose one. */
function refuse(file: PhotoFile, found: Recognition): void {
  show("camera");
  const chosen = found.candidates.map((name) => [...bundles.values()].find(({ filter }) => filter === name)!);
  const choices = chosen.map(({ filter, restoration }) => ({
    label: `Restore with ${filter.replaceAll("_", " ")}`,
    do: () => void work("Restoring", file, (progress) => restoreBy(restoration, file, found, progress, true)),
  }));
  notify(refusalOf(nameOf(file), found), { label: "Filter it instead", do: () => void filterPhoto(file) }, choices);
}

function nameOf(file: PhotoFile): string {
  return file.name ?? "The photo";
}

function begin(label: string): void {
  hideNotice();
  progress.removeAttribute("value");
  element("working-label", HTMLElement).textContent = label;
  show("working");
}

/** Runs `task` under a progress bar; whatever goes wrong is said, and the camera is back. */
async function work(label: string, file: PhotoFile, task: (progress: (done: number) => void) => Promise<void>): Promise<void> {
  begin(`${label} ${file.name ?? "the photo"} …`);
  try {
    await task((done) => (progress.value = done));
  } catch (error) {
    show("camera");
    report(error);
  }
}

async function showResult(before: { label: string; file: Blob }, after: { label: string; made: Made }, source: PhotoFile, verdict = ""): Promise<void> {
  const { file, seconds, how } = after.made;
  await compare.show(before, { label: after.label, file });
  const { naturalWidth: width, naturalHeight: height } = element("after", HTMLImageElement);
  const speed = ((width * height) / 1e6 / seconds).toFixed(2);
  const { runtime, backend, manifest } = opened!;
  const by = after.made.filterless ? "" : ` with ${manifest.filter}`;
  const on = after.made.filterless ? "" : ` on ${RUNTIME_LABELS[runtime]}, ${BACKEND_LABELS[backend]}`;
  const said = how ? ` · ${how}` : "";
  element("caption", HTMLElement).textContent =
    `${after.label}${by} · ${width} × ${height} · ${seconds.toFixed(1)} s, ${speed} megapixels a second${on}${said}`;
  element("verdict", HTMLElement).textContent = verdict && `${verdict[0]!.toUpperCase()}${verdict.slice(1)}.`;
  const jpeg = file.type === "image/jpeg";
  const link = element("save", HTMLAnchorElement);
  URL.revokeObjectURL(link.href);
  link.href = URL.createObjectURL(file);
  const name = `${(source.name ?? "photo").replace(/(\.filtered|\.restored)?\.\w+$/, "")}.${after.label.toLowerCase()}.${jpeg ? "jpg" : "png"}`;
  link.download = name;
  filtered = after.label === "Filtered" ? new File([file], name, { type: file.type }) : undefined;
  button("restore-result").hidden = !filtered;
  link.textContent = `Save ${jpeg ? "JPEG" : "PNG"} · ${sizeOf(file)}`;
  link.setAttribute("aria-label", `Save the ${after.label.toLowerCase()} photo as ${jpeg ? "JPEG" : "PNG"}, ${sizeOf(file)}`);
  show("result");
}

function sizeOf({ size }: Blob): string {
  return size < 1e6 ? `${Math.ceil(size / 1e3)}\u00a0kB` : `${(size / 1e6).toFixed(1)}\u00a0MB`;
}

function report(error: unknown): void {
  if (!(error instanceof UnfilterError)) console.error(error);
  notify(error instanceof UnfilterError ? error.message : `Something failed (${String(error)}).`);
}

function wire(): void {
  button("shutter").addEventListener("click", () => void capture());
  button("back").addEventListener("click", () => show("camera"));
  button("restore-result").addEventListener("click", () => filtered && void restoreFile(filtered));
  button("start-camera").addEventListener("click", () => void openCamera("environment"));
  button("live-button").addEventListener("click", () => setLive(!liveWanted));
  button("switch-button").addEventListener("click", () => void openCamera(camera?.facing === "user" ? "environment" : "user"));
  const guided = (output: File) => void (unguided && filterPhoto(unguided, output));
  takeFiles({ picked: (file) => void filterPhoto(file), guided, dropped: restoreFile, busy: () => !opened || screen === "working" });
  addEventListener("keydown", (event) => {
    if (event.target !== document.body || event.repeat) return;
    if (event.key === " " && screen === "camera") void capture();
    if (event.key === "Escape" && screen === "result") show("camera");
  });
}

keepOffline()
  .catch((error: unknown) => console.warn("No service worker, so this needs a network:", error))
  .then(start)
  .catch(report);
