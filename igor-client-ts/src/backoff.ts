// How long to wait before coming back, and whether to: pure functions of what happened.

import { defaults, longestTimerMs } from "./defaults.js";
import { closeCodes } from "./protocol.js";
import type { Code } from "./protocol.js";

/**
 * The wait before the next attempt, in milliseconds: anywhere below a ceiling that doubles with every failure.
 *
 * The full width of jitter, because all clients of a restarted server lose it in the same moment. The server's
 * own `retryAfterMs` is added, never undercut.
 */
export function backoffMs(failures: number, retryAfterMs: number, random: number): number {
  const ceiling = Math.min(defaults.backoffCapMs, defaults.backoffBaseMs * 2 ** failures);
  return Math.min(retryAfterMs + random * ceiling, longestTimerMs);
}

/** What a close code says about coming back. */
export type AfterClose =
  /** Come back with the same session. */
  | { next: "return" }
  /** Come back, but the session is over. */
  | { next: "renew" }
  /** Stay away, for this reason. */
  | { next: "stop"; code: Code; text: string };

/** What to do after a socket was closed with a code. */
export function afterClose(code: number): AfterClose {
  switch (code) {
    case closeCodes.protocolError:
    case closeCodes.tooLarge:
      return { next: "renew" };
    case closeCodes.unauthorized:
      return { next: "stop", code: "unauthorized", text: "the server does not accept the token" };
    case closeCodes.forbidden:
      return { next: "stop", code: "forbidden", text: "the server refused this client" };
    case closeCodes.superseded:
      return { next: "stop", code: "session_lost", text: "another socket took this session over" };
    default:
      return { next: "return" };
  }
}
