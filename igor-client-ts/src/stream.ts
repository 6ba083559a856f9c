// A call whose reply is a stream.

import type { CallOpener, CallOptions, CallReceiver } from "./calls.js";
import { OutputQueue } from "./outputs.js";
import { toResult } from "./result.js";
import type { Result } from "./result.js";

/**
 * The items of a stream. The call is made at once; read it with one loop, with `toArray()` or with `result()`.
 *
 * ```ts
 * for await (const line of igor.chat.history("lobby")) show(line);
 * ```
 *
 * The server is at most 256 items ahead of its reader. Leaving the loop cancels the call. A stream that nobody
 * reads raises no unhandled rejection.
 */
export class Stream<Item, Failure = never> implements AsyncIterable<Item> {
  readonly #items = new OutputQueue<Item>("wait");

  constructor(calls: CallOpener, action: string, data: unknown, options?: CallOptions) {
    const items = this.#items;
    const receiver: CallReceiver = {
      output: (item) => {
        if (!items.push(item as Item)) items.cancel("bad_frame", "an item came without credit");
      },
      settle: () => items.end(),
      fail: (error) => items.end(error),
    };
    items.line = calls.open("outputs", receiver, action, data, options);
  }

  /** Reads the items, in one loop; leaving it early cancels the call. */
  [Symbol.asyncIterator](): AsyncIterator<Item, undefined> {
    return this.#items.read(() => this.cancel());
  }

  /** Reads everything, and answers when the stream has ended. */
  async toArray(): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of this) items.push(item);
    return items;
  }

  /**
   * Reads everything without throwing the action's own error: `{ ok: true, value: items }` or `{ ok: false, error }`,
   * the error typed as the action declares it. Whatever else goes wrong still rejects with an `IgorError`.
   */
  result(): Promise<Result<Item[], Failure>> {
    return toResult(this.toArray());
  }

  /** Ends the call: the server drops its work, and whoever reads gets `cancelled`. */
  cancel(): void {
    this.#items.cancel();
  }
}
