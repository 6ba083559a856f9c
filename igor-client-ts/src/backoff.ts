// How long to wait before coming back: a pure function of what happened.

import { backoffBaseMs, backoffCapMs, longestTimerMs } from "./defaults.js";

/**
 * The wait before the next attempt, in milliseconds: anywhere below a ceiling that doubles with every failure.
 *
 * The full width of jitter, because all clients of a restarted server lose it in the same moment. The server's
 * own `retryAfterMs` is added, never undercut.
 */
export function backoffMs(failures: number, retryAfterMs: number, random: number): number {
  const ceiling = Math.min(backoffCapMs, backoffBaseMs * 2 ** failures);
  return Math.min(retryAfterMs + random * ceiling, longestTimerMs);
}
