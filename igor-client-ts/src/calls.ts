// The table of open calls: what was asked, what the server has not been told yet, who gets the answers.

import { encode, isLongerThan, withData } from "./codec.js";
import type { Codec, Written } from "./codec.js";
import { longestTimerMs, messageBytes, numbersBytes, openCalls, openChars, resends, windowItems } from "./defaults.js";
import { IgorError, errorFromFrame } from "./error.js";
import type { ErrorDetails } from "./error.js";
import { codes } from "./protocol.js";
import type { Code, ServerLimits, WireFrame } from "./protocol.js";

/** How one call is made. */
export interface CallOptions {
  /** Cancels the call when it aborts: the server drops its work, the call rejects with `cancelled`. */
  signal?: AbortSignal | undefined;
  /** The time the call may take, in milliseconds; then it rejects with `deadline_exceeded`, on both sides. */
  timeoutMs?: number | undefined;
}

/**
 * What is special about the answers of a call.
 *
 * - `value`: only the result comes.
 * - `idempotent`: only the result comes, and the action may run twice.
 * - `outputs`: something comes before the end, so the server is given a window of credit to begin with.
 */
export type CallKind = "value" | "idempotent" | "outputs";

/** Who gets the answers of a call: any number of outputs, then one of the other two, once. */
export interface CallReceiver {
  output(data: unknown): void;
  settle(data: unknown): void;
  fail(error: IgorError): void;
}

/** What a call can still say to the server; after its end, nothing. */
export interface CallLine {
  /** The number of the call, which its frames carry. */
  readonly id: number;
  /** The items that may be on their way or unread; the welcome may make it smaller. */
  readonly windowItems: () => number;
  readonly grant: (credit: number) => void;
  /** Ends the call on both sides, with `cancelled` unless another code is given. */
  readonly cancel: (code?: Code, text?: string) => void;
}

/** Sends a frame as the next one; false if there is no place for it now. */
export type SendFrame = (frame: Written) => boolean;

/** Sends what somebody has to say, once there is a place for it; false if there is more, which waits for the next. */
export type Speaker = (send: SendFrame) => boolean;

/** A function that makes one call for the receiver that it is given. */
export type StartCall = (receiver: CallReceiver) => CallLine;

interface OpenCall {
  readonly id: number;
  readonly action: string;
  readonly kind: CallKind;
  readonly receiver: CallReceiver;
  /** The data as it was when the call was made, written once. */
  data?: Written | undefined;
  deadlineAtMs?: number;
  /** Whether the session has the call; it has a number then. */
  isSent: boolean;
  /** How many sessions had it and were lost. */
  losses: number;
  /** The credit that the server has not been given yet. */
  credit: number;
  /** Whether the server is still to hear that nobody wants it. */
  isCancelled: boolean;
  /** Lets the server hear what it has not heard of the call. */
  readonly speak: Speaker;
  /** Stops its timer and forgets its signal. */
  release?: () => void;
}

const sendNothing: SendFrame = () => false;

