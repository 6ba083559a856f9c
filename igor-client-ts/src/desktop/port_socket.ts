// A socket over a `MessagePort`: the other end of it is a socket of the window's main process.

import type { WebSocketLike } from "../host.js";
import { SocketEvents, closeLost, readyStates } from "./socket_events.js";
import type { SocketListener } from "./socket_events.js";

/** What goes over the port beside the messages themselves, which are strings and `ArrayBuffer`s. */
export interface PortWord {
  /** The main process has its socket. */
  readonly open?: boolean;
  /** Either side is done, with why. */
  readonly close?: readonly [code: number, reason: string];
}

/** The part of a port that is used. */
export interface PortLike {
  postMessage(message: unknown): void;
  close(): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  start(): void;
}

/** A socket over a port. */
export class PortSocket implements WebSocketLike {
  readyState = readyStates.connecting;
  /** Binary messages come as `ArrayBuffer`s, whatever is asked for. */
  binaryType = "arraybuffer";
  readonly #port: PortLike;
  readonly #events = new SocketEvents();

  constructor(port: PortLike) {
    this.#port = port;
    port.addEventListener("message", ({ data }) => this.#receive(data));
    port.start();
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.readyState === readyStates.open) this.#port.postMessage(typeof data === "string" ? data : exactBuffer(data));
  }

  close(code = 1000, reason = ""): void {
    if (this.readyState === readyStates.closed) return;
    this.#port.postMessage({ close: [code, reason] } satisfies PortWord);
    this.#end(code, reason);
  }

  addEventListener(type: string, listener: SocketListener): void {
    this.#events.add(type, listener);
  }

  #receive(data: unknown): void {
    if (this.readyState === readyStates.closed) return;
    if (typeof data === "string" || data instanceof ArrayBuffer) return this.#events.tell("message", { data });
    const { open, close } = (data ?? {}) as PortWord;
    if (close) return this.#end(...close);
    if (!open) return this.#end(closeLost, "the main process said something that is not understood");
    this.readyState = readyStates.open;
    this.#events.tell("open", {});
  }

  #end(code: number, reason: string): void {
    this.readyState = readyStates.closed;
    this.#port.close();
    this.#events.tell("close", { code, reason });
  }
}

/** The bytes alone: a view's buffer may hold more than the view shows. */
export function exactBuffer({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}
