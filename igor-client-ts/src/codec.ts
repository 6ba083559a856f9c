// Frames to text and back. Of binary frames this knows only that a module may write and read them.

import { IgorError, textOf } from "./error.js";
import type { WireFrame } from "./protocol.js";
import { checkField, checkObject } from "./shape.js";

const ofServer = "a frame of the server";

/** Data or a frame as it is written: text, or what a module makes of it. */
export type Written = string | Packed;

/** What is written as more than text. */
export interface Packed {
  /** The bytes of the whole message, so far. */
  readonly length: number;
  /** The same with another text. */
  map(change: (text: string) => string): Packed;
  /** The message; that of a text is the text itself. */
  valueOf(): Uint8Array<ArrayBuffer>;
}

/** How data is written and messages are read; a module may stand in the place of either. */
export interface Codec {
  /** Writes the data of a frame that belongs to this action; `undefined` for none. Throws `unsendable`. */
  write: (data: unknown, action: string) => Written | undefined;
  /** Reads a message. Throws `bad_frame` for whatever is no frame. */
  read: (message: unknown) => WireFrame;
}

/** Writes a frame. Its fields stay in their order, so whoever makes one names them in that of the protocol. */
export const encode: (frame: WireFrame) => string = JSON.stringify;

/** Puts its number and the latest ack before a written frame, which is otherwise the same bytes each time it is sent. */
export function withNumbers(frame: Written, n: number, ack: number): Written {
  const numbers = `{"n":${n},${ack ? `"ack":${ack},` : ""}`;
  return changed(frame, (text) => numbers + text.slice(1));
}

/** Puts written data behind a frame whose fields all come before `data`. */
export function withData(text: string, data: Written | undefined): Written {
  return data === undefined ? text : changed(data, (json) => `${text.slice(0, -1)},"data":${json}}`);
}

function changed(written: Written, change: (text: string) => string): Written {
  return typeof written === "string" ? change(written) : written.map(change);
}

/**
 * Writes the data of a call, `undefined` for none.
 *
 * Throws `unsendable` for what JSON would refuse, or change without a word.
 */
export function encodeData(data: unknown): string | undefined {
  try {
    const text = JSON.stringify(data) as string | undefined;
    // NaN and the infinities become `null`, and an integer that is not exact has 16 digits: most data is not walked.
    const lost = text && /null|(^|[^\d.])\d{16}/.test(text) && findLost(data, "");
    if (lost) throw new IgorError("unsendable", lost);
    return text;
  } catch (error) {
    if (error instanceof IgorError) throw error;
    // A bigint, a circle, or a `toJSON` that threw.
    throw new IgorError("unsendable", textOf(error));
  }
}

/** Says where a number is that JSON has no word for, or that reads as an integer which it may not be. */
function findLost(value: unknown, path: string): string | undefined {
  if (typeof value === "number" && !isExact(value)) return `\`${path || "data"}\` is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const lost = findLost(inner, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

/** Whether a number arrives as it is: no larger than an exact integer, or so large that JSON does not write it as one. */
export function isExact(value: number): boolean {
  const size = Math.abs(value);
  return size < 2 ** 53 || (size >= 1e21 && size < Infinity);
}

/** Reads a frame. Throws `bad_frame` for whatever is none. */
export function decode(message: unknown): WireFrame {
  let frame: WireFrame;
  try {
    frame = JSON.parse(message as string) as WireFrame; // A binary message is not JSON either.
  } catch {
    throw new IgorError("bad_frame", `${ofServer} is not JSON`);
  }
  checkObject(frame, ofServer);
  // Only the fields that this side reads; and one by one, since to go through a table takes half as long as the JSON.
  checkField(ofServer, "number", "n", frame.n);
  checkField(ofServer, "number", "ack", frame.ack);
  if (typeof frame.streamId !== "string") checkField(ofServer, "number", "streamId", frame.streamId);
  checkField(ofServer, "string", "action", frame.action);
  checkField(ofServer, "number", "credit", frame.credit);
  checkField(ofServer, "string", "error", frame.error);
  checkField(ofServer, "number", "code", frame.code);
  checkField(ofServer, "boolean", "close", frame.close);
  checkField(ofServer, "boolean", "beat", frame.beat);
  checkField(ofServer, "number", "retryAfterMs", frame.retryAfterMs);
  return frame;
}

/** Whether this has more bytes than `limit`; those of a text are counted only where three a character would be too many. */
export function isLongerThan(written: Written, limit: number): boolean {
  const { length } = written;
  return length > limit || (length * 3 > limit && new TextEncoder().encode(written as string).length > limit);
}
