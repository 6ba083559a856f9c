// The guide to a first app, and the example: what the one says to write is bundled, the other compiles.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
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

const library = path("../../src/electron/index.ts");

/** What the compiler says of a file. */
function checked(file: string): string {
  const compilerOptions = {
    target: "ES2022",
    module: "ESNext",
    moduleResolution: "Bundler",
    lib: ["ES2022", "DOM"],
    types: ["node"],
    typeRoots: [path("../../node_modules/@types")],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: true,
    noEmit: true,
    paths: { "igor-client-ts/electron": [library] },
  };
  const project = { compilerOptions, files: [path("../../node_modules/electron/electron.d.ts"), file] };
  writeFileSync(join(directory, "tsconfig.json"), JSON.stringify(project));
  const tsc = path("../../node_modules/typescript/bin/tsc");
  const { stdout } = spawnSync(process.execPath, [tsc, "--project", directory], { encoding: "utf8" });
  return stdout;
}

test("both halves of the app are bundled", { timeout: 60_000 }, async () => {
  const files = ["main.ts", "page.ts"].map((name) => join(directory, name));
  files.forEach((file) => writeFileSync(file, told(basename(file))));
  writeFileSync(join(directory, "igor-client.ts"), client);
  const common = { bundle: true, format: "esm", target: "es2022", write: false } as const;
  const alias = { "igor-client-ts/electron": library };
  // Rejects where something is missing.
  await build({ ...common, entryPoints: files, alias, outdir: directory, platform: "node", external: ["electron"] });
});

test("the chat in a window fits the library and Electron", { timeout: 60_000 }, () => {
  expect(checked(path("../../../examples/chat/electron/src/main.ts"))).toBe("");
});
