// A line of items between one who writes and one who may have to wait for them.

import type { IgorError } from "./error.js";

type Next<Item> = IteratorResult<Item, undefined>;

/** What a reader gets once there is nothing more. */
export function nothingMore(): Promise<Next<never>> {
  return Promise.resolve({ value: undefined, done: true });
}

/** First in, first out. It has no bound of its own: who pushes looks at `length` and says what happens. */
export class ItemQueue<Item> {
  #items: Item[] = [];
  readonly #readers: ((next: Next<Item> | Promise<Next<Item>>) => void)[] = [];
  #ended: { error: IgorError | undefined } | undefined;

  /** How many items nobody has taken. */
  get length(): number {
    return this.#items.length;
  }

  /** Hands the item to who waits longest, or keeps it; whether it was taken. After the end it is dropped. */
  push(item: Item): boolean {
    const reader = this.#readers.shift();
    if (reader) reader({ value: item, done: false });
    else if (!this.#ended) this.#items.push(item);
    return reader !== undefined;
  }

  /** Forgets the oldest items. */
  dropOldest(count: number): void {
    this.#items.splice(0, count);
  }

  /** Ends the line behind what is in it; with an error, readers get that instead of a quiet end. */
  end(error?: IgorError): void {
    if (this.#ended) return;
    this.#ended = { error };
    // Who cancelled wants nothing more, not even what is here already.
    if (error?.code === "cancelled") this.#items = [];
    for (const reader of this.#readers.splice(0)) reader(this.next());
  }

  /** The next item, as soon as there is one. */
  next(): Promise<Next<Item>> {
    if (this.#items.length > 0) return Promise.resolve({ value: this.#items.shift() as Item, done: false });
    if (this.#ended?.error) return Promise.reject(this.#ended.error);
    if (this.#ended) return nothingMore();
    return new Promise((reader) => this.#readers.push(reader));
  }
}
