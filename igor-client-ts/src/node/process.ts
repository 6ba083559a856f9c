// One process of a program: started without a shell, told its token over standard input, ended step by step.

import { spawn } from "node:child_process";
import type { ChildProcessWithoutNullStreams } from "node:child_process";
import { createInterface } from "node:readline";

import { IgorError, textOf } from "../error.js";
import type { EndOptions } from "./options.js";
import { readReady } from "./ready.js";
import type { ReadyLine } from "./ready.js";
import { Tail } from "./tail.js";

/** What a process is started with. */
export interface Launch {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>> | undefined;
  /** What it is told in its first line. */
  readonly instructions: object;
  readonly readyMs: number;
  readonly onLog: (line: string) => void;
}

/** How a process ended. */
export interface ProcessEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process that was started. It lives no longer than this one: its standard input ends with it. */
export class ProgramProcess {
  /** Settles once, when it is gone. */
  readonly ended: Promise<ProcessEnd>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #tail = new Tail();
  readonly #name: string;

  constructor({ command, args, cwd, env, instructions, onLog }: Launch) {
    this.#name = command;
    const child = spawn(command, args, { cwd, env: env as NodeJS.ProcessEnv, stdio: "pipe", windowsHide: true });
    this.#child = child;
    this.ended = new Promise((resolve) => {
      child.once("error", (error) => {
        this.#tail.add(error.message);
        if (child.pid === undefined) resolve({ code: null, signal: null });
      });
      // Behind the last line of its log, which the error is to show.
      child.once("close", (code, signal) => resolve({ code, signal }));
    });
    child.stdin.on("error", () => {}); // It is gone; its end is told.
    child.stdin.write(`${JSON.stringify(instructions)}\n`);
    createInterface(child.stderr).on("line", (line) => {
      this.#tail.add(line);
      onLog(line);
    });
  }

  /** Waits until it says where it listens. Whatever is wrong, it is gone by then. */
  async ready({ readyMs, onLog }: Launch): Promise<ReadyLine> {
    const lines = createInterface(this.#child.stdout);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      return await new Promise((resolve, reject) => {
        lines.on("line", (line) => {
          try {
            const ready = readReady(line);
            if (ready) resolve(ready);
            else onLog(line);
          } catch (error) {
            reject(error);
          }
        });
        void this.ended.then((end) => {
          // One that ended in peace is perhaps no server at all.
          const before = end.code === 0 ? " and did not say where it listens" : "";
          reject(this.failure(`\`${this.#name}\` ${howItEnded(end)}${before}`));
        });
        const late = (): void => reject(this.failure(`\`${this.#name}\` did not say in ${readyMs} ms where it listens`));
        timer = setTimeout(late, readyMs);
      });
    } catch (error) {
      await this.kill();
      throw error instanceof IgorError ? error : new IgorError("internal", textOf(error));
    } finally {
      clearTimeout(timer);
    }
  }

  /** An error that shows the last lines of the program's log. */
  failure(text: string): IgorError {
    return new IgorError("internal", this.#tail.under(text));
  }

  /** Ends it: asks, ends its input, terminates, kills; each step only when the one before it did not do. */
  async end({ askedMs, inputMs, terminatedMs }: Required<EndOptions>): Promise<ProcessEnd> {
    const { stdin } = this.#child;
    const steps = [
      [() => stdin.write('{"end":true}\n'), askedMs],
      [() => stdin.end(), inputMs],
      [() => this.#child.kill("SIGTERM"), terminatedMs],
    ] as const;
    for (const [step, ms] of steps) {
      step();
      if (await isWithin(this.ended, ms)) return this.ended;
    }
    return this.kill();
  }

  /** Ends it at once. */
  kill(): Promise<ProcessEnd> {
    this.#child.kill("SIGKILL");
    // What it started may hold its outputs; nobody reads them any more.
    this.#child.stdout.destroy();
    this.#child.stderr.destroy();
    return this.ended;
  }
}

/** How it ended, in words. */
export function howItEnded({ code, signal }: ProcessEnd): string {
  if (signal !== null) return `was ended by ${signal}`;
  if (code === null) return "could not be started";
  return `ended with code ${code}`;
}

/** Whether something is done in time. */
async function isWithin(done: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<false>((resolve) => (timer = setTimeout(() => resolve(false), ms)));
  const isDone = await Promise.race([done.then(() => true), late]);
  clearTimeout(timer);
  return isDone;
}
