/** WebKitGTK by its WebDriver, on a virtual display (https://www.w3.org/TR/webdriver2/). */

import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { type AddressInfo, createServer } from "node:net";
import { join } from "node:path";

import { type Browser, type Kind, runnable } from "./browser";
import { program } from "./paths";

const LIBRARIES = ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/libexec"];

function miniBrowser(): string | undefined {
  const folders = LIBRARIES.filter(existsSync).flatMap((folder) => readdirSync(folder).filter((name) => /^webkit2?gtk-/.test(name)).map((name) => join(folder, name)));
  return folders.map((folder) => join(folder, "MiniBrowser")).find(existsSync);
}

export const webkit: Kind = {
  name: "WebKitGTK",
  missing: program("WebKitWebDriver") && program("xvfb-run") && miniBrowser() ? false : "WebKitGTK is not installed (Debian: webkit2gtk-driver, xvfb)",
  async start() {
    const port = await freePort(); // of its own, so that a driver of another run is not taken for this one
    const driver = spawn("xvfb-run", ["-a", "WebKitWebDriver", `--port=${port}`], { stdio: "ignore", detached: true });
    try {
      return await session(driver, port);
    } catch (error) {
      end(driver);
      throw error;
    }
  },
};

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function session(driver: ChildProcess, port: number): Promise<Browser> {
  const ask = (method: string, path: string, given?: object) => asked(port, method, path, given);
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

async function asked(port: number, method: string, path: string, given?: object): Promise<unknown> {
  const body = given ? { body: JSON.stringify(given) } : {};
  const response = await fetch(`http://127.0.0.1:${port}${path}`, { method, ...body });
  const { value } = (await response.json()) as { value: unknown };
  if (!response.ok) throw new Error(`WebDriver ${method} ${path}: ${JSON.stringify(value).slice(0, 500)}`);
  return value;
}
