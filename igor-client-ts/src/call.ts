// A call with one result at its end.

import type { CallLine, StartCall } from "./calls.js";
import { OutputQueue } from "./outputs.js";
import { toResult } from "./result.js";
import type { Result } from "./result.js";

/**
 * A call on its way. Await it for its value; loop over it for its outputs; do both, in any order, or neither.
 *
 * ```ts
 * const line = await igor.chat.say("lobby", "hello");
 *
 * const job = igor.chat.import(path);
 * for await (const step of job) bar.value = step.done;
 * const imported = await job;
 * ```
 *
 * The outputs are a courtesy beside the value: when nobody loops and 256 of them wait, the oldest half is dropped,
 * so that `await` alone never stalls. Leaving the loop does not end the call; `cancel()` does. A call that nobody
 * awaits raises no unhandled rejection.
 */
export class Call<Value, Output = never, Failure = never>
  implements PromiseLike<Value>, AsyncIterable<Output>
{
  readonly #value: Promise<Value>;
  readonly #outputs: OutputQueue<Output>;
  readonly #line: CallLine;

  constructor(start: StartCall) {
    const outputs = new OutputQueue<Output>("drop_oldest", () => this.#line);
    let resolve!: (value: Value) => void;
    let reject!: (error: unknown) => void;
    this.#value = new Promise((...settlers) => ([resolve, reject] = settlers));
    this.#value.catch(() => {}); // Whoever awaits it still gets the error; nobody has to.
    this.#outputs = outputs;
    this.#line = start({
      output: (data) => void outputs.push(data as Output),
      settle: (data) => {
        resolve(data as Value);
        outputs.end();
      },
      fail: (error) => {
        reject(error);
        outputs.end(error);
      },
    });
  }

  /** Waits for the value; a failure of any kind is an `IgorError`. */
  then<Kept = Value, Caught = never>(
    kept?: ((value: Value) => Kept | PromiseLike<Kept>) | null,
    caught?: ((error: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    return this.#value.then(kept, caught);
  }

  /** Handles a failure, which is an `IgorError`. */
  catch<Caught = never>(
    caught?: ((error: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Value | Caught> {
    return this.#value.catch(caught);
  }

  /** Runs when the call has ended, however it did. */
  finally(ended?: (() => void) | null): Promise<Value> {
    return this.#value.finally(ended);
  }

  /**
   * Waits for the end without throwing the action's own error: `{ ok: true, value }` or `{ ok: false, error }`, the
   * error typed as the action declares it. Whatever else goes wrong still rejects with an `IgorError`.
   */
  result(): Promise<Result<Value, Failure>> {
    return toResult(this.#value);
  }

  /** Ends the call: the server drops its work, and the call rejects with `cancelled`. */
  cancel(): void {
    this.#line.cancel();
  }

  /** Reads the outputs, one loop at a time; if the call fails, the loop throws what awaiting it would. */
  [Symbol.asyncIterator](): AsyncIterator<Output, undefined> {
    return this.#outputs.read(() => {});
  }
}
