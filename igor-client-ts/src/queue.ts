// A line of items between one who writes and one who may have to wait for them.

import type { IgorError } from "./error.js";

interface WaitingReader<Item> {
  resolve(result: IteratorResult<Item, undefined>): void;
  reject(error: IgorError): void;
}

/** First in, first out. It has no bound of its own: who pushes looks at `length` and says what happens. */
export class ItemQueue<Item> {
  #items: Item[] = [];
  readonly #readers: WaitingReader<Item>[] = [];
  #ended: { error: IgorError | undefined } | undefined;

  /** How many items nobody has taken. */
  get length(): number {
    return this.#items.length;
  }

  /** Hands the item to who waits longest, or keeps it; says which. After the end it is dropped. */
  push(item: Item): "taken" | "kept" {
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ value: item, done: false });
    else if (!this.#ended) this.#items.push(item);
    return reader ? "taken" : "kept";
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
    for (const reader of this.#readers.splice(0)) {
      if (error) reader.reject(error);
      else reader.resolve({ value: undefined, done: true });
    }
  }

  /** The next item, as soon as there is one. */
  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#items.length > 0) return Promise.resolve({ value: this.#items.shift() as Item, done: false });
    if (this.#ended?.error) return Promise.reject(this.#ended.error);
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
  }
}
