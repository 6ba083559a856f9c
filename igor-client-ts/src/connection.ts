// Keeps a client in touch with its server: finds token and session, opens sockets, comes back after a loss.

import { backoffMs } from "./backoff.js";
import type { CallTable } from "./calls.js";
import { afterClose, closeDone, closeGone, closeProtocol } from "./close.js";
import type { Codec } from "./codec.js";
import { differences } from "./contract.js";
import { backoffDoublings, beatMs, graceMs, keptDoublings, longestTimerMs, ringChars, steadyMs } from "./defaults.js";
import type { Emitter } from "./emitter.js";
import { IgorError, errorFromFrame, textOf } from "./error.js";
import { randomText, watchPage } from "./host.js";
import type { WebSocketClass } from "./host.js";
import { SessionLink } from "./link.js";
import { goodbyeAction, subprotocol } from "./protocol.js";
import type { Code, Contract, GoodbyeData, HelloData, PageStanding, WelcomeData, WireFrame } from "./protocol.js";
import { awaitsWelcome, heedsGoodbye, keepsPage, storesKeyFirst } from "./rules.js";
import { SessionKeeper } from "./session.js";
import { ClientSocket, neverSent } from "./socket.js";
import type { SocketEnd } from "./socket.js";
import { tokenProtocol } from "./token.js";

/**
 * How the connection is.
 *
 * - `connecting`: there was none yet; the reason told beside it is that of the last attempt.
 * - `open`: it stands.
 * - `resuming`: it is lost, and being looked for; the reason is that of the loss, then of the last attempt.
 * - `lost`: it will not come back; the reason is told beside it.
 * - `closed`: `close()` was called.
 */
export type Status = "connecting" | "open" | "resuming" | "lost" | "closed";

/** Where a server is, and what opens its gate. */
export interface Address {
  readonly url: string;
  readonly token: string | undefined;
}

/** Where a connection goes, as whom, and how it is written. */
export interface ConnectionTarget extends Codec {
  /** What makes its sockets. */
  WebSocket: WebSocketClass;
  readonly contract: Contract;
  readonly name: string | undefined;
  /** Where the server is now; asked before each socket. */
  address: () => Promise<Address>;
}

/** What a connection tells. */
export interface ConnectionNews {
  status: [status: Status, why: string | undefined];
  /** The session is gone that the server had; the calls that it had have failed. */
  sessionLost: string;
  /** It will not come back; with the error where it is `lost`. */
  over: IgorError | undefined;
}

/** One client's way to its server, over as many sockets as it takes. */
export class ClientConnection {
  /** How it is; nobody else writes it. */
  status: Status = "connecting";
  /** That it will not come back, and the error if it is `lost`; nobody else writes it. */
  over: { readonly error: IgorError | undefined } | undefined;
  readonly #target: ConnectionTarget;
  readonly #calls: CallTable;
  readonly #news: Pick<Emitter<ConnectionNews>, "emit">;
  /** Takes a frame that belongs to no call. */
  readonly #other: (frame: WireFrame) => void;
  readonly #session = new SessionKeeper();
  readonly #link = new SessionLink();
  readonly #end = new AbortController();
  #page = randomText(16);
  /** Whether the server can have heard nothing of this page. */
  #isFirst = true;
  /** Whether the server may have something of this session, so that something can be lost. */
  #isKept = false;
  /** What the server said last. */
  #welcome: Partial<WelcomeData> = {};
  #socket: ClientSocket | undefined;
  /** What the latest frame acknowledged. */
  #ack: number | undefined;
  /** Runs while there is no socket and none is on its way. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Runs from the loss of a socket to the next welcome. */
  #grace: ReturnType<typeof setTimeout> | undefined;
  /** Whether the session is given up with the next failure. */
  #isOverdue = false;
  #failures = 0;
  #retryAfterMs = 0;
  #openedAtMs = Infinity;

  constructor(
    target: ConnectionTarget,
    calls: CallTable,
    news: Pick<Emitter<ConnectionNews>, "emit">,
    other: (frame: WireFrame) => void,
  ) {
    this.#target = target;
    this.#calls = calls;
    this.#news = news;
    this.#other = other;
    watchPage(
      () => this.#wake(),
      () => this.#reload(),
      this.#end.signal,
    );
    void this.#connect();
  }

