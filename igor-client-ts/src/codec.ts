// Frames to text and back. Text frames only: a binary frame is refused.

import { IgorError, textOf } from "./error.js";
import type { WireFrame } from "./protocol.js";
import { checkFields } from "./shape.js";

const frameKinds = {
  n: "number?",
  ack: "number?",
  streamId: "number or string?",
  action: "string?",
  credit: "number?",
  deadlineMs: "number?",
  error: "string?",
  code: "number?",
  close: "boolean?",
  cancel: "boolean?",
  beat: "boolean?",
  retryAfterMs: "number?",
};

/** Writes a frame. Its fields stay in their order, so whoever makes one names them in that of the protocol. */
export function encode(frame: WireFrame): string {
  return JSON.stringify(frame);
}

/** Puts its number and the latest ack before a written frame, which is otherwise the same bytes each time it is sent. */
export function withNumbers(text: string, n: number, ack: number): string {
  return `{"n":${n},${ack ? `"ack":${ack},` : ""}${text.slice(1)}`;
}

/** Puts written data behind a frame whose fields all come before `data`. */
export function withData(text: string, data: string | undefined): string {
  return data === undefined ? text : `${text.slice(0, -1)},"data":${data}}`;
}

/**
 * Writes the data of a call, `undefined` for none.
 *
 * Throws `unsendable` for what JSON would refuse, or change without a word.
 */
export function encodeData(data: unknown): string | undefined {
  try {
    const text = JSON.stringify(data) as string | undefined;
    // NaN and the infinities become `null`. Only a text with a `null` in it can hide one, so most data is not walked.
    const lost = text?.includes("null") ? findLost(data, "") : undefined;
    if (lost !== undefined) throw new IgorError("unsendable", lost);
    return text;
  } catch (error) {
    if (error instanceof IgorError) throw error;
    // A bigint, a circle, or a `toJSON` that threw.
    throw new IgorError("unsendable", textOf(error));
  }
}

/** Says where a number is that JSON has no word for. */
function findLost(value: unknown, path: string): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return `\`${path || "data"}\` is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const lost = findLost(inner, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

/** Reads a frame. Throws `bad_frame` for whatever is none. */
export function decode(message: unknown): WireFrame {
  let frame: unknown;
  try {
    frame = JSON.parse(message as string); // A binary message is not JSON either.
  } catch {
    throw new IgorError("bad_frame", "a frame of the server is not JSON text");
  }
  checkFields(frame, frameKinds, "a frame of the server");
  return frame as WireFrame;
}

/** Whether a text has more bytes as UTF-8 than `limit`; they are counted only where three a character would be too many. */
export function isLongerThan(text: string, limit: number): boolean {
  return text.length > limit || (text.length * 3 > limit && new TextEncoder().encode(text).length > limit);
}
