// What a generated stub calls.

import { Call } from "./call.js";
import type { CallKind, CallOpener, CallOptions } from "./calls.js";
import { Stream } from "./stream.js";

/** Makes the calls that the generated stubs describe: one verb for each kind of reply. */
export interface Caller {
  /** A call with one result. */
  value<Value, Failure>(
    action: string,
    data: unknown,
    options: CallOptions | undefined,
  ): Call<Value, never, Failure>;
  /** A call with one result of an action that may run twice: it is sent again by itself when its session is lost. */
  idempotent<Value, Failure>(
    action: string,
    data: unknown,
    options: CallOptions | undefined,
  ): Call<Value, never, Failure>;
  /** A call with outputs on the way to one result. */
  outputs<Value, Output, Failure>(
    action: string,
    data: unknown,
    options: CallOptions | undefined,
  ): Call<Value, Output, Failure>;
  /** A call whose reply is a stream. */
  stream<Item, Failure>(
    action: string,
    data: unknown,
    options: CallOptions | undefined,
  ): Stream<Item, Failure>;
}

/** A caller whose calls are opened here. */
export function callerOf(calls: CallOpener): Caller {
  const verb =
    (kind: CallKind) =>
    <Value, Output, Failure>(action: string, data: unknown, options: CallOptions | undefined) =>
      new Call<Value, Output, Failure>(calls, kind, action, data, options);
  return {
    value: verb("value"),
    idempotent: verb("idempotent"),
    outputs: verb("outputs"),
    stream: (action, data, options) => new Stream(calls, action, data, options),
  };
}
