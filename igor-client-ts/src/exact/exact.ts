// The module for exact values: `Uint8Array`, `bigint` and `Date`, in binary frames.

import type { Module } from "../core.js";
import { binaryData, readBinary } from "./binary.js";
import { packData } from "./values.js";

/** Lets the data of these actions hold exact values. What comes from the server is read wherever it holds some. */
export function exact(actions: readonly string[]): Module {
  return ({ target }) => {
    const { write, read } = target;
    target.write = (data, action) => {
      const packed = actions.includes(action) ? packData(data) : undefined;
      return packed ? binaryData(packed) : write(data, action);
    };
    target.read = (message) => (message instanceof ArrayBuffer ? readBinary(message, read) : read(message));
    return {};
  };
}
