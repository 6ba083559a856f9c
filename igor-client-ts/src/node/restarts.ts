// When a program that crashed is started again: pure counting.

import type { RestartOptions } from "./options.js";

/** Counts crashes, and says how long to wait after each. */
export class RestartBudget {
  readonly #options: Required<RestartOptions>;
  #crashedAtMs: number[] = [];

  constructor(options: Required<RestartOptions>) {
    this.#options = options;
  }

  /** Notes a crash; answers with the wait before the next start. Nothing: there were too many. */
  crashed(now: number): number | undefined {
    const { limit, withinMs, baseMs, capMs } = this.#options;
    this.#crashedAtMs = [...this.#crashedAtMs.filter((at) => now - at < withinMs), now];
    const count = this.#crashedAtMs.length;
    return count > limit ? undefined : Math.min(capMs, baseMs * 2 ** (count - 1));
  }

  /** Forgets the crashes: somebody wants it to be tried again. */
  forgive(): void {
    this.#crashedAtMs = [];
  }
}
