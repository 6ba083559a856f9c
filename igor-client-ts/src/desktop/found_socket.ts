// A socket that finds out where to go before it goes there.

import { closeUnauthorized } from "../close.js";
import { textOf } from "../error.js";
import type { WebSocketLike } from "../host.js";
import { SocketEvents, closeLost, readyStates } from "./socket_events.js";
import type { SocketListener } from "./socket_events.js";

/**
 * Asks where the server is, opens the socket that it is told of, and is that socket from then on. Each is asked for
 * anew, so that a server that was started again, elsewhere and with another token, is found.
 */
export class FoundSocket implements WebSocketLike {
  #binaryType = "blob";
  #found: WebSocketLike | undefined;
  #isOver = false;
  readonly #events = new SocketEvents();

  constructor(find: () => Promise<WebSocketLike>) {
    find().then(
      (found) => this.#adopt(found),
      (error: unknown) => this.#end(closeLost, textOf(error)),
    );
  }

  get readyState(): number {
    if (this.#isOver) return readyStates.closed;
    return this.#found?.readyState ?? readyStates.connecting;
  }

  get binaryType(): string {
    return this.#binaryType;
  }

  set binaryType(type: string) {
    this.#binaryType = type;
    if (this.#found) this.#found.binaryType = type;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#found?.send(data);
  }

  close(code?: number, reason?: string): void {
    if (this.#found) this.#found.close(code, reason);
    else this.#end(code ?? closeLost, reason ?? "");
  }

  addEventListener(type: string, listener: SocketListener): void {
    this.#events.add(type, listener);
  }

  #adopt(found: WebSocketLike): void {
    this.#found = found;
    found.binaryType = this.#binaryType;
    found.addEventListener("open", () => this.#events.tell("open", {}));
    found.addEventListener("message", (event) => this.#events.tell("message", event));
    found.addEventListener("error", () => this.#events.tell("error", {}));
    found.addEventListener("close", ({ code, reason }) => this.#end(code, reason));
    if (this.#isOver) found.close();
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // The token was that of an earlier start of the server; the next one is asked for.
    this.#events.tell("close", { code: code === closeUnauthorized ? closeLost : code, reason });
  }
}
