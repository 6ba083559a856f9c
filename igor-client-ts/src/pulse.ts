// The signs of life of one socket: when to give one, and when the other side is gone. No socket, no timer.

/**
 * What a tick says is to be done.
 *
 * - `rest`: nothing.
 * - `speak`: this side was silent for a beat.
 * - `ask`: nobody listened for a while, because the machine slept or the page was held back: let the other side speak.
 * - `give up`: nothing was heard for two beats, or for one after it was asked for.
 */
export type PulseSign = "rest" | "speak" | "ask" | "give up";

/** Counts the silence in both directions. All times are of one clock that only rises. */
export class SocketPulse {
  readonly #beatMs: number;
  #sentAtMs: number;
  #heardAtMs: number;
  /** When the other side was asked for a sign, until it gives one. */
  #askedAtMs = 0;

  constructor(beatMs: number, now: number) {
    this.#beatMs = beatMs;
    this.#sentAtMs = this.#heardAtMs = now;
  }

  /** Something was sent. */
  sent(now: number): void {
    this.#sentAtMs = now;
  }

  /** Something was received, whatever it was. */
  heard(now: number): void {
    this.#heardAtMs = now;
    this.#askedAtMs = 0;
  }

  /** When the next tick is due. */
  get dueAtMs(): number {
    return Math.min(this.#sentAtMs + this.#beatMs, this.#silentAtMs);
  }

  /** Judges the silence. Before a late tick nobody listened, so the other side is asked and has a beat to answer. */
  tick(now: number): PulseSign {
    if (now - this.dueAtMs > this.#beatMs / 2 && !this.#askedAtMs) {
      this.#askedAtMs = now;
      return "ask";
    }
    if (now >= this.#silentAtMs) return "give up";
    return now - this.#sentAtMs >= this.#beatMs ? "speak" : "rest";
  }

  /** When the silence of the other side is too long. */
  get #silentAtMs(): number {
    return Math.max(this.#heardAtMs + this.#beatMs, this.#askedAtMs) + this.#beatMs;
  }
}
