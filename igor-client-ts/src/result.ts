// A result as a value instead of an exception.

import { IgorError } from "./error.js";

/** How an action ended: with its value, or with its own typed error. */
export type Result<Value, Failure> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Failure };

/** Makes the action's own error a value. Whatever else went wrong is still thrown. */
export function toResult<Value, Failure>(promise: Promise<Value>): Promise<Result<Value, Failure>> {
  return promise.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => {
      // Only an action's own error has data; one that failed with words alone has none that could be typed.
      if (error instanceof IgorError && error.data !== undefined)
        return { ok: false, error: error.data as Failure };
      throw error;
    },
  );
}
