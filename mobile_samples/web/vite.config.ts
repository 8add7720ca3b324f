import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { build, defaultClientConditions, defineConfig, type Plugin } from "vite";

/** Threads in WebAssembly need a page that is isolated from other origins; whatever serves `dist` must send these too. */
const headers = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** Files of `public/` that the service worker keeps on installing. */
const SHELL = ["manifest.webmanifest", "icon.svg", "icon-192.png", "icon-512.png"];

/** Builds the service worker: it lists what the app is made of, and is another one whenever anything that is served changes. */
function serviceWorker(): Plugin {
  return {
    name: "service-worker",
    apply: "build",
    async writeBundle({ dir }, output) {
      const files = ["./", ...Object.keys(output), ...SHELL];
      const digest = createHash("sha256");
      for (const entry of readdirSync(dir!, { recursive: true, withFileTypes: true })) {
        if (entry.isFile()) digest.update(readFileSync(join(entry.parentPath, entry.name)));
      }
      await build({
        configFile: false,
        publicDir: false,
        logLevel: "warn",
        define: { __FILES__: JSON.stringify(files), __VERSION__: JSON.stringify(digest.digest("hex").slice(0, 12)) },
        build: {
          outDir: dir!,
          emptyOutDir: false,
          rolldownOptions: { input: "src/offline/sw.ts", output: { entryFileNames: "sw.js" } },
        },
      });
    },
  };
}

export default defineConfig({
  base: "./",
  // ONNX Runtime's own loader, from `runtimes/onnx`: its threads run that file.
  resolve: { conditions: ["onnxruntime-web-use-extern-wasm", ...defaultClientConditions] },
  // LiteRT.js loads its script by importScripts, which workers that are modules do not have.
  worker: { format: "iife" },
  build: { target: "es2022", chunkSizeWarningLimit: 1000 },
  preview: { headers, port: 4173 },
  plugins: [serviceWorker()],
});
