// The binary frames that both languages agree on: read, and those of a client written again byte for byte.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { decode, encode, withData } from "../src/codec.js";
import { binaryData, readBinary } from "../src/exact/binary.js";
import { packData } from "../src/exact/values.js";

interface GoldenFrame {
  name: string;
  direction: "client" | "server";
  /** What stands in front of the attachments. */
  json: string;
  /** The data; an exact value is an object with a word for it as its only key. */
  data: unknown;
  /** All of it, in hexadecimal. */
  message: string;
}

const file = new URL("../../tests/golden/binary/frames.json", import.meta.url);
const frames = JSON.parse(readFileSync(file, "utf8")) as GoldenFrame[];

/** The values that the words stand for. */
function meant(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(meant);
  if (typeof data !== "object" || data === null) return data;
  const { bytes, integer, date } = data as { bytes?: string; integer?: string; date?: string };
  if (bytes !== undefined) return Uint8Array.from(Buffer.from(bytes, "hex"));
  if (integer !== undefined) return BigInt(integer);
  if (date !== undefined) return new Date(date);
  return Object.fromEntries(Object.entries(data).map(([key, value]) => [key, meant(value)]));
}

it.each(frames)("$direction: $name is_read", ({ json, data, message }) => {
  const frame = readBinary(Uint8Array.from(Buffer.from(message, "hex")).buffer, decode);
  expect(frame.data).toEqual(meant(data));
  expect({ ...frame, data: null }).toEqual({ ...(JSON.parse(json) as object), data: null });
});

const ours = frames.filter(({ direction }) => direction === "client");
it.each(ours)("$name is_written", ({ json, data, message }) => {
  const { data: _data, bin: _bin, ...head } = JSON.parse(json) as Record<string, unknown>;
  const packed = packData(meant(data));
  if (!packed) throw new Error("it has an exact value");
  const written = withData(encode(head), binaryData(packed)).valueOf();
  expect(Buffer.from(written as Uint8Array).toString("hex")).toBe(message);
});
