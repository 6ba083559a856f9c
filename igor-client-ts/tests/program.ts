// The Rust programs that tests here speak to: built with the tests of the workspace.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Contract } from "../src/protocol.js";
import { ProgramProcess } from "../src/node/process.js";

const target = process.env["CARGO_TARGET_DIR"] ?? fileURLToPath(new URL("../../target", import.meta.url));

/** A program of the crate `igor-tests`. */
export interface TestProgram {
  readonly path: string;
  /** As it says itself. */
  readonly contract: Contract;
}

/** Looks a program up that can be bound to another. */
export async function programNamed(name: string): Promise<TestProgram> {
  const path = pathOf(name);
  return { path, contract: { hash: await hashOf(path), names: {} } };
}

/** Where a program is. */
export function pathOf(name: string): string {
  const path = `${target}/debug/${name}${process.platform === "win32" ? ".exe" : ""}`;
  if (!existsSync(path)) throw new Error(`\`${path}\` is not there: build it by \`cargo build -p igor-tests --bin ${name}\``);
  return path;
}

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
