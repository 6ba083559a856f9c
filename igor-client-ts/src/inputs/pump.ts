// One input on its way: as fast as its action takes the items, and no faster.

import type { Speaker } from "../calls.js";
import { isLongerThan } from "../codec.js";
import type { Written } from "../codec.js";
import { numbersBytes } from "../defaults.js";
import { IgorError, textOf } from "../error.js";
import { report } from "../host.js";
import type { Code } from "../protocol.js";

/** Characters of items after which a sender waits for new credit, however many items it may still send. */
const aheadChars = 262_144;

/** Where items come from. */
export interface InputSource {
  next(): ItemStep | PromiseLike<ItemStep>;
  /** Says that nobody wants more. */
  return?(): unknown;
}

interface ItemStep {
  readonly done?: boolean | undefined;
  readonly value?: unknown;
}

/** What a pump needs of its call. */
export interface PumpCall {
  /** Lets somebody speak, now or when there is a place for it. */
  readonly post: (speak: Speaker) => void;
  /** The frame of an item. Throws `unsendable`. */
  readonly item: (value: unknown) => Written;
  /** The frame of the end, with why where it failed. */
  readonly end: (error?: string) => Written;
  /** Ends the call on both sides. */
  readonly cancel: (code: Code, text: string, cause: unknown) => void;
  readonly maxBytes: () => number;
}

/** Takes items from a source and sends them, while there is credit. It holds one item at most. */
export class InputPump {
  readonly #call: PumpCall;
  readonly #source: InputSource;
  #credit = 0;
  /** The lengths of the items that were sent and for which no new credit has come, the oldest first. */
  readonly #ahead: number[] = [];
  #aheadChars = 0;
  #isRunning = false;
  /** Whether nobody wants more of the source, or it has no more. */
  #isOver = false;

  constructor(source: InputSource, call: PumpCall) {
    this.#source = source;
    this.#call = call;
  }

  /** The action takes so many more items. */
  grant(credit: number): void {
    this.#credit += credit;
    for (const length of this.#ahead.splice(0, credit)) this.#aheadChars -= length;
    if (!this.#isRunning) void this.#run();
  }

  /** The call has ended: nobody wants more of the source. */
  stop(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // When the source has ended concerns nobody; what it throws then is its owner's.
    Promise.resolve()
      .then(() => this.#source.return?.())
      .catch(report);
  }

  async #run(): Promise<void> {
    this.#isRunning = true;
    while (!this.#isOver && this.#credit > 0 && this.#aheadChars < aheadChars) await this.#step();
    this.#isRunning = false;
  }

  async #step(): Promise<void> {
    let step: ItemStep;
    try {
      step = await this.#source.next();
    } catch (cause) {
      if (this.#isOver) return;
      this.#isOver = true; // A source that throws has ended.
      return this.#fail("bad_data", `the input failed: ${textOf(cause)}`, cause);
    }
    if (this.#isOver) return;
    if (step.done) {
      this.#isOver = true;
      return this.#say(this.#call.end());
    }
    try {
      const frame = this.#call.item(step.value);
      this.#check(frame);
      this.#credit -= 1;
      this.#ahead.push(frame.length);
      this.#aheadChars += frame.length;
      await this.#say(frame);
    } catch (error) {
      const { code, message } = error as IgorError; // Nothing else is thrown here.
      this.stop();
      this.#fail(code, message.slice(code.length + 2), error);
    }
  }

  #check(frame: Written): void {
    const maxBytes = this.#call.maxBytes();
    if (isLongerThan(frame, maxBytes - numbersBytes))
      throw new IgorError("too_large", `an item is over the limit of ${maxBytes} bytes`);
  }

  /** Sends a frame as soon as there is a place for it. For one that is not said any more nobody waits. */
  #say(frame: Written): Promise<void> {
    return new Promise((said) =>
      this.#call.post((send) => {
        const isSaid = send(frame);
        if (isSaid) said();
        return isSaid;
      }),
    );
  }

  /** Ends the call; the action hears why before it is dropped. */
  #fail(code: Code, text: string, cause: unknown): void {
    void this.#say(this.#call.end(text));
    this.#call.cancel(code, text, cause);
  }
}
