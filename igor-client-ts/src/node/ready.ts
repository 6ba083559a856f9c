// The one line of a program's standard output, read with care.

import { IgorError } from "../error.js";
import { subprotocol } from "../protocol.js";

/** Where a program listens. */
export interface ReadyLine {
  /** `127.0.0.1:40123`, unless it listens on a pipe. */
  readonly address?: string;
  readonly pipe?: string;
  readonly pid: number;
  /** The hash of its contract. */
  readonly contract: string;
}

/**
 * Reads a line; nothing, where it is somebody else's. Throws what the program says that it cannot do, and
 * `contract_mismatch` for one that speaks another version of the protocol.
 */
export function readReady(line: string): ReadyLine | undefined {
  let said: { igor?: unknown; refused?: unknown; pid?: unknown; contract?: unknown };
  try {
    said = JSON.parse(line) as typeof said;
  } catch {
    return undefined;
  }
  if (typeof said?.igor !== "string") return undefined;
  if (said.igor !== subprotocol)
    throw new IgorError("contract_mismatch", `the program speaks \`${said.igor}\`, this is \`${subprotocol}\``);
  if (typeof said.refused === "string") throw new IgorError("internal", said.refused);
  if (typeof said.pid !== "number" || typeof said.contract !== "string") return undefined;
  return said as ReadyLine;
}
