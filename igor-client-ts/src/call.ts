// A call with one result at its end.

import type { CallKind, CallOpener, CallOptions, CallReceiver } from "./calls.js";
import type { IgorError } from "./error.js";
import { OutputQueue } from "./outputs.js";
import { toResult } from "./result.js";
import type { Result } from "./result.js";

/**
 * A call on its way. Await it for its value; loop over it for its outputs; do both, in any order, or neither.
 *
 * ```ts
 * const line = await igor.chat.say("lobby", "hello");
 *
 * const job = igor.chat.readAloud("lobby", lines);
 * for await (const said of job) bar.value = said;
 * const read = await job;
 * ```
 *
 * The outputs are a courtesy beside the value: when nobody loops and 256 of them wait, the oldest half is dropped,
 * so that `await` alone never stalls. Leaving the loop does not end the call; `cancel()` does. A call that nobody
 * awaits raises no unhandled rejection.
 */
export class Call<Value, Output = never, Failure = never>
  extends Promise<Value>
  implements AsyncIterable<Output>
{
  readonly #outputs = new OutputQueue<Output>("drop_oldest");

  constructor(calls: CallOpener, kind: CallKind, action: string, data: unknown, options?: CallOptions) {
    let settle!: (value: unknown) => void;
    let reject!: (error: IgorError) => void;
    super((...settlers) => ([settle, reject] = settlers as [typeof settle, typeof reject]));
    const outputs = this.#outputs;
    const receiver: CallReceiver = {
      output: (item) => void outputs.push(item as Output),
      settle: (value) => {
        settle(value);
        outputs.end();
      },
      fail: (error) => {
        this.catch(() => {}); // Whoever awaits it still gets the error; nobody has to.
        reject(error);
        outputs.end(error);
      },
    };
    outputs.line = calls.open(kind, receiver, action, data, options);
  }

  /**
   * Waits for the end without throwing the action's own error: `{ ok: true, value }` or `{ ok: false, error }`, the
   * error typed as the action declares it. Whatever else goes wrong still rejects with an `IgorError`.
   */
  result(): Promise<Result<Value, Failure>> {
    return toResult(this);
  }

  /** Ends the call: the server drops its work, and the call rejects with `cancelled`. */
  cancel(): void {
    this.#outputs.cancel();
  }

  /** Reads the outputs, one loop at a time; if the call fails, the loop throws what awaiting it would. */
  [Symbol.asyncIterator](): AsyncIterator<Output, undefined> {
    return this.#outputs.read(() => {});
  }
}

// `await` takes a promise as it is if this is its constructor, and else wraps it: two promises and two turns more.
Call.prototype.constructor = Promise;
