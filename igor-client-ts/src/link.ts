// One end of a session, without I/O: what was sent and is not yet acknowledged, and what was received.

import { withNumbers } from "./codec.js";
import type { Written } from "./codec.js";
import { ackChars, ackFrames, ringChars, ringFrames } from "./defaults.js";
import type { ServerLimits } from "./protocol.js";
import { closesOnGap, dropsDuplicates, keepsUntilAcked } from "./rules.js";

/** What a received number says about its frame; at the second gap at a place coming back has not helped. */
export type FrameVerdict = "deliver" | "drop" | "gap" | "gap again";

/** Where one end stands. */
export interface LinkStanding {
  /** The highest number that it has received without a gap. */
  readonly received: number;
  /** The lowest number that it can still send. */
  readonly have: number;
}

/**
 * Numbers, acks and the ring of one end. It outlives its sockets: after a `resume` it goes on where the other end
 * stands, under the same numbers.
 */
export class SessionLink {
  /** What was sent and is not acknowledged, the oldest first. */
  #ring!: Written[];
  #ringChars!: number;
  /** The number of the oldest in the ring, or the next to be given. */
  #have!: number;
  #received!: number;
  /** What was received when a number was missing. */
  #gapAt: number | undefined;
  #untoldFrames!: number;
  #untoldChars!: number;

  constructor() {
    this.restart();
  }

  /** Begins again at 1 in both directions. */
  restart(): void {
    this.#ring = [];
    this.#have = 1;
    this.#gapAt = undefined;
    this.#ringChars = this.#received = this.#untoldFrames = this.#untoldChars = 0;
  }

  /**
   * Gives a frame the next number and keeps it; answers with what is to be written. Nothing: the ring has no place for
   * it now. An empty ring takes a frame of any length.
   */
  push(frame: Written): Written | undefined {
    const { length } = this.#ring;
    const chars = this.#ringChars + frame.length;
    if (length > 0 && (length >= ringFrames || chars > ringChars)) return undefined;
    this.#ringChars = chars;
    this.#ring.push(frame);
    const numbered = this.#numbered(frame, length);
    if (!keepsUntilAcked) this.acknowledge(this.#have + length);
    return numbered;
  }

  /** The other end has everything up to `n`. False: it cannot have, because that was never sent. */
  acknowledge(n: number): boolean {
    const count = n + 1 - this.#have;
    if (count <= 0) return true; // Most frames say nothing new.
    if (count > this.#ring.length) return false;
    for (const frame of this.#ring.splice(0, count)) {
      this.#have += 1;
      this.#ringChars -= frame.length;
    }
    return true;
  }

  /** Judges the number of a frame, and counts it when it is the next one. Its characters are never more than its bytes. */
  receive(n: number, chars: number): FrameVerdict {
    if (n <= this.#received) return dropsDuplicates ? "drop" : "deliver";
    if (closesOnGap && n !== this.#received + 1) {
      const isSame = this.#gapAt === this.#received;
      this.#gapAt = this.#received;
      return isSame ? "gap again" : "gap";
    }
    this.#received = n;
    this.#untoldFrames += 1;
    this.#untoldChars += chars;
    return "deliver";
  }

  /** The ack for a frame that is about to go. */
  tellReceived(): number {
    this.#untoldFrames = this.#untoldChars = 0;
    return this.#received;
  }

  /** Whether the next ack goes alone: the sender's ring is to be free again before it is full. */
  isAckDue(sender: ServerLimits): boolean {
    return (
      this.#untoldFrames >= Math.min(ackFrames, sender.ringFrames / 4) ||
      this.#untoldChars >= Math.min(ackChars, sender.ringBytes / 4)
    );
  }

  /** Where this end stands. */
  standing(): LinkStanding {
    return { received: this.#received, have: this.#have };
  }

  /**
   * Goes on with another end that has received everything up to `received`; answers with what is to be written again.
   * Nothing: the other end stands where it cannot be, and nothing has changed.
   */
  resume(received: number): Written[] | undefined {
    if (received + 1 < this.#have || !this.acknowledge(received)) return undefined;
    return this.#ring.map((frame, index) => this.#numbered(frame, index));
  }

  #numbered(frame: Written, index: number): Written {
    return withNumbers(frame, this.#have + index, this.tellReceived());
  }
}
