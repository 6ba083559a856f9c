// The table of open calls: what was asked, what still waits for the connection, who gets the answers.

import { encode, encodeData, isLongerThan, withData } from "./codec.js";
import { defaults, longestTimerMs } from "./defaults.js";
import { IgorError, errorFromFrame } from "./error.js";
import type { ErrorDetails } from "./error.js";
import type { Code, ServerLimits, WireFrame } from "./protocol.js";

/** How one call is made. */
export interface CallOptions {
  /** Cancels the call when it aborts: the server drops its work, the call rejects with `cancelled`. */
  signal?: AbortSignal | undefined;
  /** The time the call may take, in milliseconds; then it rejects with `deadline_exceeded`, on both sides. */
  timeoutMs?: number | undefined;
}

/** One call as it is asked for. */
export interface CallRequest {
  readonly action: string;
  readonly data: unknown;
  readonly options: CallOptions | undefined;
  /** Whether something may come before the end; then the server is given a window of credit to begin with. */
  readonly hasOutputs: boolean;
}

/** Who gets the answers of a call: any number of outputs, then one of the other two, once. */
export interface CallReceiver {
  output(data: unknown): void;
  settle(data: unknown): void;
  fail(error: IgorError): void;
}

/** What a call can still say to the server; after its end, nothing. */
export interface CallLine {
  /** The items that may be on their way or unread; the welcome may make it smaller. */
  readonly windowItems: () => number;
  readonly grant: (credit: number) => void;
  /** Ends the call on both sides, with `cancelled` unless another code is given. */
  readonly cancel: (code?: Code, text?: string) => void;
}

/** Sends a written frame as the next one. */
export type SendText = (text: string) => void;

/** A function that makes one call for the receiver that it is given. */
export type StartCall = (receiver: CallReceiver) => CallLine;

interface OpenCall {
  readonly id: number;
  readonly action: string;
  readonly hasOutputs: boolean;
  readonly receiver: CallReceiver;
  /** The data as it was when the call was made, written once. */
  data: string | undefined;
  deadlineAtMs: number | undefined;
  isSent: boolean;
  /** Stops its timer and forgets its signal. */
  release(): void;
}

/** What the numbers before a frame can take of the limit of a message, in bytes. */
const numbersBytes = 48;

/** Knows no socket: it is told how to send while there is one. */
export class CallTable {
  readonly #open = new Map<number, OpenCall>();
  #lastId = 0;
  /** While it is there, every open call is sent. */
  #send: SendText | undefined;
  #maxOpen: number = defaults.openCalls;
  #maxBytes: number = defaults.messageBytes;
  #windowItems: number = defaults.windowItems;
  #refused: ReadonlyMap<string, string> = new Map();
  #over: { code: Code; text: string } | undefined;