  get clientId(): string | undefined {
    return this.#welcome.clientId;
  }

  /** Ends it for good: no socket, no timer, no call is left. */
  close(): void {
    this.#stop("closed", "cancelled", "the client was closed");
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { contract, name } = this.#target;
    const { session, key, attempt } = await this.#session.next();
    const { url, token } = await this.#target.address();
    if (this.over) return;
    const protocols = token === undefined ? [subprotocol] : [subprotocol, tokenProtocol(token)];
    const resume = this.#isFirst ? undefined : { epoch: this.#welcome.epoch, ...this.#link.standing() };
    const hello: HelloData = {
      session,
      key,
      page: keepsPage ? this.#page : randomText(16),
      attempt,
      contract: contract.hash,
      name,
      ring: ringChars,
      resume,
    };
    try {
      // Asked for as late as the address: a module puts its own there, once this has begun.
      const made = new this.#target.WebSocket(url, protocols);
      const socket: ClientSocket = new ClientSocket(made, this.#target, hello, this.#link, {
        greeted: () => this.#greeted(socket),
        welcomed: (welcome) => this.#welcomed(socket, welcome, resume),
        received: (frame) => this.#received(frame),
        ended: (end) => this.#ended(end, resume),
      });
      this.#socket = socket;
    } catch (error) {
      // The class refused the address as such, and would again.
      this.#stop("lost", "forbidden", `no way to \`${url}\`: ${textOf(error)}`);
    }
  }

  /** The first hello of a page may be followed by its calls at once, which saves them a round trip. */
  #greeted(socket: ClientSocket): void {
    if (!awaitsWelcome || this.#isFirst) this.#serve(socket);
    this.#isFirst = false;
  }

  /** Lets calls be sent over this socket. */
  #serve(socket: ClientSocket): void {
    this.#isKept = true;
    this.#ack = undefined; // In another session numbers begin again.
    this.#calls.connect((frame) => {
      const numbered = this.#link.push(frame);
      if (numbered) socket.write(numbered);
      return numbered !== undefined;
    });
  }

  /** The server answered a hello that said where the page stands, or that of a page that stands nowhere yet. */
  #welcomed(socket: ClientSocket, welcome: WelcomeData, resume: PageStanding | undefined): void {
    const { session, key, resumed, received, reason, limits, contract } = welcome;
    if (resume && !resumed) this.#forget(reason);
    const again = resume ? this.#link.resume(received) : [];
    if (!again) return socket.close(closeProtocol, neverSent);
    // In this order: the ack makes the old key invalid, so the new one must be stored by then.
    if (storesKeyFirst) this.#session.keep(session, key);
    socket.acknowledge();
    if (!storesKeyFirst) this.#session.keep(session, key);
    for (const frame of again) socket.write(frame);
    const different = differences(this.#target.contract, contract);
    if (different.size > 0)
      console.warn(`igor: the server is of another version: ${[...different.values()].join(", ")}`);
    this.#endGrace();
    this.#welcome = welcome;
    this.#openedAtMs = performance.now();
    this.#retryAfterMs = 0;
    this.#calls.agree(limits, different);
    this.#serve(socket);
    if (!this.over) this.#change("open");
  }

  #received(frame: WireFrame): void {
    if (frame.action === goodbyeAction) {
      const { retryAfterMs, lastCall } = (frame.data ?? {}) as GoodbyeData;
      this.#waitFor(retryAfterMs);
      if (heedsGoodbye) this.#calls.lastCall = lastCall;
    } else if (!this.#calls.receive(frame)) {
      this.#other(frame);
    }
    // A new ack may have made a place. Else whoever waits would write his frame, which may be large, again in vain.
    if (frame.ack !== this.#ack) this.#calls.flush();
    this.#ack = frame.ack;
  }

  #ended({ code, why, refusal }: SocketEnd, resume: PageStanding | undefined): void {
    this.#socket = undefined;
    this.#calls.disconnect();
    if (performance.now() - this.#openedAtMs >= steadyMs) this.#failures = 0;
    this.#openedAtMs = Infinity;
    if (refusal) return this.#refused(refusal, why, resume);
    const after = afterClose(code);
    if (after === "renew") this.#renew(why);
    else if (after !== "return") return this.#stop("lost", after, why);
    this.#retry(why);
  }

  /** The server answered the hello with an error, and has run nothing that stood behind it. */
  #refused(refusal: WireFrame, why: string, resume: PageStanding | undefined): void {
    const { code } = errorFromFrame(refusal);
    if (!resume) {
      this.#isFirst = true;
      this.#isKept = false;
      this.#link.restart();
      this.#calls.requeue();
    }
    if (code === "unauthorized" || code === "forbidden") {
      this.#session.renew(); // So that the next load of this page does not meet the same refusal.
      return this.#stop("lost", code, why);
    }
    this.#waitFor(refusal.retryAfterMs);
    this.#retry(why);
  }

  /** Notes how long the server wants to be left alone. */
  #waitFor(retryAfterMs: unknown): void {
    // By its size alone: below zero it would take away from the wait, and all clients would be back at once.
    if (typeof retryAfterMs === "number") this.#retryAfterMs = Math.abs(retryAfterMs);
  }

  #retry(why: string): void {
    if (this.#isOverdue) this.#renew(why);
    if (this.over) return;
    const doublings = this.#isKept ? keptDoublings : backoffDoublings;
    this.#timer = setTimeout(
      () => void this.#connect(),
      backoffMs(this.#failures++, doublings, this.#retryAfterMs, Math.random()),
    );
    const { graceMs: keptMs = graceMs, beatMs: silentMs = beatMs } = this.#welcome;
    const lostMs = Math.min(keptMs + 2 * silentMs, longestTimerMs);
    const lateAtMs = performance.now() + lostMs + silentMs;
    if (this.#isKept) this.#grace ??= setTimeout(() => this.#expire(lateAtMs), lostMs);
    this.#change(this.status === "open" ? "resuming" : this.status, why);
  }

  /** The server has had no welcome for so long that it has not kept the session. */
  #expire(lateAtMs: number): void {
    const why = "the server was out of reach";
    // A late timer: the machine slept, and the server may have slept with it. Then one attempt is made first.
    const hasSlept = performance.now() > lateAtMs;
    this.#isOverdue = !hasSlept;
    if (this.#socket) this.#socket.close(closeDone, why);
    else if (!hasSlept) this.#renew(why);
    this.#isOverdue = hasSlept;
    if (hasSlept) this.#wake();
  }

  /** What woke the page may have brought its network back, or may have taken its socket. */
  #wake(): void {
    if (this.#timer !== undefined) void this.#connect();
    else this.#socket?.wake();
  }

  /** A page that was left and is shown again: as if it was loaded anew, because another may have had its session. */
  #reload(): void {
    const why = "the page was left";
    this.#socket?.close(closeDone, why);
    this.#page = randomText(16);
    this.#isFirst = true;
    this.#session.forget();
    this.#forget(why);
    this.#wake();
  }

  /** Gives the session up: the next socket has another. */
  #renew(why: string): void {
    this.#session.renew();
    this.#forget(why);
  }

  /** The server has nothing of this page any more, or never will be asked for it. */
  #forget(why = "no reason given"): void {
    const hadSession = this.#welcome.epoch;
    this.#isKept = false;
    delete this.#welcome.epoch;
    this.#endGrace();
    this.#link.restart();
    this.#calls.lose(why);
    if (hadSession) this.#news.emit("sessionLost", why);
  }

  #endGrace(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#isOverdue = false;
  }

  #stop(status: "lost" | "closed", code: Code, text: string): void {
    if (this.status === "closed") return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#endGrace();
    this.#end.abort();
    this.#session.release();
    this.#calls.end(code, text);
    this.over ??= { error: status === "lost" ? new IgorError(code, text) : undefined };
    this.#news.emit("over", this.over.error);
    this.#change(status, text);
    this.#socket?.close(closeGone, "");
  }

  #change(status: Status, why?: string): void {
    this.status = status;
    this.#news.emit("status", [status, why]);
  }
}
