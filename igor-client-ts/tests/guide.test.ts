// The TypeScript of the guide and the READMEs: each example is a program that can be read.

import { readFileSync, readdirSync } from "node:fs";
import { transform } from "esbuild";
import { expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const folder = readdirSync(new URL("docs/", root)).filter((name) => name.endsWith(".md"));
const pages = ["README.md", "igor-client-ts/README.md", ...folder.map((name) => `docs/${name}`)];

/** The examples of a page, by the line of their first. */
const examples = pages.flatMap((page) => {
  const text = readFileSync(new URL(page, root), "utf8");
  return [...text.matchAll(/^```(ts|js)\n([^]*?)^```$/gm)].map(({ 1: loader, 2: code = "", index }) => ({
    place: `${page}:${text.slice(0, index).split("\n").length + 1}`,
    loader: loader as "ts" | "js",
    code,
  }));
});

it("finds examples", () => expect(examples.length).toBeGreaterThan(20));

it.each(examples)("reads the example at $place", async ({ loader, code }) => {
  const { warnings } = await transform(code, { loader, format: "esm", target: "es2022" });
  expect(warnings).toEqual([]);
});
