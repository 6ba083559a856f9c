// The outputs of one call on their way to a reader, and the credit that the server has to send more.

import type { CallLine } from "./calls.js";
import { IgorError } from "./error.js";
import type { Code } from "./protocol.js";
import { ItemQueue, nothingMore } from "./queue.js";

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
  /** The line of the call; it is there when the first item comes. */
  line!: CallLine;
  readonly #overflow: Overflow;
  readonly #items = new ItemQueue<Item>();
  /** Items that are gone from here, and for which the server has no new credit yet. */
  #taken = 0;
  #isRead = false;

  constructor(overflow: Overflow) {
    this.#overflow = overflow;
  }

  /** Takes in an item. False: the server had no credit for it, and it is not kept. */
  push(item: Item): boolean {
    if (this.#items.length >= this.line.table.windowItems) return false;
    if (this.#items.push(item)) this.#taken += 1;
    this.#flow();
    return true;
  }

  /** Ends the call, with `cancelled` unless another code is given. */
  cancel(code?: Code, text?: string): void {
    this.line.table.cancel(this.line, code, text);
  }

  /** Ends it behind the items that are here; after an error its reader throws. */
  end(error?: IgorError): void {
    this.#items.end(error);
  }

  /** Reads it. There is one reader at a time; `left` is called when it goes before the end. */
  read(left: () => void): AsyncIterator<Item, undefined> {
    if (this.#isRead) throw new IgorError("forbidden", "this call has a reader already");
    this.#isRead = true;
    let isGone = false;
    return {
      next: () => {
        if (isGone) return nothingMore();
        if (this.#items.length > 0) this.#taken += 1;
        const next = this.#items.next();
        this.#flow();
        return next;
      },
      return: () => {
        isGone = true;
        // The reply itself is read once; of a courtesy the next reader gets what is still here.
        if (this.#overflow === "drop_oldest") this.#isRead = false;
        left();
        this.#flow();
        return nothingMore();
      },
    };
  }

  #flow(): void {
    const most = this.line.table.windowItems;
    const half = Math.ceil(most / 2);
    if (this.#overflow === "drop_oldest" && !this.#isRead && this.#items.length >= most) {
      this.#items.dropOldest(half);
      this.#taken += half;
    }
    if (this.#taken < half) return;
    this.line.table.grant(this.line, this.#taken);
    this.#taken = 0;
  }
}
