/** The page's side of the worker: one filter, every call in a queue of its own there. */

import { type Progress, UnfilterError } from "../unfilter";
import type { Answer, Requests } from "./messages";

interface Waiting {
  resolve(answer: unknown): void;
  reject(error: Error): void;
  progress: Progress | undefined;
}

export class FilterWorker {
  private readonly worker = new Worker(new URL("./worker.ts", import.meta.url));
  private readonly waiting = new Map<number, Waiting>();
  private last = 0;

  constructor() {
    this.worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.receive(data));
    this.worker.addEventListener("error", ({ message }) => {
      for (const { reject } of this.waiting.values()) reject(new UnfilterError(`The filter stopped (${message}); reload the page.`));
      this.waiting.clear();
    });
  }

  /** Asks the worker for one thing; an UnfilterError says in one line why it was refused. */
  ask<Name extends keyof Requests>(
    method: Name,
    given: Requests[Name]["given"],
    { progress, transfer = [] }: { progress?: Progress; transfer?: Transferable[] } = {},
  ): Promise<Requests[Name]["answer"]> {
    const id = ++this.last;
    this.worker.postMessage({ id, method, given }, transfer);
    return new Promise((resolve, reject) => {
      this.waiting.set(id, { resolve: (answer) => resolve(answer as Requests[Name]["answer"]), reject, progress });
    });
  }

  /** Ends the worker and frees what it holds; nothing can be asked any more. */
  close(): void {
    this.worker.terminate();
  }

  private receive(answer: Answer): void {
    const waiting = this.waiting.get(answer.id);
    if (!waiting) return;
    if ("done" in answer) {
      waiting.progress?.(answer.done);
      return;
    }
    this.waiting.delete(answer.id);
    if ("error" in answer) waiting.reject(new UnfilterError(answer.error, answer.refusal));
    else waiting.resolve(answer.answer);
  }
}
