// The chat as a user starts it: the real program, with files of its own that are gone afterwards.

import { spawn } from "node:child_process";
import type { ChildProcessByStdio } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

const target = process.env["CARGO_TARGET_DIR"] ?? new URL("../../target", import.meta.url).pathname;
export const binary = process.env["CHAT_BINARY"] ?? join(target, "debug", "example-chat");

const LINK_WITHIN_MS = 90_000;

export interface ChatOptions {
  /** After so many seconds of silence Igor says something; never, unless a test wants it. */
  quietSeconds?: number;
}

export class ChatServer implements AsyncDisposable {
  /** The link that the program printed when it was started last. */
  link = "";
  readonly #directory: string;
  readonly #quietSeconds: number;
  #process: ChildProcessByStdio<null, Readable, Readable> | undefined;
  #log = "";

  private constructor(directory: string, { quietSeconds = 100_000 }: ChatOptions) {
    this.#directory = directory;
    this.#quietSeconds = quietSeconds;
  }

  static async start(options: ChatOptions = {}): Promise<ChatServer> {
    const server = new ChatServer(await mkdtemp(join(tmpdir(), "igor-chat-")), options);
    await server.#start(0);
    return server;
  }

  /** Where the page is, for whoever has been let in before. */
  get origin(): string {
    return new URL(this.link).origin;
  }

  /** Where the program keeps the pictures that were shown. */
  get pictures(): string {
    return join(this.#directory, "chat.pictures");
  }

  /** What the program has logged so far. */
  get log(): string {
    return this.#log;
  }

  /** Ends the program without a word, as a crash does. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    if (!process || process.exitCode !== null) return;
    const exited = once(process, "exit");
    process.kill("SIGKILL");
    await exited;
  }

  /** Starts it again, at the same address and with the same files. */
  async restart(): Promise<void> {
    await this.#start(Number(new URL(this.link).port));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await rm(this.#directory, { recursive: true, force: true });
  }

  async #start(port: number): Promise<void> {
    const started = spawn(binary, ["--port", String(port), "--data", join(this.#directory, "chat.sqlite")], {
      env: { ...process.env, CHAT_QUIET: String(this.#quietSeconds), XDG_STATE_HOME: this.#directory },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = started;
    started.stderr.on("data", (text) => (this.#log += text));
    const lines = createInterface(started.stdout);
    const failed = Promise.race([once(started, "exit"), once(started, "error")]).then((why) => {
      throw new Error(`${binary} did not start (${why}):\n${this.#log}`);
    });
    failed.catch(() => {}); // Once it runs it may end at any time.
    const [link] = (await Promise.race([once(lines, "line", { signal: AbortSignal.timeout(LINK_WITHIN_MS) }), failed])) as [string];
    this.link = link;
  }
}
