// The module for a page in a desktop window: it asks the window's main process where the server is.

import type { Module } from "../core.js";
import { host } from "../host.js";
import type { WebSocketLike } from "../host.js";
import { subprotocol } from "../protocol.js";
import { tokenProtocol } from "../token.js";
import { FoundSocket } from "./found_socket.js";
import { PortSocket } from "./port_socket.js";
import type { PortLike } from "./port_socket.js";
import type { AskWindow } from "./window.js";

interface WindowGlobals {
  readonly igorWindow?: AskWindow;
  addEventListener(type: "message", listener: (event: WindowMessage) => void): void;
  removeEventListener(type: "message", listener: (event: WindowMessage) => void): void;
}

interface WindowMessage {
  readonly data: unknown;
  readonly source: unknown;
  readonly ports: readonly PortLike[];
}

/**
 * Finds the server by the window that the page is in, before each socket; in a browser it does nothing. What else the
 * server has, as files, is under the page's own origin there, and the token stays in the main process.
 */
export function desktop(): Module {
  return ({ target }) => {
    const globals = globalThis as unknown as WindowGlobals;
    const ask: AskWindow | undefined = globals.igorWindow;
    if (!ask) return {};
    const found = (): Promise<WebSocketLike> => reach(globals, ask);
    target.WebSocket = class extends FoundSocket {
      constructor() {
        super(found);
      }
    };
    const { protocol, host: here } = host.location ?? {};
    if (here) target.address = async () => ({ url: `${protocol}//${here}/`, token: undefined });
    return {};
  };
}

/** The time from the question to the answer and its port; less than a socket's own, so that it is told what is missing. */
const reachMs = 8_000;

/** Asks, and opens what the answer tells. */
async function reach(globals: WindowGlobals, ask: AskWindow): Promise<WebSocketLike> {
  let missing = "the window's main process did not say where the program is";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(missing)), reachMs)));
  // Before the question: the port may be there before the answer is.
  const ports = new Map<string, PortLike>();
  let came = (): void => {};
  const listen = ({ data, source, ports: [port] }: WindowMessage): void => {
    const { igorPort } = (data ?? {}) as { igorPort?: unknown };
    if (source !== globals || typeof igorPort !== "string" || !port) return;
    ports.set(igorPort, port);
    came();
  };
  globals.addEventListener("message", listen);
  try {
    const { url = "", token = "", port } = await Promise.race([ask(), late]);
    if (port === undefined) {
      const { WebSocket } = host;
      if (!WebSocket) throw new Error("this window has no `WebSocket`");
      return new WebSocket(url, [subprotocol, tokenProtocol(token)]);
    }
    missing = "the port that the window's main process told of did not come";
    while (!ports.has(port)) await Promise.race([new Promise<void>((resolve) => (came = resolve)), late]);
    return new PortSocket(ports.get(port) as PortLike);
  } finally {
    clearTimeout(timer);
    globals.removeEventListener("message", listen);
  }
}
