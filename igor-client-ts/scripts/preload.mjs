// Bundles the preload into one file of CommonJS: in a sandbox it can import nothing else.

import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));

/** The text of the preload. */
export async function preload() {
  const { outputFiles } = await build({
    entryPoints: [path("../src/electron/preload_entry.ts")],
    bundle: true,
    external: ["electron"],
    format: "cjs",
    platform: "browser",
    target: "es2022",
    write: false,
  });
  return outputFiles[0]?.text ?? "";
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(path("../dist/electron"), { recursive: true });
  writeFileSync(path("../dist/electron/preload.cjs"), await preload());
}
