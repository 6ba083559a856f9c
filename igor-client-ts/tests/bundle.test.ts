// What is generated from the sources: the bundle is fresh, and small enough.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { bundle } from "../scripts/bundle.mjs";
import { budgetBytes, size } from "../scripts/size.mjs";

const committed = (file: string): string =>
  readFileSync(new URL(`../../igor/src/emit/${file}`, import.meta.url), "utf8");

it("is the one that the generator has", { timeout: 60_000 }, () => {
  for (const [file, text] of Object.entries(bundle()))
    expect(committed(file), `${file}: run \`npm run bundle\``).toBe(text);
});

it("exports the public names and imports nothing", () => {
  const exported = committed("runtime.ts").match(/^export .*/gm);
  expect(exported).toEqual([
    "export { IgorError, open };",
    "export type { Call, Caller, CallOptions, Client, ListenOptions, Status, EventStream, ConnectOptions, Code, Contract, Result, Stream };",
  ]);
  expect(committed("runtime.js").match(/^(import|export) .*/gm)).toEqual(["export { IgorError, open };"]);
  expect(committed("runtime.ts")).not.toMatch(/^import /m);
});

it("fits its budget minified and gzipped", { timeout: 60_000 }, async () => {
  expect((await size()).gzippedBytes).toBeLessThanOrEqual(budgetBytes);
});
