// One socket from hello to close: numbers, acks and beats. Above it there are only whole frames in order.

import { decode, encode, withNumbers } from "./codec.js";
import { defaults, longestTimerMs } from "./defaults.js";
import { closeCodes, protocolActions } from "./protocol.js";
import type { HelloData, WelcomeData, WireFrame } from "./protocol.js";
import { FrameNumbers } from "./sequence.js";
import { SocketTransport } from "./transport.js";
import type { SocketTarget } from "./transport.js";
import { readWelcome } from "./welcome.js";

/** Why a link ended. */
export interface LinkEnd {
  readonly code: number;
  readonly why: string;
  /** The server's refusal, where it answered the hello with one. */
  readonly refusal?: WireFrame;
}

/** What a link tells its owner; `ended` comes once, and last. */
export interface LinkListener {
  /** The hello is sent; the welcome is on its way. */
  greeted(): void;
  welcomed(welcome: WelcomeData): void;
  received(frame: WireFrame): void;
  ended(end: LinkEnd): void;
}

/** A session layer for one socket. */
export class SocketLink {
  readonly #socket: SocketTransport;
  readonly #listener: LinkListener;
  readonly #numbers = new FrameNumbers();
  #isWelcome = false;
  #isOver = false;
  #beatMs = 0;
  #sentAtMs = 0;
  #receivedAtMs = 0;
  #timer: ReturnType<typeof setTimeout>;

  constructor(target: SocketTarget, hello: HelloData, listener: LinkListener) {
    this.#listener = listener;
    this.#socket = new SocketTransport(target, {
      opened: () => {
        this.#write(encode({ action: protocolActions.hello, data: hello }));
        listener.greeted();
      },
      message: (data) => this.#receive(data),
      closed: (code, reason) => this.#end({ code, why: reason || `the socket was closed with ${code}` }),
    });
    // Behind the socket: a class that refuses the address throws, and must leave no timer.
    this.#timer = setTimeout(
      () => this.close(closeCodes.helloLate, "no welcome came in time"),
      defaults.welcomeMs,
    );
  }

  /** Sends a frame as the next numbered one. */
  send(text: string): void {
    const ack = this.#isWelcome ? this.#numbers.acknowledge() : undefined;
    this.#write(withNumbers(text, this.#numbers.next(), ack));
  }

  /** Closes the socket and tells the owner why. */
  close(code: number, why: string): void {
    if (this.#isOver) return;
    // A reason may be 123 bytes long.
    this.#socket.close(code, why.slice(0, 40));
    this.#end({ code, why });
  }

  /** Tells the server what was received, in a frame of its own. */
  acknowledge(): void {
    this.#write(encode({ ack: this.#numbers.acknowledge() }));
  }

  #receive(data: unknown): void {
    this.#receivedAtMs = performance.now();
    let frame: WireFrame;
    let welcome: WelcomeData | undefined;
    try {
      frame = decode(data);
      if (!this.#isWelcome && frame.error === undefined) welcome = readWelcome(frame);
    } catch (error) {
      return this.close(closeCodes.protocolError, (error as Error).message); // Reading throws nothing else.
    }
    if (this.#isWelcome) this.#take(frame, (data as string).length);
    else if (welcome) this.#begin(welcome);
    else this.#refuse(frame);
  }

  /** The server answered the hello with an error. */
  #refuse(refusal: WireFrame): void {
    this.#socket.close(closeCodes.done, "");
    this.#end({ code: closeCodes.done, why: refusal.error ?? "", refusal });
  }

  #begin(welcome: WelcomeData): void {
    this.#isWelcome = true;
    this.#beatMs = Math.min(welcome.beatMs, longestTimerMs / 2);
    this.#numbers.fit(welcome.limits);
    clearTimeout(this.#timer);
    this.#listener.welcomed(welcome);
    this.#beat();
  }

  #take(frame: WireFrame, chars: number): void {
    if (frame.ack !== undefined && !this.#numbers.hasSent(frame.ack)) {
      return this.close(closeCodes.protocolError, "the server acknowledged a frame that was never sent");
    }
    const verdict = frame.n === undefined ? "deliver" : this.#numbers.receive(frame.n, chars);
    if (verdict === "drop") return;
    if (verdict === "gap") return this.close(closeCodes.gap, "a frame of the server is missing");
    // From here, and not from a timer: browsers hold back the timers of a page in the background.
    if (frame.beat) this.acknowledge();
    this.#listener.received(frame);
    if (this.#numbers.isAckDue()) this.acknowledge();
  }

  /** Speaks after a beat of silence of its own, and gives up after two of the server's. One timer, set once a beat. */
  #beat(): void {
    if (this.#isOver) return;
    const now = performance.now();
    if (now - this.#receivedAtMs >= 2 * this.#beatMs)
      return this.close(closeCodes.beatsLost, "nothing was heard for two beats");
    if (now - this.#sentAtMs >= this.#beatMs) this.acknowledge();
    const next = Math.min(this.#sentAtMs + this.#beatMs, this.#receivedAtMs + 2 * this.#beatMs);
    this.#timer = setTimeout(() => this.#beat(), Math.ceil(next - now));
  }

  #write(text: string): void {
    this.#sentAtMs = performance.now();
    this.#socket.send(text);
  }

  #end(end: LinkEnd): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#listener.ended(end);
  }
}
