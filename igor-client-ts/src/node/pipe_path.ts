// A place for a pipe that nobody else can have: a private directory, or a name of Windows that cannot be guessed.

import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A path to listen on, and what to do when it is of no more use. */
export interface PipePath {
  readonly path: string;
  release(): Promise<void>;
}

/** Makes one. On Unix the path is short, because a socket's may have about a hundred characters. */
export async function makePipePath(): Promise<PipePath> {
  if (process.platform === "win32") {
    const path = `\\\\.\\pipe\\igor-${randomBytes(16).toString("hex")}`;
    return { path, release: async () => {} };
  }
  const directory = await mkdtemp(join(process.env["XDG_RUNTIME_DIR"] ?? tmpdir(), "igor-")); // Its mode is 0700.
  return { path: join(directory, "s"), release: () => rm(directory, { recursive: true, force: true }) };
}