/** Knows no socket: it is told how to send while there is one. */
export class CallTable {
  /**
   * The last call that the server runs, once it has said goodbye: those behind it are for the next server, whatever
   * this one says of them.
   */
  lastCall = Infinity;
  readonly #codec: Codec;
  readonly #open = new Map<number, OpenCall>();
  /** Who has something to say to the server, in their order; each is at most once in it. */
  #waiting = new Set<Speaker>();
  #lastId = 0;
  #openChars = 0;
  #send = sendNothing;
  #maxOpen: number = openCalls;
  #maxBytes: number = messageBytes;
  #windowItems: number = windowItems;
  #refused: ReadonlyMap<string, string> = new Map();
  #over: { code: Code; text: string } | undefined;

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  /** Makes a call, now or as soon as there is a connection. What stands against it goes to the receiver. */
  open(
    kind: CallKind,
    receiver: CallReceiver,
    action: string,
    data: unknown,
    options?: CallOptions,
  ): CallLine {
    const id = ++this.#lastId;
    const call: OpenCall = {
      id,
      action,
      kind,
      receiver,
      isSent: false,
      losses: 0,
      credit: 0,
      isCancelled: false,
      speak: (send) => this.#transmit(call, send),
    };
    const objection = this.#objection(options);
    this.#open.set(id, call);
    try {
      if (objection) throw objection;
      call.data = this.#codec.write(data, action);
      this.#openChars += call.data?.length ?? 0;
      if (this.#openChars > openChars && this.#open.size > 1)
        throw new IgorError("overloaded", "the open calls hold too much data");
      if (options) this.#watch(call, options); // Most calls have none, and then nothing is made to be given back.
      this.post(call.speak);
    } catch (error) {
      this.#fail(call, error as IgorError); // Nothing else is thrown here.
    }
    return {
      id,
      windowItems: () => this.#windowItems,
      grant: (credit) => {
        if (!this.#open.has(id)) return;
        call.credit += credit;
        this.post(call.speak);
      },
      cancel: (code = "cancelled", text = "the caller cancelled") => this.#abandon(call, code, text),
    };
  }

  /**
   * Takes in a frame, if it belongs to a call or asks for one; else answers false. Calls that have ended are forgotten,
   * and what still comes for them is ignored.
   */
  receive(frame: WireFrame): boolean {
    const { streamId, action } = frame;
    if (typeof streamId !== "number") return false;
    const call = streamId > this.lastCall ? undefined : this.#open.get(streamId);
    if (action !== undefined) {
      const error = `no action \`${action}\``;
      const answer = encode({ streamId, error, code: codes.unknown_action, close: true });
      // It waits like a call, and as many as there may be calls; more than that nobody asks who listens to the answers.
      if (this.#waiting.size < openCalls) this.post((send) => send(answer));
    } else if (call && frame.close) {
      this.#forget(call);
      if (frame.error === undefined) call.receiver.settle(frame.data ?? null);
      else call.receiver.fail(errorFromFrame(frame, call.action));
    } else if (call?.kind === "outputs" && frame.data !== undefined) {
      call.receiver.output(frame.data);
    }
    return true;
  }

  /** Sends what has waited, and from now on everything at once. */
  connect(send: SendFrame): void {
    this.lastCall = Infinity;
    this.#send = send;
    this.flush();
  }

  /** Sends of what has waited as much as there is a place for. */
  flush(): void {
    for (const speak of this.#waiting) {
      if (!speak(this.#send)) return;
      this.#waiting.delete(speak);
    }
  }

  /** Lets somebody speak, now or behind those that wait. What waits for a session that is lost is not said any more. */
  post(speak: Speaker): void {
    if (this.#waiting.size > 0 || !speak(this.#send)) this.#waiting.add(speak);
  }

  /** Holds to what the welcome said: the server's limits, and the names that mean something else there, with why. */
  agree(limits: ServerLimits, refused: ReadonlyMap<string, string>): void {
    this.#maxOpen = limits.openCalls;
    this.#maxBytes = limits.messageBytes;
    this.#windowItems = Math.min(windowItems, limits.credit);
    this.#refused = refused;
  }

  /** The connection is gone; what was sent belongs to the session, and everything else waits for the next connection. */
  disconnect(): void {
    this.#send = sendNothing;
    this.#refused = new Map(); // The next server may be the right one again.
  }

  /** The server refused the socket and ran nothing that was sent on it: all of that waits again. */
  requeue(): void {
    this.#waiting.clear();
    for (const call of this.#open.values()) {
      call.isSent = false;
      this.#waiting.add(call.speak);
    }
  }

  /** The session is gone: nobody knows what became of the calls that it had. Those that may run twice wait again. */
  lose(why: string): void {
    for (const call of this.#open.values()) {
      if (!call.isSent || call.id > this.lastCall) continue;
      if (call.kind === "idempotent" && call.losses < resends) call.losses += 1;
      else this.#fail(call, new IgorError("session_lost", why));
    }
    this.requeue();
  }

  /** The client is over: ends every call for this reason, and every later one at once. */
  end(code: Code, text: string): void {
    this.#send = sendNothing;
    this.#over = { code, text };
    for (const call of this.#open.values()) this.#fail(call, new IgorError(code, text));
  }

  /** What stands against any call that is made like this. */
  #objection({ signal, timeoutMs = Infinity }: CallOptions = {}): IgorError | undefined {
    if (this.#over) return new IgorError(this.#over.code, this.#over.text);
    if (signal?.aborted) return new IgorError("cancelled", "its signal was aborted");
    if (!(timeoutMs > 0)) return new IgorError("deadline_exceeded", `\`timeoutMs\` is ${timeoutMs}`);
    if (this.#open.size >= this.#maxOpen)
      return new IgorError("overloaded", `${this.#maxOpen} calls are open already`);
    return undefined;
  }

  /** Lets its signal and its deadline end a call. The server has the deadline too; the clock here is for when it cannot answer. */
  #watch(call: OpenCall, { signal, timeoutMs = Infinity }: CallOptions): void {
    const aborted = (): void => this.#abandon(call, "cancelled", "its signal was aborted");
    signal?.addEventListener("abort", aborted);
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (timeoutMs <= longestTimerMs) {
      call.deadlineAtMs = performance.now() + timeoutMs;
      timer = setTimeout(
        () => this.#abandon(call, "deadline_exceeded", `no answer within ${timeoutMs} ms`),
        timeoutMs,
      );
    }
    call.release = () => {
      signal?.removeEventListener("abort", aborted);
      clearTimeout(timer);
    };
  }

  /** Sends what the server has not heard of a call; false if that has to wait. */
  #transmit(call: OpenCall, send: SendFrame): boolean {
    const frame = this.#frame(call);
    const objection = call.isSent ? undefined : this.#refusal(call, frame);
    if (objection) {
      this.#fail(call, objection);
      return true;
    }
    if (!send(frame)) return false;
    call.isSent = true;
    call.credit = 0;
    return true;
  }

  /** The frame that the server is to get next of a call. */
  #frame({ id, action, kind, data, deadlineAtMs, isSent, credit, isCancelled }: OpenCall): Written {
    if (isCancelled) return encode({ streamId: id, cancel: true });
    if (isSent) return encode({ streamId: id, credit });
    const window = kind === "outputs" ? this.#windowItems : undefined;
    const deadlineMs = deadlineAtMs && Math.max(1, Math.ceil(deadlineAtMs - performance.now()));
    return withData(encode({ streamId: id, action, credit: window, deadlineMs }), data);
  }

  /** What the connection cannot carry; it is refused before it has a number. */
  #refusal({ action }: OpenCall, frame: Written): IgorError | undefined {
    const different = this.#refused.get(action);
    if (different !== undefined) return new IgorError("contract_mismatch", different);
    if (isLongerThan(frame, this.#maxBytes - numbersBytes))
      return new IgorError("too_large", `the call is over the limit of ${this.#maxBytes} bytes`);
    return undefined;
  }

  /** Ends a call from this side, and lets the server hear of it if it has the call. */
  #abandon(call: OpenCall, code: Code, text: string): void {
    if (!this.#open.has(call.id)) return;
    this.#fail(call, new IgorError(code, text));
    call.isCancelled = true;
    if (call.isSent) this.post(call.speak);
  }

  #fail(call: OpenCall, error: IgorError): void {
    this.#forget(call);
    const executed = call.isSent || call.losses > 0 ? "unknown" : "no";
    const details: ErrorDetails = { action: call.action, executed };
    call.receiver.fail(Object.assign(error, details));
  }

  #forget(call: OpenCall): void {
    this.#open.delete(call.id);
    this.#waiting.delete(call.speak);
    this.#openChars -= call.data?.length ?? 0;
    call.release?.();
  }
}
