// One socket from hello to close: the welcome, the order of frames, acks and beats.

import { closeBeatsLost, closeDone, closeGap, closeHelloLate, closeProtocol } from "./close.js";
import { encode } from "./codec.js";
import type { Codec, Written } from "./codec.js";
import { longestTimerMs, welcomeMs } from "./defaults.js";
import { textOf } from "./error.js";
import { openState } from "./host.js";
import type { WebSocketLike } from "./host.js";
import type { SessionLink } from "./link.js";
import { helloAction } from "./protocol.js";
import type { HelloData, ServerLimits, WelcomeData, WireFrame } from "./protocol.js";
import { SocketPulse } from "./pulse.js";
import { fencesOldSocket } from "./rules.js";
import { readWelcome } from "./welcome.js";

/** Why a socket is closed whose server has received more than there was. */
export const neverSent = "the server acknowledged too much";

/** Why a socket ended. */
export interface SocketEnd {
  readonly code: number;
  readonly why: string;
  /** The server's refusal, where it answered the hello with one. */
  readonly refusal?: WireFrame | undefined;
}

/** What a socket tells its owner; `ended` comes once, and last. */
export interface ClientSocketListener {
  /** The hello is sent; the welcome is on its way. */
  greeted(): void;
  welcomed(welcome: WelcomeData): void;
  received(frame: WireFrame): void;
  ended(end: SocketEnd): void;
}

/** A socket for a link, which goes on when the socket has ended. */
export class ClientSocket {
  readonly #socket: WebSocketLike;
  readonly #codec: Codec;
  readonly #link: SessionLink;
  readonly #listener: ClientSocketListener;
  /** Both are there from the welcome on. */
  #pulse: SocketPulse | undefined;
  #limits!: ServerLimits;
  #isOver = false;
  #owesAck = false;
  #timer: ReturnType<typeof setTimeout>;

  constructor(
    socket: WebSocketLike,
    codec: Codec,
    hello: HelloData,
    link: SessionLink,
    listener: ClientSocketListener,
  ) {
    this.#link = link;
    this.#listener = listener;
    this.#socket = socket;
    this.#codec = codec;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      if (this.#isOver) return;
      this.write(encode({ action: helloAction, data: hello }));
      listener.greeted();
    });
    // What was given up is silent, even if it still hears something.
    socket.addEventListener("message", ({ data }) => {
      if (!fencesOldSocket || !this.#isOver) this.#receive(data);
    });
    socket.addEventListener("close", ({ code, reason }) =>
      this.#end({ code, why: reason || `closed with ${code}` }),
    );
    // A close follows every error and says no less; but in Node an error that nobody listens to ends the program.
    socket.addEventListener("error", () => {});
    this.#timer = setTimeout(() => this.close(closeHelloLate, "no welcome"), welcomeMs);
  }

  /** Writes a frame as it is; on a socket that is not open it is dropped, because its close will be told. */
  write(frame: Written): void {
    this.#pulse?.sent(performance.now());
    if (this.#socket.readyState === openState)
      this.#socket.send(frame.valueOf() as string | Uint8Array<ArrayBuffer>);
  }

  /** Tells the server what was received, in a frame of its own that may say more. */
  acknowledge(more?: WireFrame): void {
    this.write(encode({ ack: this.#link.tellReceived(), ...more }));
  }

  /** Looks whether the other side is still there, as a timer does that may have been held back. */
  wake(): void {
    if (this.#pulse) this.#beat(this.#pulse);
  }

  /** Closes the socket and tells the owner why. */
  close(code: number, why: string, refusal?: WireFrame): void {
    if (this.#isOver) return;
    this.#socket.close(code, why.slice(0, 40)); // A reason may be 123 bytes long.
    this.#end({ code, why, refusal });
  }

  #receive(data: unknown): void {
    this.#pulse?.heard(performance.now());
    let frame: WireFrame;
    let welcome: WelcomeData | undefined;
    try {
      frame = this.#codec.read(data);
      if (!this.#pulse && frame.error === undefined) welcome = readWelcome(frame);
    } catch (error) {
      return this.close(closeProtocol, textOf(error));
    }
    if (this.#pulse) this.#take(frame, (data as string).length ?? (data as ArrayBuffer).byteLength);
    else if (welcome) this.#begin(welcome);
    else this.close(closeDone, frame.error ?? "", frame);
  }

  #begin(welcome: WelcomeData): void {
    this.#limits = welcome.limits;
    this.#pulse = new SocketPulse(Math.min(Math.max(welcome.beatMs, 1), longestTimerMs / 2), performance.now());
    this.#listener.welcomed(welcome);
    this.#beat(this.#pulse);
  }

  #take(frame: WireFrame, chars: number): void {
    if (!this.#link.acknowledge(frame.ack ?? 0)) return this.close(closeProtocol, neverSent);
    const verdict = frame.n === undefined ? "deliver" : this.#link.receive(frame.n, chars);
    if (verdict === "drop") return;
    if (verdict !== "deliver")
      return this.close(verdict === "gap" ? closeGap : closeProtocol, "a frame of the server is missing");
    // From here, and not from a timer: browsers hold back the timers of a page in the background.
    if (frame.beat) this.acknowledge();
    this.#listener.received(frame);
    if (this.#owesAck || !this.#link.isAckDue(this.#limits)) return;
    this.#owesAck = true;
    // What came in one turn has one ack, and none where what was said meanwhile carried it.
    void Promise.resolve().then(() => {
      this.#owesAck = false;
      if (this.#link.isAckDue(this.#limits)) this.acknowledge();
    });
  }

  /** Does what the pulse says, and looks again when it says so. */
  #beat(pulse: SocketPulse): void {
    if (this.#isOver) return;
    const sign = pulse.tick(performance.now());
    if (sign === "give up") return this.close(closeBeatsLost, "nothing heard for two beats");
    if (sign === "speak") this.acknowledge();
    if (sign === "ask") this.acknowledge({ beat: true });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#beat(pulse), Math.ceil(pulse.dueAtMs - performance.now()));
  }

  #end(end: SocketEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#listener.ended(end);
  }
}
