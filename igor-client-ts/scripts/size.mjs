// Measures the smallest real client, minified and gzipped, and fails when it is over its budget: `npm run size`.

import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

/** The most that the client may weigh, in bytes. */
export const budgetBytes = 8192;

/**
 * Bundles the smallest client as a page would get it.
 *
 * @returns {Promise<{ minifiedBytes: number, gzippedBytes: number }>}
 */
export async function size() {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL("../tests/fixtures/smallest.ts", import.meta.url))],
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    write: false,
  });
  const bytes = outputFiles.map(({ contents }) => contents)[0] ?? new Uint8Array();
  return { minifiedBytes: bytes.length, gzippedBytes: gzipSync(bytes, { level: 9 }).length };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { minifiedBytes, gzippedBytes } = await size();
  console.log(`${minifiedBytes} bytes minified, ${gzippedBytes} gzipped, of ${budgetBytes}`);
  if (gzippedBytes > budgetBytes) process.exitCode = 1;
}
