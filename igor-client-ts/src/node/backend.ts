// A Rust program in the service of this process: running, or on its way to.

import { randomBytes } from "node:crypto";

import { Emitter } from "../emitter.js";
import { IgorError } from "../error.js";
import type { WebSocketClass } from "../host.js";
import type { BackendAddress } from "./address.js";
import * as defaults from "./options.js";
import type { Program, StartOptions } from "./options.js";
import { makePipePath } from "./pipe_path.js";
import { ProgramProcess, howItEnded } from "./process.js";
import type { Launch, ProcessEnd } from "./process.js";
import { RestartBudget } from "./restarts.js";
import { socketClass } from "./socket.js";

/** What is told when a program ended that nobody had asked to. */
export interface BackendExit extends ProcessEnd {
  /** In words, with the last lines of its log. */
  readonly why: string;
  /** The wait before it is started again; nothing where it is not, before somebody asks for it. */
  readonly restartsInMs: number | undefined;
}

/** A program that was started, and is started again when it crashes. */
export class Backend {
  /** A class of sockets that go to the program, wherever it is by then: `connect({ WebSocket: backend.WebSocket })`. */
  readonly WebSocket: WebSocketClass = socketClass(() => this.address());
  readonly #options: StartOptions;
  readonly #command: Exclude<Program, string>;
  readonly #budget: RestartBudget;
  readonly #news = new Emitter<{ exit: BackendExit }>();
  /** Where the program is, or will be; nothing while nobody needs it. */
  #current: Promise<BackendAddress> | undefined;
  /** The process that runs or is being started. */
  #process: ProgramProcess | undefined;
  #pid: number | undefined;
  /** Counts what the caller wanted: whatever was begun for an earlier wish is not gone on with. */
  #wish = 0;
  /** Where it listened last, so that pages find it there again. */
  #port = 0;
  /** Done when nothing is left of the process's pipe. */
  #released: Promise<void> | undefined;
  #isStopped = false;
  /** Ends the wait before a restart. */
  #hurry: (() => void) | undefined;

  private constructor(options: StartOptions) {
    const { program, restarts } = options;
    this.#options = options;
    this.#command = typeof program === "string" ? { command: program, args: [] } : program;
    this.#budget = new RestartBudget({ ...defaults.restarts, ...restarts });
  }

  /** Starts a program. It rejects when that fails, and tries no second time. */
  static async start(options: StartOptions): Promise<Backend> {
    const backend = new Backend(options);
    try {
      await backend.#follow(backend.#start(0));
    } catch (error) {
      await backend.stop();
      throw error;
    }
    return backend;
  }

  /** The number of its process, while it runs. */
  get pid(): number | undefined {
    return this.#pid;
  }

  /**
   * Where it is now. It waits while the program is being started, starts it when it ended because nobody used it, and
   * rejects when it cannot be started.
   */
  address(): Promise<BackendAddress> {
    if (this.#isStopped) return Promise.reject(stopped());
    return this.#follow(this.#current ?? this.#again(0));
  }

  /** Calls the handler whenever the program ends by itself. */
  onExit(handler: (exit: BackendExit) => void): () => void {
    return this.#news.on("exit", handler);
  }

  /** Ends the program, if it runs, and starts it again, however often it crashed before. */
  restart(): Promise<BackendAddress> {
    if (this.#isStopped) return Promise.reject(stopped());
    this.#budget.forgive();
    const ended = this.#end();
    const wish = this.#wish;
    return this.#follow(ended.then(() => this.#start(wish)));
  }

  /** Ends the program for good. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#end();
  }

  /** Makes this the way to the address, and answers with what it leads to, or whatever took its place meanwhile. */
  async #follow(current: Promise<BackendAddress>): Promise<BackendAddress> {
    this.#current = current;
    for (;;) {
      const followed: Promise<BackendAddress> = this.#current ?? current;
      try {
        return await followed;
      } catch (error) {
        if (this.#isStopped || this.#current === followed || this.#current === undefined) throw error;
      }
    }
  }

  /** Ends what runs or is about to. */
  async #end(): Promise<void> {
    this.#wish += 1;
    this.#hurry?.();
    // Both of the same start: by the end of the first another may have begun.
    const [ending, released] = [this.#process, this.#released];
    this.#process = this.#pid = undefined;
    await ending?.end({ ...defaults.end, ...this.#options.end });
    await released;
  }

  /** Starts it after a wait, and once more after a longer one, until it runs or was tried too often. */
  async #again(waitMs: number): Promise<BackendAddress> {
    const wish = this.#wish;
    for (let ms: number | undefined = waitMs; ; ) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, ms);
        this.#hurry = () => (clearTimeout(timer), resolve());
      });
      try {
        return await this.#start(wish);
      } catch (error) {
        ms = this.#budget.crashed(performance.now());
        if (wish !== this.#wish || ms === undefined || isForGood(error)) throw error;
      }
    }
  }

