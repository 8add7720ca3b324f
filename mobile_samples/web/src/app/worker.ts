/** The worker: holds one filter, and does what the page asks, one request after the other. */

import { Bundle, Filter, inspect, type Pixels, UnfilterError } from "../unfilter";
import type { Answer, Opened, Request, Requests } from "./messages";

let filter: Filter | undefined;

function opened(): Filter {
  if (!filter) throw new UnfilterError("No filter is open yet.");
  return filter;
}

const methods: { [Name in keyof Requests]: (given: Requests[Name]["given"], id: number) => Promise<Requests[Name]["answer"]> } = {
  async open({ bundle, choice }): Promise<Opened> {
    filter = undefined;
    filter = await Filter.open(await Bundle.open(bundle), choice);
    return { manifest: filter.manifest, runtime: filter.runtime, backend: filter.backend };
  },
  async preview({ frame, parameters }) {
    const seconds = clock();
    const pixels = await opened().apply(rgbOf(frame), parameters);
    putRgb(pixels, frame);
    return { frame, seconds: seconds() };
  },
  apply: ({ file, parameters, saving }, id) => timed((progress) => opened().applyFile(file, parameters, saving, progress), id),
  restore: ({ file }, id) => timed((progress) => opened().restoreFile(file, progress), id),
  inspect: async ({ file, known }) => (await inspect(file, known)).tag,
};

let queue = Promise.resolve();
addEventListener("message", ({ data }: MessageEvent<Request>) => {
  queue = queue.then(() => serve(data));
});

async function serve({ id, method, given }: Request): Promise<void> {
  try {
    send({ id, answer: await (methods[method] as (given: unknown, id: number) => Promise<unknown>)(given, id) });
  } catch (error) {
    const known = error instanceof UnfilterError;
    if (!known) console.error(error);
    send({ id, error: known ? error.message : `This device could not do it (${String(error)}).`, refusal: known ? error.refusal : undefined });
  }
}

function send(answer: Answer): void {
  postMessage(answer);
}

/** Runs a whole file, with progress, and says how long it took. */
async function timed(run: (progress: (done: number) => void) => Promise<Blob>, id: number) {
  const seconds = clock();
  const file = await run((done) => send({ id, done }));
  return { file, seconds: seconds() };
}

function clock(): () => number {
  const start = performance.now();
  return () => (performance.now() - start) / 1000;
}

function rgbOf({ width, height, data }: ImageData): Pixels {
  const rgb = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; from < data.length; from += 4, to += 3) {
    for (let channel = 0; channel < 3; channel++) rgb[to + channel] = data[from + channel]!;
  }
  return { width, height, data: rgb };
}

function putRgb({ data: rgb }: Pixels, { data }: ImageData): void {
  for (let from = 0, to = 0; from < rgb.length; from += 3, to += 4) {
    for (let channel = 0; channel < 3; channel++) data[to + channel] = rgb[from + channel]!;
  }
}
