/** One way to drive every browser: open an address, run a function in the page. */

import puppeteer, { type Browser as Puppet, type Page } from "puppeteer-core";

import { program } from "./paths";

export interface Browser {
  open(url: string): Promise<void>;
  /** Runs a function in the page with an argument that JSON can carry, and waits for what it promises. */
  run<Given, Answer>(script: (given: Given) => Answer | Promise<Answer>, given: Given): Promise<Answer>;
  close(): Promise<void>;
}

/** What tells a browser how to start; `missing` says why it cannot be tested here. */
export interface Kind {
  name: string;
  missing: string | false;
  start(): Promise<Browser>;
}

export const CHROMIUM = process.env.CHROMIUM ?? program("chromium", "chromium-browser", "google-chrome");
const FIREFOX = program("firefox-esr", "firefox");

/** Nothing but the app: no updates, no accounts; WebGPU on the processor, which needs no graphics hardware. */
export const CHROMIUM_ARGUMENTS = [
  "--no-sandbox --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync",
  "--enable-unsafe-webgpu --use-webgpu-adapter=swiftshader",
].flatMap((line) => line.split(" "));

export const chromium: Kind = {
  name: "Chromium",
  missing: CHROMIUM ? false : "Chromium is not installed",
  start: async () => puppet(await puppeteer.launch({ executablePath: CHROMIUM!, args: CHROMIUM_ARGUMENTS, protocolTimeout: 600_000 })),
};

export const firefox: Kind = {
  name: "Firefox",
  missing: FIREFOX ? false : "Firefox is not installed (Debian: firefox-esr)",
  start: async () => puppet(await puppeteer.launch({ browser: "firefox", executablePath: FIREFOX!, protocolTimeout: 600_000 })),
};

async function puppet(browser: Puppet): Promise<Browser> {
  const page = await browser.newPage();
  await page.setViewport({ width: 900, height: 700 });
  return driving(page, () => browser.close());
}

/** A page of Chromium or Firefox. */
export function driving(page: Page, close: () => Promise<void> = () => page.close()): Browser {
  return {
    async open(url) {
      await page.goto(url);
    },
    run: (script, given) => page.evaluate(runnable(script, given)) as Promise<never>,
    close,
  };
}

/** A function with its argument as an expression. The tests' compiler names functions by `__name`, which pages do not have. */
export function runnable<Given>(script: (given: Given) => unknown, given: Given): string {
  return `(() => { const __name = (named) => named; return (${script.toString()})(${JSON.stringify(given)}); })()`;
}
