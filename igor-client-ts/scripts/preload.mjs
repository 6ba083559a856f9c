// Bundles the preload into one file of CommonJS: in a sandbox it can import nothing else.

import { build } from "esbuild";
import { fileURLToPath } from "node:url";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

await build({
  entryPoints: [path("../src/electron/preload_entry.ts")],
  outfile: path("../dist/electron/preload.cjs"),
  bundle: true,
  external: ["electron"],
  format: "cjs",
  platform: "browser",
  target: "es2022",
});
