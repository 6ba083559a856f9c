// The main process's end of a window's port: every message goes on to a socket of its own, and back.

import type { PortWord } from "../desktop/port_socket.js";
import { exactBuffer } from "../desktop/port_socket.js";
import type { WebSocketLike } from "../host.js";

/** The part of a port that is used; what Electron's main process and `worker_threads` have is told by an adapter. */
export interface BridgedPort {
  postMessage(message: unknown): void;
  close(): void;
  /** Calls `received` with each message, and `closed` when the other end is gone. */
  listen(received: (message: unknown) => void, closed: () => void): void;
}

/** Joins a port and a socket until either is closed. */
export function bridge(port: BridgedPort, socket: WebSocketLike): void {
  const say = (word: PortWord): void => port.postMessage(word);
  socket.binaryType = "arraybuffer";
  socket.addEventListener("open", () => say({ open: true }));
  socket.addEventListener("message", ({ data }) => port.postMessage(data));
  socket.addEventListener("error", () => {}); // A close follows.
  socket.addEventListener("close", ({ code, reason }) => {
    say({ close: [code, reason] });
    port.close();
  });
  port.listen(
    (message) => {
      if (typeof message === "string") return socket.send(message);
      if (message instanceof ArrayBuffer) return socket.send(new Uint8Array(message));
      if (message instanceof Uint8Array) return socket.send(new Uint8Array(exactBuffer(message as Uint8Array<ArrayBuffer>)));
      socket.close(...closeOf(message));
    },
    () => socket.close(1001, "the window is gone"),
  );
}

/** How a page closes its socket. It may be anybody's by then, and what a socket refuses would end the main process. */
function closeOf(message: unknown): [code: number, reason: string] {
  const { close } = (message ?? {}) as { close?: unknown };
  const [code, reason] = (Array.isArray(close) ? close : []) as unknown[];
  const isCode = Number.isInteger(code) && (code as number) >= 1000 && (code as number) < 5000;
  if (!isCode || typeof reason !== "string") return [1008, "not understood"];
  return [code as number, reason.slice(0, 40)]; // A reason may be 123 bytes long.
}
