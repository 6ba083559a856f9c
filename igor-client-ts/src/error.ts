// The one error that Igor throws.

import { codes } from "./protocol.js";
import type { Code, WireFrame } from "./protocol.js";

/** What an error may tell besides its code and text. */
export interface ErrorDetails {
  action?: string | undefined;
  data?: unknown;
  executed?: "no" | "unknown" | undefined;
  retryAfterMs?: number | undefined;
}

/**
 * The only error that Igor throws. Its message starts with the code, as in ``bad_data: `rooms[2].name` is missing``.
 *
 * ```ts
 * try {
 *   await igor.chat.say("lobby", text);
 * } catch (error) {
 *   if (error instanceof IgorError && error.code === "deadline_exceeded") hint("it took too long");
 * }
 * ```
 */
export class IgorError extends Error {
  /** Why it failed, out of a closed set. */
  readonly code: Code;
  /** The action that was called, where the error belongs to one. */
  declare readonly action?: string;
  /** The action's own error where it has one, and the code is `action_failed`; `.result()` hands it out typed. */
  declare readonly data?: unknown;
  /** For a call that got no answer: whether the server may have run it. */
  declare readonly executed?: "no" | "unknown";
  /** How long to wait before trying again, where the server said so. */
  declare readonly retryAfterMs?: number;

  constructor(code: Code, text: string, details: ErrorDetails = {}) {
    super(`${code}: ${text}`);
    this.name = "IgorError";
    this.code = code;
    // What is not known is no property at all, so that a printed error shows only what is.
    for (const [name, detail] of Object.entries(details))
      if (detail !== undefined) (this as Record<string, unknown>)[name] = detail;
  }
}

/** What is to be said of anything that was thrown. */
export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The error that a failure frame tells; a number outside the set is `internal`. */
export function errorFromFrame(
  { error = "no reason given", code, data, retryAfterMs }: WireFrame,
  action?: string,
): IgorError {
  const name = Object.entries(codes).find(([, number]) => number === code)?.[0] as Code | undefined;
  return new IgorError(name ?? "internal", error, { action, data, retryAfterMs });
}
