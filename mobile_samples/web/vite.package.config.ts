import { defineConfig } from "vite";

import described from "./package/package.json" with { type: "json" };

/** The package that an app depends on: `src/unfilter` alone, its dependencies left to the app's own bundler. */
export default defineConfig({
  publicDir: false,
  build: {
    target: "es2022",
    minify: false,
    outDir: "package/lib",
    lib: { entry: "src/unfilter/index.ts", formats: ["es"], fileName: "unfilter" },
    rolldownOptions: { external: (id) => Object.keys(described.dependencies).some((name) => id === name || id.startsWith(`${name}/`)) },
  },
});
