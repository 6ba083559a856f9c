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

/** A caller whose calls stand in this table. */
export function callerOf(calls: CallTable): Caller {
  return {
    value: (action, data, options) =>
      new Call((receiver) => calls.open({ action, data, options, hasOutputs: false }, receiver)),
    outputs: (action, data, options) =>
      new Call((receiver) => calls.open({ action, data, options, hasOutputs: true }, receiver)),
    stream: (action, data, options) =>
      new Stream((receiver) => calls.open({ action, data, options, hasOutputs: true }, receiver)),
  };
}
