// How long to wait before coming back: a pure function of what happened.

import { backoffBaseMs, longestTimerMs } from "./defaults.js";

/**
 * The wait before the next attempt, in milliseconds: anywhere below a ceiling that doubles with every failure, so
 * many times at most.
 *
 * The full width of jitter, because all clients of a restarted server lose it in the same moment. The server's
 * own `retryAfterMs` is added, never undercut.
 */
export function backoffMs(failures: number, doublings: number, retryAfterMs: number, random: number): number {
  return Math.min(retryAfterMs + random * backoffBaseMs * 2 ** Math.min(failures, doublings), longestTimerMs);
}
