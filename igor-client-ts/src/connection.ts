// Keeps a link to the server alive: finds token and session, opens sockets, comes back after a loss.

import { afterClose, backoffMs } from "./backoff.js";
import type { CallTable } from "./calls.js";
import { encode } from "./codec.js";
import { differences } from "./contract.js";
import { defaults } from "./defaults.js";
import { IgorError, errorFromFrame } from "./error.js";
import { onWake, randomText } from "./host.js";
import type { WebSocketClass } from "./host.js";
import { SocketLink } from "./link.js";
import type { LinkEnd } from "./link.js";
import { closeCodes, codes, protocolActions, subprotocol } from "./protocol.js";
import type { Code, Contract, WelcomeData, WireFrame } from "./protocol.js";
import { SessionKeeper } from "./session.js";
import { findToken, tokenProtocol } from "./token.js";

/**
 * How the connection is.
 *
 * - `connecting`: there was none yet.
 * - `open`: it stands.
 * - `resuming`: it is lost, and being looked for.
 * - `lost`: it will not come back; the reason is told beside it.
 * - `closed`: `close()` was called.
 */
export type Status = "connecting" | "open" | "resuming" | "lost" | "closed";

/** Where a connection goes, and as whom. */
export interface ConnectionTarget {
  readonly WebSocket: WebSocketClass;
  readonly url: string;
  readonly contract: Contract;
  readonly token: string | undefined;
  readonly name: string | undefined;
}

/** What a connection tells its owner. */
export interface ConnectionListener {
  /** With the error that ends it where it is `lost`. */
  changed(status: Status, why: string | undefined, error: IgorError | undefined): void;
  /** A frame that belongs to no call. */
  received(frame: WireFrame): void;
}

/** One client's way to its server, over as many sockets as it takes. */
export class ClientConnection {
  readonly #target: ConnectionTarget;
  readonly #calls: CallTable;
  readonly #listener: ConnectionListener;
  readonly #session = new SessionKeeper();
  readonly #stopWaking: () => void;
  #status: Status = "connecting";
  #clientId: string | undefined;
  #link: SocketLink | undefined;
  /** Runs while there is no link and none is on its way. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #retryAfterMs = 0;
  #openedAtMs = Infinity;
  #isFirst = true;

  constructor(target: ConnectionTarget, calls: CallTable, listener: ConnectionListener) {
    this.#target = target;
    this.#calls = calls;
    this.#listener = listener;
    this.#stopWaking = onWake(() => {
      if (this.#timer !== undefined) void this.#connect();
    });
    void this.#connect();
  }

  get status(): Status {
    return this.#status;
  }

  get clientId(): string | undefined {
    return this.#clientId;
  }

  /** Ends it for good: no socket, no timer, no call is left. */
  close(): void {
    this.#stop("closed", "cancelled", "the client was closed");
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { WebSocket, url, contract, token: given, name } = this.#target;
    const token = await findToken(url, given);
    const identity = await this.#session.next();
    if (this.#isOver()) return;
    const protocols = token === undefined ? [subprotocol] : [subprotocol, tokenProtocol(token)];
    // Every socket is a page of its own: nothing is replayed, and the numbers of both sides start at 1.
    const hello = {
      ...identity,
      page: randomText(16),
      contract: contract.hash,
      ...(name !== undefined && { name }),
      ring: defaults.ringBytes,
    };
    try {
      const link: SocketLink = new SocketLink({ WebSocket, url, protocols }, hello, {
        greeted: () => this.#greeted(link),
        welcomed: (welcome) => this.#welcomed(link, welcome),
        received: (frame) => this.#received(link, frame),
        ended: (end) => this.#ended(end),
      });
      this.#link = link;
    } catch (error) {
      // The class refused the address as such, and would again.
      this.#stop(
        "lost",
        "forbidden",
        `no socket can be made to \`${url}\`: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** The first hello of a program may be followed by its calls at once, which saves them a round trip. */
  #greeted(link: SocketLink): void {
    if (this.#isFirst) this.#calls.connect((text) => link.send(text));
    this.#isFirst = false;
  }

  #welcomed(link: SocketLink, { clientId, session, key, limits, contract }: WelcomeData): void {
    // In this order: the ack makes the old key invalid, so the new one must be stored by then.
    this.#session.keep(session, key);
    link.acknowledge();
    const different =
      typeof contract === "string" ? new Map<string, string>() : differences(this.#target.contract, contract);
    if (different.size > 0) {
      console.warn(
        `igor: this client was generated for another version of the server: ${[...different.values()].join(", ")}`,
      );
    }
    this.#clientId = clientId;
    this.#openedAtMs = performance.now();
    this.#retryAfterMs = 0;
    this.#calls.agree(limits, different);
    this.#calls.connect((text) => link.send(text));
    this.#change("open");
  }

  #received(link: SocketLink, frame: WireFrame): void {
    const { streamId, action } = frame;
    if (typeof streamId === "number" && action === undefined) {
      this.#calls.receive(frame);
    } else if (typeof streamId === "number") {
      link.send(
        encode({
          streamId,
          error: `this client has no action \`${action}\``,
          code: codes.unknown_action,
          close: true,
        }),
      );
    } else if (action === protocolActions.goodbye) {
      this.#waitFor((frame.data as { retryAfterMs?: unknown } | null | undefined)?.retryAfterMs);
    } else {
      this.#listener.received(frame);
    }
  }

  #ended({ code, why, refusal }: LinkEnd): void {
    this.#link = undefined;
    if (this.#isOver()) return;
    if (performance.now() - this.#openedAtMs >= defaults.steadyMs) this.#failures = 0;
    this.#openedAtMs = Infinity;
    if (refusal) return this.#refused(refusal, why);
    const after = afterClose(code);
    if (after.next === "stop") return this.#stop("lost", after.code, after.text);
    if (after.next === "renew") this.#session.renew();
    this.#calls.lose();
    this.#retry(why);
  }

  /** The server answered the hello with an error, and has run nothing that stood behind it. */
  #refused(refusal: WireFrame, why: string): void {
    const { code } = errorFromFrame(refusal);
    if (code === "unauthorized" || code === "forbidden") {
      this.#session.renew(); // So that the next load of this page does not meet the same refusal.
      return this.#stop("lost", code, why);
    }
    this.#calls.requeue();
    this.#waitFor(refusal.retryAfterMs);
    this.#retry(why);
  }

  /** Notes how long the server wants to be left alone. */
  #waitFor(retryAfterMs: unknown): void {
    if (typeof retryAfterMs === "number") this.#retryAfterMs = retryAfterMs;
  }

  #retry(why: string): void {
    const waitMs = backoffMs(this.#failures++, this.#retryAfterMs, Math.random());
    this.#timer = setTimeout(() => void this.#connect(), waitMs);
    if (this.#status === "open") this.#change("resuming", why);
  }

  #stop(status: "lost" | "closed", code: Code, text: string): void {
    if (this.#status === "closed") return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopWaking();
    this.#session.release();
    this.#calls.end(code, text);
    this.#change(status, text, status === "lost" ? new IgorError(code, text) : undefined);
    this.#link?.close(closeCodes.done, "");
  }

  #change(status: Status, why?: string, error?: IgorError): void {
    this.#status = status;
    this.#listener.changed(status, why, error);
  }

  #isOver(): boolean {
    return this.#status === "lost" || this.#status === "closed";
  }
}
