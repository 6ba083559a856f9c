// The server's first frame, read with care: everything after it trusts what it says.

import { IgorError } from "./error.js";
import { protocolActions } from "./protocol.js";
import type { Contract, WelcomeData, WireFrame } from "./protocol.js";

/** Reads a welcome. Throws `bad_frame` for another frame, and for a welcome that lacks something. */
export function readWelcome({ action, data }: WireFrame): WelcomeData {
  if (action !== protocolActions.welcome) throw new IgorError("bad_frame", "the first frame of the server was no welcome");
  const welcome = fields(data, "");
  const limits = fields(welcome["limits"], "limits.");
  return {
    clientId: text(welcome, "clientId"),
    session: text(welcome, "session"),
    key: text(welcome, "key"),
    beatMs: positive(welcome, "beatMs"),
    limits: {
      messageBytes: positive(limits, "messageBytes"),
      openCalls: positive(limits, "openCalls"),
      credit: positive(limits, "credit"),
      ringFrames: positive(limits, "ringFrames"),
      ringBytes: positive(limits, "ringBytes"),
    },
    contract: readContract(welcome["contract"]),
  };
}

function readContract(contract: unknown): string | Contract {
  if (typeof contract === "string") return contract;
  const table = fields(contract, "contract.");
  const names = fields(table["names"], "contract.names.");
  return {
    hash: text(table, "hash"),
    names: Object.fromEntries(Object.keys(names).map((name) => [name, text(names, name)])),
  };
}

function fields(value: unknown, path: string): Record<string, unknown> {
  if (typeof value === "object" && value !== null) return value as Record<string, unknown>;
  throw new IgorError("bad_frame", `a welcome without \`${path.slice(0, -1) || "data"}\``);
}

function text(of: Record<string, unknown>, name: string): string {
  const value = of[name];
  if (typeof value === "string") return value;
  throw new IgorError("bad_frame", `a welcome whose \`${name}\` is not a string`);
}

function positive(of: Record<string, unknown>, name: string): number {
  const value = of[name];
  if (typeof value === "number" && value > 0) return value;
  throw new IgorError("bad_frame", `a welcome whose \`${name}\` is not a positive number`);
}
