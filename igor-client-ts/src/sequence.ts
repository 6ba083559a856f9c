// The numbers of frames in both directions, and when an ack is due. No socket, no clock.

import { defaults } from "./defaults.js";
import type { ServerLimits } from "./protocol.js";

/** What a received number says about its frame. */
export type Verdict = "deliver" | "drop" | "gap";

/** Counts the frames of one page: what was sent, what was received, what the server still has to be told. */
export class FrameNumbers {
  #sent = 0;
  #received = 0;
  #unackedFrames = 0;
  #unackedChars = 0;
  #ackFrames: number = defaults.ackFrames;
  #ackChars: number = defaults.ackChars;

  /** Lets acks go out early enough for the server's ring, a quarter of which may be waiting for one. */
  fit(limits: ServerLimits): void {
    this.#ackFrames = Math.min(defaults.ackFrames, limits.ringFrames / 4);
    this.#ackChars = Math.min(defaults.ackChars, limits.ringBytes / 4);
  }

  /** The number of the next frame that is sent. */
  next(): number {
    return ++this.#sent;
  }

  /** Takes in the number of a frame; its length counts in characters, which are never more than its bytes. */
  receive(n: number, chars: number): Verdict {
    if (n <= this.#received) return "drop";
    if (n !== this.#received + 1) return "gap";
    this.#received = n;
    this.#unackedFrames += 1;
    this.#unackedChars += chars;
    return "deliver";
  }

  /** The ack for a frame that is about to go. */
  acknowledge(): number {
    this.#unackedFrames = this.#unackedChars = 0;
    return this.#received;
  }

  /** Whether so much was received since the last ack that the next one goes alone. */
  isAckDue(): boolean {
    return this.#unackedFrames >= this.#ackFrames || this.#unackedChars >= this.#ackChars;
  }

  /** Whether the other side may acknowledge this number: it was sent. */
  hasSent(n: number): boolean {
    return n <= this.#sent;
  }
}
