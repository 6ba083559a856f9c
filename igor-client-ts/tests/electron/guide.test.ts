// The guide to a first app: what it says to write is what compiles.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, beforeEach, expect, test } from "vitest";

const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const guide = readFileSync(path("../../../docs/electron.md"), "utf8");

/** In the place of what the build step writes. */
const client = `
  export const contract = { hash: "…" };
  export const connect = () => ({ hello: async (name: string) => name });`;

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "igor-guide-"));
  symlinkSync(path("../../node_modules"), join(directory, "node_modules"), "junction");
});

afterEach(() => rmSync(directory, { recursive: true }));

/** The file that the guide tells to write under this name. */
function told(name: string): string {
  const text = guide.split("```").find((block) => block.split("\n")[1]?.includes(` app/src/${name}`));
  expect(text, name).toBeDefined();
  return text?.slice(text.indexOf("\n") + 1) ?? "";
}

test("both halves of the app fit the library and Electron", { timeout: 60_000 }, async () => {
  for (const name of ["main.ts", "page.ts"]) writeFileSync(join(directory, name), told(name));
  writeFileSync(join(directory, "igor-client.ts"), client);
  const library = path("../../src/electron/index.ts");
  const compilerOptions = {
    target: "ES2022",
    module: "ESNext",
    moduleResolution: "Bundler",
    lib: ["ES2022", "DOM"],
    types: ["node"],
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { "igor-client-ts/electron": [library] },
  };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["main.ts", "page.ts"] }));
  const tsc = path("../../node_modules/typescript/bin/tsc");
  expect(execFileSync(process.execPath, [tsc, "--project", directory], { encoding: "utf8" })).toBe("");
  const alias = { "igor-client-ts/electron": library };
  const entryPoints = [join(directory, "main.ts"), join(directory, "page.ts")];
  const common = { bundle: true, format: "esm", target: "es2022", write: false } as const;
  // Rejects where something is missing.
  await build({ ...common, entryPoints, alias, outdir: directory, platform: "node", external: ["electron"] });
});