  async #start(wish: number): Promise<BackendAddress> {
    // A new one for each start: of one that was killed something may be left.
    const pipe = this.#options.transport === "pipe" ? await makePipePath() : undefined;
    if (wish !== this.#wish) {
      await pipe?.release();
      throw stopped();
    }
    const token = randomBytes(32).toString("base64url");
    const launch = this.#launch(token, pipe?.path);
    const started = new ProgramProcess(launch);
    this.#process = started;
    this.#released = started.ended.then(() => pipe?.release());
    const { address = "localhost:0", pid, contract } = await started.ready(launch);
    const ours = this.#options.contract?.hash ?? contract;
    if (ours !== contract) {
      await started.kill();
      const text = `\`${launch.command}\` has the contract \`${contract}\`, and this interface was generated for \`${ours}\`: build both from the same source`;
      throw new IgorError("contract_mismatch", text);
    }
    this.#pid = pid;
    void started.ended.then((end) => this.#left(started, end));
    const url = `ws://${address}/`;
    if (pipe) return { url, token, pipe: pipe.path };
    this.#port = Number(new URL(url).port);
    return { url, token };
  }

  /** What the program is started with, and told. */
  #launch(token: string, pipe: string | undefined): Launch {
    const { args = [], cwd, env, instances, idleMs, origins, onLog = () => {} } = this.#options;
    const { command, args: before } = this.#command;
    const waitsMs = command === "cargo" ? defaults.buildMs : defaults.readyMs;
    const port = pipe === undefined ? this.#port : undefined;
    const single = instances !== "many";
    return {
      command,
      args: [...before, ...args, "--igor-sidecar"],
      cwd,
      env,
      instructions: { token, origins, port, pipe, parent: process.pid, single, idleMs },
      readyMs: this.#options.readyMs ?? waitsMs,
      onLog,
    };
  }

  /** The program is gone. If nobody wanted that, it comes back: by itself when it crashed, else when it is asked for. */
  #left(gone: ProgramProcess, end: ProcessEnd): void {
    if (this.#process !== gone) return;
    this.#process = this.#pid = undefined;
    const failure = gone.failure(`\`${this.#command.command}\` ${howItEnded(end)}`);
    const restartsInMs = end.code === 0 ? undefined : this.#budget.crashed(performance.now());
    if (end.code === 0) this.#current = undefined;
    else this.#current = restartsInMs === undefined ? Promise.reject(failure) : this.#again(restartsInMs);
    this.#current?.catch(() => {}); // Whoever asks for the address is told.
    this.#news.emit("exit", { ...end, why: failure.message, restartsInMs });
  }
}

function stopped(): IgorError {
  return new IgorError("cancelled", "the program was stopped");
}

/** Whether trying again would fail again. */
function isForGood(error: unknown): boolean {
  return error instanceof IgorError && error.code === "contract_mismatch";
}
