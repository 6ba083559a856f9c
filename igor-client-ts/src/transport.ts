// One WebSocket, reduced to what is needed of it: it opens, it brings and takes text, it closes once.

import type { WebSocketClass, WebSocketLike } from "./host.js";

/** Where a socket goes and what it offers. */
export interface SocketTarget {
  readonly WebSocket: WebSocketClass;
  readonly url: string;
  readonly protocols: string[];
}

/** What a socket tells its owner, who hears nothing more after `closed` or its own `close()`. */
export interface SocketListener {
  opened(): void;
  message(data: unknown): void;
  closed(code: number, reason: string): void;
}

/** The ready state of an open socket. */
const openState = 1;

/** A socket whose end is the owner's word: after `close()` it is silent, even if the other side never answers. */
export class SocketTransport {
  readonly #socket: WebSocketLike;
  #isOver = false;

  constructor({ WebSocket, url, protocols }: SocketTarget, listener: SocketListener) {
    const socket = new WebSocket(url, protocols);
    socket.addEventListener("open", () => {
      if (!this.#isOver) listener.opened();
    });
    socket.addEventListener("message", ({ data }) => {
      if (!this.#isOver) listener.message(data);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (this.#isOver) return;
      this.#isOver = true;
      listener.closed(code, reason);
    });
    // A close follows every error and says no less; but in Node an error that nobody listens to ends the program.
    socket.addEventListener("error", () => {});
    this.#socket = socket;
  }

  /** Sends a text; on a socket that is not open it is dropped, because its close will be told. */
  send(text: string): void {
    if (this.#socket.readyState === openState) this.#socket.send(text);
  }

  /** Closes the socket and forgets it. */
  close(code: number, reason: string): void {
    this.#isOver = true;
    this.#socket.close(code, reason);
  }
}
