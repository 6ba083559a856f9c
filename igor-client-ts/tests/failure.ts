// How a promise failed.

import { IgorError } from "../src/index.js";

/** The error with which a promise is rejected; a test that expects one fails without it. */
export async function failure(promise: PromiseLike<unknown>): Promise<IgorError> {
  const error: unknown = await Promise.resolve(promise).then(
    () => "no error at all",
    (reason: unknown) => reason,
  );
  if (error instanceof IgorError) return error;
  throw new Error(`expected an IgorError, got ${String(error)}`);
}
