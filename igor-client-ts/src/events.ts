// Events in a `for await` loop.

import { behindEvents } from "./defaults.js";
import type { IgorError } from "./error.js";
import { ItemQueue, nothingMore } from "./queue.js";

/**
 * The events of one name, read in a loop.
 *
 * It listens from the call of `events()` on, until the loop is left, its signal aborts or the client is closed. A
 * loop that is more than 1,024 events behind loses the oldest, and `missed` counts them.
 */
export class EventStream<Payload> implements AsyncIterableIterator<Payload> {
  readonly #queue = new ItemQueue<Payload>();
  readonly #left: () => void;
  #missed = 0;

  /** `listen` starts to feed it, and answers with how to stop that. */
  constructor(listen: (push: (payload: Payload) => void, end: (error?: IgorError) => void) => () => void) {
    this.#left = listen(
      (payload) => this.#push(payload),
      (error) => this.#queue.end(error),
    );
  }

  /** How many events were dropped because the loop did not keep up. */
  get missed(): number {
    return this.#missed;
  }

  /** The next event, as soon as there is one. */
  next(): Promise<IteratorResult<Payload, undefined>> {
    return this.#queue.next();
  }

  /** Stops listening; what has not been read is forgotten. */
  return(): Promise<IteratorResult<Payload, undefined>> {
    this.#left();
    this.#queue.end();
    return nothingMore();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #push(payload: Payload): void {
    if (this.#queue.length >= behindEvents) {
      this.#queue.dropOldest(1);
      this.#missed += 1;
    }
    this.#queue.push(payload);
  }
}
