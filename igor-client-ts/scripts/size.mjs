// Measures the smallest real client and each module, minified and gzipped: `npm run size`. The client fails when it is
// over its budget.

import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { modules } from "./floors.mjs";

/** The most that the client may weigh, in bytes. */
export const budgetBytes = 8192;

/** The client without a module. */
const smallest = 'import "../tests/fixtures/smallest.js";\n';

/**
 * Bundles the smallest client, and what else is asked for, as a page would get it.
 *
 * @param {string} [more] source text
 * @returns {Promise<{ minifiedBytes: number, gzippedBytes: number }>}
 */
export async function size(more = "") {
  const { outputFiles } = await build({
    stdin: {
      contents: smallest + more,
      loader: "ts",
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    format: "esm",
    minify: true,
    // This package says that its files do nothing when they are imported, and the smallest client does.
    ignoreAnnotations: true,
    target: "es2022",
    write: false,
  });
  const bytes = outputFiles.map(({ contents }) => contents)[0] ?? new Uint8Array();
  return { minifiedBytes: bytes.length, gzippedBytes: gzipSync(bytes, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const core = await size();
  console.log(`core: ${core.minifiedBytes} bytes minified, ${core.gzippedBytes} gzipped, of ${budgetBytes}`);
  for (const name of Object.keys(modules)) {
    const { minifiedBytes, gzippedBytes } = await size(`export * from "../src/${name}/${name}.js";`);
    const [minified, gzipped] = [minifiedBytes - core.minifiedBytes, gzippedBytes - core.gzippedBytes];
    console.log(`${name}: ${minified} bytes minified, ${gzipped} gzipped, on top`);
  }
  if (core.gzippedBytes > budgetBytes) process.exitCode = 1;
}
