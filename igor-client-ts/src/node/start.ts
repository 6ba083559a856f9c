// The one function that starts a program.

import { Backend } from "./backend.js";
import type { StartOptions } from "./options.js";

/**
 * Starts a Rust program, tells it its token, and waits until it listens. From then on it is started again when it
 * crashes, and it ends when it is stopped or when this process does, however that one ends.
 *
 * ```ts
 * import { startIgor } from "igor-client-ts/node";
 * import { connect, contract } from "./igor-client";
 *
 * const backend = await startIgor({ program: "target/release/my-program", contract });
 * const igor = connect({ WebSocket: backend.WebSocket });
 * ```
 *
 * Rejects with an `IgorError` that shows the last lines of the program's log, and with `contract_mismatch` for a
 * program of another build than the interface.
 */
export function startIgor(options: StartOptions): Promise<Backend> {
  return Backend.start(options);
}
