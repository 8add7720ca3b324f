/** The worker: holds one filter, and does what the page asks, one request after the other. */

import { arrival, Bundle, Filter, keeps, type Pixels, preloadJpegCodec, restoreHeld, UnfilterError } from "../unfilter";
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
    await preloadJpegCodec().catch(console.warn); // for a JPEG that comes when there is no network
    return { manifest: filter.manifest, runtime: filter.runtime, backend: filter.backend };
  },
  async preview({ frame, parameters }) {
    const seconds = clock();
    const pixels = await opened().apply(rgbOf(frame), parameters);
    putRgb(pixels, frame);
    return { frame, seconds: seconds() };
  },
  apply({ file, parameters, saving, output }, id) {
    return timed(async (progress) => ({ file: await opened().applyFile(file, parameters, saving, progress, output) }), id);
  },
  restore({ file, recognition, force }, id) {
    const filterless = recognition.origin === "shared" && keeps(recognition) && !force;
    return timed(async (progress) => ({ ...(await opened().restored(file, progress, { recognition, force })), filterless }), id);
  },
  async held({ file }) {
    const seconds = clock();
    const held = await restoreHeld(file);
    return held && { ...held, seconds: seconds(), filterless: true };
  },
  arrival: ({ file, known }) => arrival(file, known),
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
async function timed<Result extends { file: Blob }>(run: (progress: (done: number) => void) => Promise<Result>, id: number) {
  const seconds = clock();
  const result = await run((done) => send({ id, done }));
  return { ...result, seconds: seconds() };
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
