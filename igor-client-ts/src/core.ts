// What a module of the client can reach.

import type { Caller } from "./caller.js";
import type { CallTable } from "./calls.js";
import type { Client } from "./client.js";
import type { ConnectionTarget } from "./connection.js";

/**
 * The parts of one client, before it connects. A module may stand in front of a function of theirs: it puts its own in
 * the place of `target.write`, `target.read`, `target.address`, `calls.open` or `calls.receive`, and calls what stood
 * there for whatever is not its own.
 */
export interface Core {
  /** How data is written and messages are read, and where the server is. */
  readonly target: ConnectionTarget;
  /** The open calls, and who waits to say something in the session. */
  readonly calls: CallTable;
  /** What the generated stubs call; a module may add verbs. */
  readonly caller: Caller;
  /** What the user has: it tells of events, of lost sessions and of the end. */
  readonly client: Pick<Client<unknown>, "onStatus" | "onSessionLost">;
}

/** A part of the client that is only there where it is used; answers with what it adds to the client. */
export type Module = (core: Core) => object;
