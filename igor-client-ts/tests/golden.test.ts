// The frames that both languages agree on: read, and written again byte for byte.

import { readFileSync, readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { decode, encode } from "../src/codec.js";
import type { WireFrame } from "../src/protocol.js";

interface GoldenFrame {
  name: string;
  direction: "client" | "server";
  text: string;
  frame: WireFrame;
}

const folder = new URL("../../tests/golden/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

it("finds golden frames", () => {
  expect(files).toContain("frames.json");
});

describe.each(files)("%s", (file) => {
  const frames = JSON.parse(readFileSync(new URL(file, folder), "utf8")) as GoldenFrame[];

  it("has frames", () => {
    expect(frames.length).toBeGreaterThan(0);
  });

  it.each(frames)("$direction: $name", ({ text, frame }) => {
    expect(decode(text)).toEqual(frame);
    expect(encode(frame)).toBe(text);
  });
});
