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

/** What a call is known by, once it is open. */
export interface CallLine {
  /** Where it is open. */
  readonly table: CallTable;
  /** Its number, which its frames carry. */
  readonly id: number;
}

/** What makes a call for a receiver. */
export type CallOpener = Pick<CallTable, "open">;

/** Sends a frame as the next one; false if there is no place for it now. */
export type SendFrame = (frame: Written) => boolean;

/** Sends what somebody has to say, once there is a place for it; false if there is more, which waits for the next. */
export type Speaker = (send: SendFrame) => boolean;

interface OpenCall extends CallLine {
  readonly action: string;
  readonly kind: CallKind;
  readonly receiver: CallReceiver;
  /** The data as it was when the call was made, written once. */
  data: Written | undefined;
  deadlineAtMs?: number;
  /** Whether the session has the call; it has a number then. */
  isSent: boolean;
  /** How many sessions had it and were lost. */
  losses: number;
  /** The credit that the server has not been given yet. */
  credit: number;
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
  lastCall: number = Infinity;
  /** The items of one call that may be on their way or unread. */
  windowItems: number = windowItems;
  readonly #codec: Codec;
  #open = new Map<number, OpenCall>();
  /** Who has something to say to the server, in their order; each is at most once in it. */
  readonly #waiting = new Set<Speaker | OpenCall>();
  #lastId = 0;
  #openChars = 0;
  #send = sendNothing;
  #maxOpen: number = openCalls;
  #maxBytes: number = messageBytes;
  #refused: ReadonlyMap<string, string> = new Map();
  #over: [code: Code, text: string] | undefined;

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
    // All that is made for a call, but for its texts: what is made for each is most of what a fast one costs.
    const call: OpenCall = {
      table: this,
      id,
      action,
      kind,
      receiver,
      data: undefined,
      isSent: false,
      losses: 0,
      credit: 0,
    };
    this.#open.set(id, call);
    try {
      this.#admit(call, options);
      call.data = this.#codec.write(data, action);
      this.#openChars += call.data?.length ?? 0;
      if (this.#openChars > openChars && this.#open.size > 1)
        throw new IgorError("overloaded", "the open calls hold too much data");
      this.post(call);
    } catch (error) {
      this.#fail(call, error as IgorError); // Nothing else is thrown here.
    }
    return call;
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
      // A map that calls pass through is copied now and then, and a copy that has grown old keeps all later ones and
      // their calls from the small collections of garbage. No way leads from it to one that is made anew.
      if (streamId % 1024 === 0) this.#open = new Map(this.#open);
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
    for (const who of this.#waiting) {
      if (!this.#hear(who)) return;
      this.#waiting.delete(who);
    }
  }

  /** Lets somebody speak, now or behind those that wait. What waits for a session that is lost is not said any more. */
  post(who: Speaker | OpenCall): void {
    if (this.#waiting.size > 0 || !this.#hear(who)) this.#waiting.add(who);
  }

  /** Gives the server more credit for a call. */
  grant({ id }: CallLine, credit: number): void {
    const call = this.#open.get(id);
    if (!call) return;
    call.credit += credit;
    this.post(call);
  }

  /** Ends a call from this side, and lets the server hear of it if it has the call. */
  cancel({ id }: CallLine, code: Code = "cancelled", text = "the caller cancelled"): void {
    const call = this.#open.get(id);
    if (!call) return;
    this.#fail(call, new IgorError(code, text));
    if (call.isSent) this.post((send) => send(encode({ streamId: id, cancel: true })));
  }

  /** Holds to what the welcome said: the server's limits, and the names that mean something else there, with why. */
  agree(limits: ServerLimits, refused: ReadonlyMap<string, string>): void {
    this.#maxOpen = limits.openCalls;
    this.#maxBytes = limits.messageBytes;
    this.windowItems = Math.min(windowItems, limits.credit);
    this.#refused = refused;
    // Those behind the first hello were sent before this was known, and what they answer may be of another type.
    for (const call of this.#open.values()) this.#refuse(call);
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
      this.#waiting.add(call);
    }
  }

  /** The session is gone: nobody knows what became of the calls that it had. Those that may run twice wait again. */
  lose(why: string): void {
    for (const call of this.#open.values()) {
      if (!call.isSent || call.id > this.lastCall) continue;
      if (call.kind !== "idempotent" || call.losses >= resends) this.#fail(call, new IgorError("session_lost", why));
      else call.losses += 1;
    }
    this.requeue();
  }

  /** The client is over: ends every call for this reason, and every later one at once. */
  end(...over: [code: Code, text: string]): void {
    this.#send = sendNothing;
    this.#over = over;
    for (const call of this.#open.values()) this.#fail(call, new IgorError(...over));
  }

  /**
   * Throws what stands against a call, and lets its signal and its deadline end it. The server has the deadline too;
   * the clock here is for when it cannot answer.
   */
  #admit(call: OpenCall, { signal, timeoutMs = Infinity }: CallOptions = {}): void {
    if (this.#over) throw new IgorError(...this.#over);
    if (signal?.aborted) throw new IgorError("cancelled", "its signal was aborted");
    if (!(timeoutMs > 0)) throw new IgorError("deadline_exceeded", `\`timeoutMs\` is ${timeoutMs}`);
    if (this.#open.size > this.#maxOpen)
      throw new IgorError("overloaded", `${this.#maxOpen} calls are open already`);
    if (!signal && timeoutMs > longestTimerMs) return; // As most are: nothing is made that had to be given back.
    const aborted = (): void => this.cancel(call, "cancelled", "its signal was aborted");
    signal?.addEventListener("abort", aborted);
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (timeoutMs <= longestTimerMs) {
      call.deadlineAtMs = performance.now() + timeoutMs;
      timer = setTimeout(
        () => this.cancel(call, "deadline_exceeded", `no answer within ${timeoutMs} ms`),
        timeoutMs,
      );
    }
    call.release = () => {
      signal?.removeEventListener("abort", aborted);
      clearTimeout(timer);
    };
  }

  /** Lets somebody speak; false if there is more, which has to wait. */
  #hear(who: Speaker | OpenCall): boolean {
    return typeof who === "function" ? who(this.#send) : this.#transmit(who);
  }

  /** Sends what the server has not heard of a call; false if that has to wait. */
  #transmit(call: OpenCall): boolean {
    const frame = call.isSent ? encode({ streamId: call.id, credit: call.credit }) : this.#firstFrame(call);
    // What the connection cannot carry is refused before it has a number.
    if (this.#refuse(call)) return true;
    if (isLongerThan(frame, this.#maxBytes - numbersBytes))
      return this.#fail(call, new IgorError("too_large", `the call is over the limit of ${this.#maxBytes} bytes`));
    if (!this.#send(frame)) return false;
    call.isSent = true;
    call.credit = 0;
    return true;
  }

  /** Ends a call whose action means something else on the server; what differs, if it does. */
  #refuse(call: OpenCall): string | undefined {
    const different = this.#refused.get(call.action);
    if (different) this.cancel(call, "contract_mismatch", different);
    return different;
  }

  /** The frame that makes a call; written by hand, which takes half as long as `encode`. */
  #firstFrame({ id, action, kind, data, deadlineAtMs }: OpenCall): Written {
    let text = `{"streamId":${id},"action":${JSON.stringify(action)}`;
    if (kind === "outputs") text += `,"credit":${this.windowItems}`;
    if (deadlineAtMs) text += `,"deadlineMs":${Math.max(1, Math.ceil(deadlineAtMs - performance.now()))}`;
    return withData(`${text}}`, data);
  }

  /** Ends a call with an error; true, for it has nothing more to say. */
  #fail(call: OpenCall, error: IgorError): true {
    this.#forget(call);
    const details: ErrorDetails = {
      action: call.action,
      executed: call.isSent || call.losses > 0 ? "unknown" : "no",
    };
    call.receiver.fail(Object.assign(error, details));
    return true;
  }

  #forget(call: OpenCall): void {
    this.#open.delete(call.id);
    this.#waiting.delete(call);
    this.#openChars -= call.data?.length ?? 0;
    call.release?.();
  }
}
