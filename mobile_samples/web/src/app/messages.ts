/** What the page asks of the worker, and what comes back. */

import type { Backend, Choice, Manifest, Parameters, PhotoFile, Recognition, Refusal, RuntimeName, Saving } from "../unfilter";

/** What runs a filter. */
export interface Opened {
  manifest: Manifest;
  runtime: RuntimeName;
  backend: Backend;
}

/** A file that was made, and how long it took with reading and writing. */
export interface Made {
  file: Blob;
  seconds: number;
  /** By what it was restored, where there is something to say. */
  how?: string | null;
  /** Whether no filter was needed, since the file holds its photo, or was kept as it is. */
  filterless?: boolean;
}

export interface Requests {
  open: { given: { bundle: string; choice: Choice }; answer: Opened };
  preview: { given: { frame: ImageData; parameters: Parameters }; answer: { frame: ImageData; seconds: number } };
  apply: { given: { file: PhotoFile; parameters: Parameters; saving: Saving; output?: PhotoFile | undefined }; answer: Made };
  restore: { given: { file: PhotoFile; recognition: Recognition; force: boolean }; answer: Made };
  /** The photo that a file holds whole, for which no filter is needed; null where it holds none. */
  held: { given: { file: PhotoFile }; answer: Made | null };
  /** What a file is to the filters here. */
  arrival: { given: { file: PhotoFile; known: Manifest[] }; answer: Recognition };
}

export interface Request {
  id: number;
  method: keyof Requests;
  given: unknown;
}

export type Answer = { id: number; answer: unknown } | { id: number; done: number } | { id: number; error: string; refusal: Refusal | undefined };
