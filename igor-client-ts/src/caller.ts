// What a generated stub calls.

import { Call } from "./call.js";
import type { CallOptions, CallTable } from "./calls.js";
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
export function callerOf(calls: Pick<CallTable, "open">): Caller {
  return {
    value: (...asked) => new Call((receiver) => calls.open("value", receiver, ...asked)),
    idempotent: (...asked) => new Call((receiver) => calls.open("idempotent", receiver, ...asked)),
    outputs: (...asked) => new Call((receiver) => calls.open("outputs", receiver, ...asked)),
    stream: (...asked) => new Stream((receiver) => calls.open("outputs", receiver, ...asked)),
  };
}
