// The one function that generated code calls: it puts a client together.

import { callerOf } from "./caller.js";
import type { Caller } from "./caller.js";
import { CallTable } from "./calls.js";
import { Client } from "./client.js";
import { decode, encodeData } from "./codec.js";
import type { ConnectionTarget } from "./connection.js";
import type { Core, Module } from "./core.js";
import { address } from "./defaults.js";
import { IgorError } from "./error.js";
import { host } from "./host.js";
import type { WebSocketClass } from "./host.js";
import type { Contract } from "./protocol.js";
import { findToken } from "./token.js";

/** How a client connects. */
export interface ConnectOptions {
  /** The server's token. Without it a page takes the code in its address, or what an earlier visit kept. */
  token?: string | undefined;
  /** The name that this client wants to have; somebody else's is refused. */
  name?: string | undefined;
  /** The class that makes sockets, where there is no global one: in Node before 22, that of the package `ws`. */
  WebSocket?: WebSocketClass | undefined;
}

/**
 * Makes the client of a server and starts to connect. It answers at once: calls wait for the connection.
 *
 * Without a `url` a page speaks to the server that it came from, everything else to `ws://127.0.0.1:5678/`.
 */
export function open<Events, Actions extends object, Calls extends Caller = Caller>(
  contract: Contract,
  actions: (call: Calls) => Actions,
  url?: string | URL | ConnectOptions,
  options?: ConnectOptions,
  modules: readonly Module[] = [],
): Client<Events> & Actions {
  const isAddress = typeof url === "string" || url instanceof URL;
  // Of the two, whichever is no address; an address has none of these.
  const { token, name, WebSocket = host.WebSocket } = { ...(url as ConnectOptions | undefined), ...options };
  if (!WebSocket)
    throw new IgorError("bad_data", "there is no `WebSocket` here; pass one: `connect({ WebSocket })`");
  const at = addressOf(isAddress ? url : undefined);
  const target: ConnectionTarget = {
    WebSocket,
    contract,
    name,
    address: async () => ({ url: at, token: await findToken(at, token) }),
    write: encodeData,
    read: decode,
  };
  const calls = new CallTable(target);
  const caller = callerOf(calls);
  const client = new Client<Events>(target, calls);
  const core: Core = { target, calls, caller, client };
  return Object.assign(client, actions(caller as Calls), ...modules.map((module) => module(core)));
}

/** The address of the server's socket. */
function addressOf(given: string | URL | undefined): string {
  const { origin = "" } = host.location ?? {};
  try {
    const url = new URL(given ?? (/^http/.test(origin) ? origin : address));
    url.protocol = url.protocol.replace("http", "ws");
    url.hash = "";
    if (/^wss?:/.test(url.href)) return url.href;
  } catch {
    // What is no address at all is refused like one of another kind.
  }
  throw new IgorError("bad_data", `\`${String(given)}\` is no address of a WebSocket`);
}
