/** The app as a user drives it: give it a file, wait for a picture or a message, read what would be saved. */

import type { Browser } from "./browser";

export interface Settings {
  filter: string;
  runtime: "onnx" | "litert";
  backend: "webgpu" | "wasm" | "";
  /** PNG, whose every level can be compared, unless it is told otherwise. */
  save?: "png" | "80" | "85" | "90";
}

export interface Outcome {
  /** The message over the picture; empty where there is none. */
  notice: string;
  /** The line below the result; empty where there is none. */
  caption: string;
  /** The file that would be saved; null where nothing came out. */
  file: Uint8Array<ArrayBuffer> | null;
}

export class App {
  constructor(
    private readonly browser: Browser,
    private readonly url: string,
  ) {}

  /** Opens the page with these settings, as if they had been chosen before, and waits for the filter. */
  async open(settings: Settings): Promise<string> {
    await this.browser.open(this.url);
    await this.browser.run((kept) => localStorage.setItem("unfilter-settings", kept), JSON.stringify({ save: "png", ...settings }));
    await this.browser.open(this.url);
    return this.ready();
  }

  /** What is active, once a filter is open. */
  async ready(): Promise<string> {
    return until(
      () => this.browser.run(() => document.querySelector("#status")!.textContent!, null),
      (status) => / · |No filter/.test(status),
    );
  }

  /** Moves the sliders of the hyper-parameters to these places, 0..1. */
  async slide(places: number[]): Promise<void> {
    await this.browser.run((places) => {
      for (const [index, slider] of document.querySelectorAll<HTMLInputElement>("#parameters input").entries()) {
        slider.value = String(places[index]);
        slider.dispatchEvent(new Event("input"));
      }
    }, places);
  }

  /** Gives a file through one of the buttons, or drops it on the page; waits for what comes of it. */
  async give(how: "pick" | "output" | "restore" | "drop", name: string, content: Uint8Array): Promise<Outcome> {
    const given = { how, name, base64: Buffer.from(content).toString("base64") };
    await this.browser.run(({ how, name, base64 }) => {
      const transfer = new DataTransfer();
      transfer.items.add(new File([Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))], name));
      if (how === "drop") {
        document.body.dispatchEvent(new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true }));
      } else {
        const input = document.querySelector<HTMLInputElement>(`#${how}-input`)!;
        input.files = transfer.files;
        input.dispatchEvent(new Event("change"));
      }
    }, given);
    return this.outcome();
  }

  /** Waits until the app is done with what it was given. */
  async outcome(): Promise<Outcome> {
    const { notice, caption } = await until(
      () =>
        this.browser.run(() => {
          const shown = (id: string) => !document.getElementById(id)!.hidden;
          return {
            working: shown("working"),
            notice: shown("notice") ? document.getElementById("notice-text")!.textContent! : "",
            caption: shown("result") ? document.getElementById("caption")!.textContent! : "",
          };
        }, null),
      ({ working, notice, caption }) => !working && (notice !== "" || caption !== ""),
    );
    return { notice, caption, file: caption ? await this.bytes("save", "href") : null };
  }

  /** The bytes behind a link or a picture of the page. */
  async bytes(id: string, attribute: "href" | "src"): Promise<Uint8Array<ArrayBuffer>> {
    const base64 = await this.browser.run(
      async ({ id, attribute }) => {
        const blob = await (await fetch(document.getElementById(id)!.getAttribute(attribute)!)).blob();
        const reader = new FileReader();
        const read = new Promise((resolve) => (reader.onload = resolve));
        reader.readAsDataURL(blob);
        await read;
        return (reader.result as string).split(",")[1]!;
      },
      { id, attribute },
    );
    return new Uint8Array(Buffer.from(base64, "base64"));
  }
}

/** Asks again until the answer is `right`; the test's own limit ends it otherwise. */
export async function until<Answer>(ask: () => Promise<Answer>, right: (answer: Answer) => boolean): Promise<Answer> {
  for (;;) {
    const answer = await ask();
    if (right(answer)) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}
