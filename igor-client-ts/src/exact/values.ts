// Values that JSON has no word for, as the wire has them in binary frames: bytes, exact integers and dates.

import { isExact } from "../codec.js";
import { IgorError, textOf } from "../error.js";

/** Data with its bytes taken out of it. */
export interface PackedData {
  /** The JSON of the data. */
  readonly text: string;
  /** Copies of the bytes in it, in their order. */
  readonly attachments: readonly Uint8Array[];
}

/**
 * Packs the data of a frame; nothing where it is plain JSON. Throws `unsendable` for what neither form can hold.
 *
 * What is packed is what JSON would make of the data, so `undefined` in an object is left out and in an array `null`.
 */
export function packData(data: unknown): PackedData | undefined {
  const attachments: Uint8Array[] = [];
  let isPlain = true;
  const mark = (sign: string, value: unknown): unknown => {
    isPlain = false;
    return { [sign]: value };
  };
  const pack = (value: unknown, path: string): unknown => {
    if (typeof value === "bigint") return mark("$big", String(value));
    if (typeof value === "number" && !isExact(value)) throw unsendable(path, String(value));
    if (typeof value !== "object" || value === null) return value;
    if (value instanceof Uint8Array) return mark("$bin", attachments.push(value.slice()) - 1);
    if (value instanceof Date) {
      if (Number.isNaN(value.getTime())) throw unsendable(path, "no date");
      return mark("$date", value.toISOString());
    }
    if (Array.isArray(value)) return value.map((item, index) => pack(item, `${path}[${index}]`));
    const { toJSON } = value as { toJSON?: unknown };
    if (typeof toJSON === "function") return pack(toJSON.call(value), path);
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [
        key.startsWith("$") ? `$${key}` : key,
        pack(inner, path ? `${path}.${key}` : key),
      ]),
    );
  };
  try {
    const text = JSON.stringify(pack(data, ""));
    return isPlain ? undefined : { text, attachments };
  } catch (error) {
    if (error instanceof IgorError) throw error;
    // A circle is deeper than the stack, and a `toJSON` may have thrown.
    throw new IgorError("unsendable", textOf(error));
  }
}

/** Puts bytes, integers and dates back into parsed JSON, in its place. Throws `bad_frame` for signs that mean nothing. */
export function unpackData(packed: unknown, attachments: readonly Uint8Array[]): unknown {
  const left = new Map(attachments.entries());
  const read: Readonly<Record<string, (value: unknown) => unknown>> = {
    $big: (value) => (/^-?\d{1,39}$/.test(String(value)) ? BigInt(String(value)) : undefined),
    $date: (value) => {
      const date = new Date(String(value));
      return Number.isNaN(date.getTime()) ? undefined : date;
    },
    $bin: (value) => {
      const bytes = left.get(value as number);
      left.delete(value as number);
      return bytes;
    },
  };
  const unpack = (value: unknown): unknown => {
    if (typeof value !== "object" || value === null) return value;
    const fields = value as Record<string, unknown>;
    for (const key of Object.keys(fields)) {
      const inner = fields[key];
      if (!key.startsWith("$")) {
        fields[key] = unpack(inner);
      } else if (key.startsWith("$$")) {
        delete fields[key];
        fields[key.slice(1)] = unpack(inner);
      } else {
        const meant = read[key]?.(inner);
        if (meant === undefined || Object.keys(fields).length > 1)
          throw new IgorError("bad_frame", `a binary frame of the server has a wrong \`${key}\``);
        return meant;
      }
    }
    return value;
  };
  try {
    return unpack(packed);
  } catch (error) {
    if (error instanceof IgorError) throw error;
    throw new IgorError("bad_frame", "a binary frame of the server is nested too deep"); // It was deeper than the stack.
  }
}

function unsendable(path: string, what: string): IgorError {
  return new IgorError("unsendable", `\`${path || "data"}\` is ${what}`);
}