  /** Makes a call, now or as soon as there is a connection. What stands against it goes to the receiver. */
  open({ action, data, options = {}, hasOutputs }: CallRequest, receiver: CallReceiver): CallLine {
    const id = ++this.#lastId;
    const call: OpenCall = {
      id,
      action,
      hasOutputs,
      receiver,
      data: undefined,
      deadlineAtMs: undefined,
      isSent: false,
      release: () => {},
    };
    const objection = this.#objection(options);
    this.#open.set(id, call);
    if (objection) {
      this.#fail(call, objection);
    } else {
      try {
        call.data = encodeData(data);
        this.#watch(call, options);
        this.#transmit(call);
      } catch (error) {
        this.#fail(call, error as IgorError); // Writing data throws nothing else.
      }
    }
    return {
      windowItems: () => this.#windowItems,
      grant: (credit) => {
        if (this.#open.has(id)) this.#send?.(encode({ streamId: id, credit }));
      },
      cancel: (code = "cancelled", text = "the caller cancelled") => this.#abandon(call, code, text),
    };
  }

  /** Takes in a frame of a call. Calls that have ended are forgotten, and what still comes for them is ignored. */
  receive(frame: WireFrame): void {
    const call = this.#open.get(frame.streamId as number);
    if (call === undefined) return;
    if (frame.close) {
      this.#forget(call);
      if (frame.error === undefined) call.receiver.settle(frame.data ?? null);
      else call.receiver.fail(errorFromFrame(frame, call.action));
    } else if (frame.data !== undefined && call.hasOutputs) {
      call.receiver.output(frame.data);
    }
  }

  /** Sends what has waited, and from now on everything at once. */
  connect(send: SendText): void {
    this.#send = send;
    for (const call of this.#open.values()) this.#transmit(call);
  }

  /** Holds to what the welcome said: the server's limits, and the names that mean something else there, with why. */
  agree(limits: ServerLimits, refused: ReadonlyMap<string, string>): void {
    this.#maxOpen = limits.openCalls;
    this.#maxBytes = limits.messageBytes;
    this.#windowItems = Math.min(defaults.windowItems, limits.credit);
    this.#refused = refused;
  }

  /** The server refused the socket and ran nothing that was sent on it: all of that waits again. */
  requeue(): void {
    this.#send = undefined;
    for (const call of this.#open.values()) call.isSent = false;
  }

  /** The connection is gone: nobody knows what became of the calls sent on it. The others wait for the next one. */
  lose(): void {
    this.#send = undefined;
    this.#refused = new Map(); // The next server may be the right one again.
    for (const call of this.#open.values()) {
      if (call.isSent)
        this.#fail(call, new IgorError("session_lost", "the connection was lost before the answer came"));
    }
  }

  /** The client is over: ends every call for this reason, and every later one at once. */
  end(code: Code, text: string): void {
    this.#send = undefined;
    this.#over = { code, text };
    for (const call of this.#open.values()) this.#fail(call, new IgorError(code, text));
  }

  /** What stands against any call that is made like this. */
  #objection({ signal, timeoutMs = Infinity }: CallOptions): IgorError | undefined {
    if (this.#over) return new IgorError(this.#over.code, this.#over.text);
    if (signal?.aborted) return new IgorError("cancelled", "its signal was aborted before the call");
    if (!(timeoutMs > 0))
      return new IgorError(
        "deadline_exceeded",
        `\`timeoutMs\` is ${timeoutMs}, which leaves no time for the call`,
      );
    if (this.#open.size >= this.#maxOpen)
      return new IgorError("overloaded", `${this.#maxOpen} calls are open, and that is the limit`);
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
        () => this.#abandon(call, "deadline_exceeded", `no answer came within ${timeoutMs} ms`),
        timeoutMs,
      );
    }
    call.release = () => {
      signal?.removeEventListener("abort", aborted);
      clearTimeout(timer);
    };
  }

  /** Sends a call that waits, if there is a connection. What it cannot carry is refused here, before it has a number. */
  #transmit(call: OpenCall): void {
    if (call.isSent) return;
    const { id, action, hasOutputs, data, deadlineAtMs } = call;
    const refused = this.#refused.get(action);
    if (refused !== undefined) return this.#fail(call, new IgorError("contract_mismatch", refused));
    const credit = hasOutputs ? this.#windowItems : undefined;
    const deadlineMs = deadlineAtMs && Math.max(1, Math.ceil(deadlineAtMs - performance.now()));
    const text = withData(encode({ streamId: id, action, credit, deadlineMs }), data);
    if (isLongerThan(text, this.#maxBytes - numbersBytes)) {
      return this.#fail(
        call,
        new IgorError("too_large", `the call is over the limit of ${this.#maxBytes} bytes`),
      );
    }
    if (this.#send === undefined) return;
    call.isSent = true;
    this.#send(text);
  }

  /** Ends a call from this side, and tells the server if it has heard of it. */
  #abandon(call: OpenCall, code: Code, text: string): void {
    if (!this.#open.has(call.id)) return;
    this.#send?.(encode({ streamId: call.id, cancel: true }));
    this.#fail(call, new IgorError(code, text));
  }

  #fail(call: OpenCall, error: IgorError): void {
    this.#forget(call);
    const details: ErrorDetails = { action: call.action, executed: call.isSent ? "unknown" : "no" };
    call.receiver.fail(Object.assign(error, details));
  }

  #forget(call: OpenCall): void {
    this.#open.delete(call.id);
    call.release();
  }
}
