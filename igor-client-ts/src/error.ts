// The one error that Igor throws.

import { codes } from "./protocol.js";
import type { Code, WireFrame } from "./protocol.js";

/** What an error may tell besides its code and text. */
export interface ErrorDetails {
  action?: string;
  data?: unknown;
  executed?: "no" | "unknown";
  retryAfterMs?: number;
}

/**
 * The only error that Igor throws. Its message starts with the code, as in ``bad_data: `rooms[2].name` is missing``.
 *
 * ```ts
 * try {
 *   await igor.chat.say("lobby", text);
 * } catch (error) {
 *   if (error instanceof IgorError && error.code === "deadline_exceeded") …
 * }
 * ```
 */
export class IgorError extends Error {
  /** Why it failed, out of a closed set. */
  readonly code: Code;
  /** The action that was called, where the error belongs to one. */
  declare readonly action?: string;
  /** The action's own error where the code is `action_failed`; `.result()` hands it out typed. */
  declare readonly data?: unknown;
  /** For a call that got no answer: whether the server may have run it. */
  declare readonly executed?: "no" | "unknown";
  /** How long to wait before trying again, where the server said so. */
  declare readonly retryAfterMs?: number;

  constructor(code: Code, text: string, details: ErrorDetails = {}) {
    super(`${code}: ${text}`);
    this.name = "IgorError";
    this.code = code;
    Object.assign(this, details);
  }
}

/** The error that a failure frame tells; a number outside the set is `internal`. */
export function errorFromFrame(
  { error = "no reason given", code, data, retryAfterMs }: WireFrame,
  action?: string,
): IgorError {
  const name = Object.entries(codes).find(([, number]) => number === code)?.[0] as Code | undefined;
  return new IgorError(name ?? "internal", error, {
    ...(action !== undefined && { action }),
    ...(data !== undefined && { data }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
