// A socket that finds out where to go before it goes there.

import { closeUnauthorized } from "../close.js";
import { textOf } from "../error.js";
import type { WebSocketLike } from "../host.js";

/** The close code of a socket that was lost without a word. */
export const closeLost = 1006;

/** The ready states that matter: as a `WebSocket` has them. */
export const connectingState = 0;
export const openState = 1;
export const closedState = 3;

type Listener = (event: never) => void;

/**
 * Asks where the server is, opens the socket that it is told of, and is that socket from then on. Each is asked for
 * anew, so that a server that was started again, elsewhere and with another token, is found.
 */
export class FoundSocket implements WebSocketLike {
  #binaryType = "blob";
  #found: WebSocketLike | undefined;
  #isOver = false;
  readonly #listeners: [type: string, listener: Listener][] = [];

  constructor(find: () => Promise<WebSocketLike>) {
    find().then(
      (found) => this.#adopt(found),
      (error: unknown) => this.#end(closeLost, textOf(error)),
    );
  }

  get readyState(): number {
    if (this.#isOver) return closedState;
    return this.#found?.readyState ?? connectingState;
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

  addEventListener(type: string, listener: Listener): void {
    this.#listeners.push([type, listener]);
  }

  #adopt(found: WebSocketLike): void {
    this.#found = found;
    found.binaryType = this.#binaryType;
    found.addEventListener("open", () => this.#tell("open", {}));
    found.addEventListener("message", (event) => this.#tell("message", event));
    found.addEventListener("error", () => this.#tell("error", {}));
    found.addEventListener("close", ({ code, reason }) => this.#end(code, reason));
    if (this.#isOver) found.close();
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // The token was that of an earlier start of the server; the next one is asked for.
    this.#tell("close", { code: code === closeUnauthorized ? closeLost : code, reason });
  }

  #tell(type: string, event: object): void {
    for (const [of, listener] of this.#listeners) if (of === type) listener(event as never);
  }
}
