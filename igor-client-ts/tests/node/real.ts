// The Rust program whose life the tests here watch.

import type { Call } from "../../src/index.js";
import { open } from "../../src/index.js";
import type { Module } from "../../src/core.js";
import type { WebSocketClass } from "../../src/host.js";
import { programNamed } from "../program.js";

export const { path: program, contract } = await programNamed("bound-program");

/** A client of the program, as a generated one is. */
export function connect(WebSocket?: WebSocketClass, modules: readonly Module[] = []) {
  return open<Record<never, never>, { hold(): Call<void, number, never>; finish(): Call<string, number, never> }>(
    contract,
    (call) => ({
      hold: () => call.outputs("hold", undefined, undefined),
      finish: () => call.outputs("finish", undefined, undefined),
    }),
    WebSocket && { WebSocket },
    undefined,
    modules,
  );
}
