// The outputs of one call on their way to a reader, and the credit that the server has to send more.

import { defaults } from "./defaults.js";
import { IgorError } from "./error.js";
import { ItemQueue } from "./queue.js";

/**
 * What happens when the window is full and nobody reads.
 *
 * - `drop_oldest`: outputs beside a result are a courtesy, and whoever only awaits the result must not stall it.
 * - `wait`: the stream is the reply, so nothing is dropped and the server waits for its reader.
 */
export type Overflow = "drop_oldest" | "wait";

/**
 * Holds at most a window of items, and gives the server credit in halves of it: single credits would cost a frame
 * each, whole windows would make the server wait.
 */
export class OutputQueue<Item> {
  readonly #overflow: Overflow;
  readonly #grant: (credit: number) => void;
  readonly #items = new ItemQueue<Item>();
  #credit: number = defaults.windowItems;
  #isRead = false;

  /** `grant` tells the server that it may send so many more. */
  constructor(overflow: Overflow, grant: (credit: number) => void) {
    this.#overflow = overflow;
    this.#grant = grant;
  }

  /** Takes in an item. False: the server had no credit for it, and this stream does not drop. */
  push(item: Item): boolean {
    if (this.#items.length >= defaults.windowItems) {
      if (this.#overflow === "wait") return false;
      this.#items.dropOldest();
    }
    this.#credit -= 1;
    this.#items.push(item);
    this.#regrant();
    return true;
  }

  /** Ends it behind the items that are here; after an error its reader throws. */
  end(error?: IgorError): void {
    this.#items.end(error);
  }

  /** Reads it. There is one reader at a time; `left` is called when it goes before the end. */
  read(left: () => void): AsyncIterator<Item, undefined> {
    if (this.#isRead) throw new IgorError("forbidden", "these outputs have a reader already, and there can be one");
    this.#isRead = true;
    let isGone = false;
    return {
      next: () => {
        if (isGone) return Promise.resolve({ value: undefined, done: true });
        const next = this.#items.next();
        this.#regrant();
        return next;
      },
      return: () => {
        isGone = true;
        if (this.#overflow === "drop_oldest") {
          this.#isRead = false;
          this.#regrant();
        }
        left();
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  #regrant(): void {
    const half = defaults.windowItems / 2;
    let room = defaults.windowItems - this.#items.length - this.#credit;
    if (this.#overflow === "drop_oldest" && !this.#isRead && this.#credit <= 0) room = half;
    if (room < half) return;
    this.#credit += room;
    this.#grant(room);
  }
}
