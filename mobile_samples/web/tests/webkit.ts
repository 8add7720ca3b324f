/** WebKitGTK by its WebDriver, on a virtual display (https://www.w3.org/TR/webdriver2/). */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { type Browser, type Kind, runnable } from "./browser";
import { program } from "./paths";

const PORT = 4571;
const LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/libexec"];

function miniBrowser(): string | undefined {
  const folders = LIBRARIES.filter(existsSync).flatMap((folder) => readdirSync(folder).filter((name) => /^webkit2?gtk-/.test(name)).map((name) => join(folder, name)));
  return folders.map((folder) => join(folder, "MiniBrowser")).find(existsSync);
}

export const webkit: Kind = {
  name: "WebKitGTK",
  missing: program("WebKitWebDriver") && program("xvfb-run") && miniBrowser() ? false : "WebKitGTK is not installed (Debian: webkit2gtk-driver, xvfb)",
  async start() {
    const driver = spawn("xvfb-run", ["-a", "WebKitWebDriver", `--port=${PORT}`], { stdio: "ignore", detached: true });
    try {
      return await session(driver);
    } catch (error) {
      end(driver);
      throw error;
    }
  },
};

async function session(driver: ChildProcess): Promise<Browser> {
  while ((await ask("GET", "/status").catch(() => null)) === null) await new Promise((resolve) => setTimeout(resolve, 200));
  const options = { binary: miniBrowser(), args: ["--automation"] };
  const capabilities = { alwaysMatch: { "webkitgtk:browserOptions": options, timeouts: { script: 600_000 } } };
  const { sessionId } = (await ask("POST", "/session", { capabilities })) as { sessionId: string };
  const at = `/session/${sessionId}`;
  return {
    async open(url) {
      await ask("POST", `${at}/url`, { url });
    },
    async run(script, given) {
      const wrapped = `const done = arguments[0]; Promise.resolve(${runnable(script, given)}).then((value) => done({ value }), (error) => done({ error: String(error) }));`;
      const answer = (await ask("POST", `${at}/execute/async`, { script: wrapped, args: [] })) as { value?: unknown; error?: string };
      if (answer.error) throw new Error(answer.error);
      return answer.value as never;
    },
    async close() {
      await ask("DELETE", at);
      end(driver);
    },
  };
}

/** Ends the driver with its display, which are a group of processes of their own. */
function end(driver: ChildProcess): void {
  if (driver.pid) process.kill(-driver.pid);
}

async function ask(method: string, path: string, given?: object): Promise<unknown> {
  const body = given ? { body: JSON.stringify(given) } : {};
  const response = await fetch(`http://127.0.0.1:${PORT}${path}`, { method, ...body });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebDriver ${method} ${path}: ${JSON.stringify(value).slice(0, 500)}`);
  return value;
}
