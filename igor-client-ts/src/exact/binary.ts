// Binary frames: the length of the JSON, the JSON, and the bytes that it speaks of.

import type { Packed } from "../codec.js";
import { IgorError } from "../error.js";
import type { WireFrame } from "../protocol.js";
import { unpackData } from "./values.js";
import type { PackedData } from "./values.js";

/** The bytes that say how long the JSON is. */
const prefixBytes = 4;

/** A frame, or at first its data, with attachments. */
export class BinaryFrame implements Packed {
  readonly length: number;
  readonly #json: Uint8Array;
  readonly #text: string;
  readonly #attachments: readonly Uint8Array[];

  constructor(text: string, attachments: readonly Uint8Array[]) {
    this.#text = text;
    this.#json = new TextEncoder().encode(text);
    this.#attachments = attachments;
    this.length = attachments.reduce((sum, { length }) => sum + length, prefixBytes + this.#json.length);
  }

  map(change: (text: string) => string): BinaryFrame {
    return new BinaryFrame(change(this.#text), this.#attachments);
  }

  valueOf(): Uint8Array<ArrayBuffer> {
    const message = new Uint8Array(this.length);
    new DataView(message.buffer).setUint32(0, this.#json.length, true);
    let at = prefixBytes;
    for (const part of [this.#json, ...this.#attachments]) {
      message.set(part, at);
      at += part.length;
    }
    return message;
  }
}

/** Data as it stands in a binary frame; the lengths of its attachments stand behind it. */
export function binaryData({ text, attachments }: PackedData): BinaryFrame {
  const bin = attachments.map(({ length }) => length);
  return new BinaryFrame(bin.length > 0 ? `${text},"bin":[${bin.join()}]` : text, attachments);
}

/** Reads a binary frame, its JSON as `decode` reads a text frame. Throws `bad_frame` for whatever is none. */
export function readBinary(message: ArrayBuffer, decode: (text: string) => WireFrame): WireFrame {
  const bytes = new Uint8Array(message);
  const jsonBytes = bytes.length < prefixBytes ? Infinity : new DataView(message).getUint32(0, true);
  if (prefixBytes + jsonBytes > bytes.length) throw wrong("is shorter than its JSON");
  let at = prefixBytes + jsonBytes;
  const frame: WireFrame & { bin?: unknown } = decode(decoded(bytes.subarray(prefixBytes, at)));
  const { bin = [] } = frame;
  if (!Array.isArray(bin)) throw wrong("has a wrong `bin`");
  // Not copies: what a gigabyte was received for is not to take two.
  const attachments = bin.map((length: unknown) => {
    if (!Number.isInteger(length) || !((length as number) >= 0)) throw wrong("has a wrong `bin`");
    return bytes.subarray(at, (at += length as number));
  });
  if (at !== bytes.length) throw wrong("does not end with its attachments");
  frame.data = unpackData(frame.data, attachments);
  return frame;
}

function decoded(utf8: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(utf8);
  } catch {
    throw wrong("is not UTF-8");
  }
}

function wrong(what: string): IgorError {
  return new IgorError("bad_frame", `a binary frame of the server ${what}`);
}
