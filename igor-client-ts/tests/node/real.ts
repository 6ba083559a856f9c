// The Rust program that the tests here speak to: built with the tests of the workspace.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Call } from "../../src/index.js";
import { open } from "../../src/index.js";
import type { Module } from "../../src/core.js";
import type { WebSocketClass } from "../../src/host.js";
import { ProgramProcess } from "../../src/node/process.js";

const target = process.env["CARGO_TARGET_DIR"] ?? fileURLToPath(new URL("../../../target", import.meta.url));

/** The path of the program. */
export const program = `${target}/debug/bound-program${process.platform === "win32" ? ".exe" : ""}`;

if (!existsSync(program))
  throw new Error(`\`${program}\` is not there: build it by \`cargo build -p igor-tests --bin bound-program\``);

/** Its contract, as it says itself. */
export const contract = { hash: await hashOf(program), names: {} };

async function hashOf(command: string): Promise<string> {
  const launch = {
    command,
    args: ["--igor-sidecar"],
    cwd: undefined,
    env: undefined,
    instructions: { token: "a-token-for-nothing-else" },
    readyMs: 60_000,
    onLog: () => {},
  };
  const started = new ProgramProcess(launch);
  const { contract: hash } = await started.ready(launch);
  await started.kill();
  return hash;
}

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
