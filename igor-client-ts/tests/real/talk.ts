// The Rust program `talk-server`, and clients of it as generated ones are.

import { afterEach } from "vitest";
import { open } from "../../src/index.js";
import type { Call, Client, Stream } from "../../src/index.js";
import { inputs } from "../../src/inputs/inputs.js";
import type { Input, SendingCaller } from "../../src/inputs/inputs.js";
import { startIgor } from "../../src/node/index.js";
import type { Backend } from "../../src/node/index.js";
import { requests } from "../../src/requests/requests.js";
import type { RequestHandlers } from "../../src/requests/requests.js";
import { traces } from "../../src/traces/traces.js";
import type { Traced, TracedOptions } from "../../src/traces/traces.js";
import { programNamed } from "../program.js";

const { path: program, contract } = await programNamed("talk-server");

interface Requests {
  "talk.confirm": { data: { question: string }; reply: boolean };
  "talk.hurry": { data: null; reply: null };
}

const actions = (call: SendingCaller) => ({
  sum: (numbers: Input<number>): Call<number> => call.sending(numbers).value("talk.sum", undefined, undefined),
  take: (numbers: Input<number>): Call<number, number> => call.sending(numbers).outputs("talk.take", undefined, undefined),
  lengths: (words: Input<string>): Stream<number> => call.sending(words).stream("talk.lengths", undefined, undefined),
  first: (words: Input<string>): Call<string | null> => call.sending(words).value("talk.first", undefined, undefined),
  allow: (permits: number): Call<void> => call.value("talk.allow", permits, undefined),
  ask: (id: string): Call<string> => call.value("talk.ask", id, undefined),
  trace: (options?: TracedOptions): Call<string | null> => call.value("talk.trace", undefined, options),
  hurryUp: (): Call<void> => call.value("talk.hurry_up", undefined, undefined),
});

export type Talk = Client<object> & ReturnType<typeof actions> & RequestHandlers<Requests> & Traced;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Starts the program; it keeps what a client is that is away for so long. */
export async function startTalk(graceMs = 600_000): Promise<Backend> {
  const backend = await startIgor({ program, args: [String(graceMs)], contract, instances: "many", readyMs: 60_000 });
  endings.push(() => backend.stop());
  return backend;
}

/** A client that is connected, and its network. */
export async function connectTalk(backend: Backend): Promise<{ igor: Talk; network: Network }> {
  const network = new Network(backend);
  const modules = [inputs(), requests(), traces()];
  const igor = open<object, ReturnType<typeof actions>, SendingCaller>(contract, actions, { WebSocket: network.WebSocket }, undefined, modules);
  endings.push(() => igor.close());
  await igor.allow(0);
  return { igor: igor as Talk, network };
}

/** What is between a client and the program. */
class Network {
  readonly WebSocket: Backend["WebSocket"];
  readonly #sockets = new Set<InstanceType<Backend["WebSocket"]>>();
  #isDown = false;

  constructor(backend: Backend) {
    const { WebSocket } = backend;
    const join = (socket: InstanceType<typeof WebSocket>): void => this.#join(socket);
    this.WebSocket = class extends WebSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        join(this);
      }
    };
  }

  /** Cuts what is connected, and lets nothing new through. */
  fail(): void {
    this.#isDown = true;
    for (const socket of this.#sockets) socket.close(4000, "cut");
  }

  recover(): void {
    this.#isDown = false;
  }

  #join(socket: InstanceType<Backend["WebSocket"]>): void {
    this.#sockets.add(socket);
    socket.addEventListener("close", () => this.#sockets.delete(socket));
    if (this.#isDown) socket.close(4000, "cut");
  }
}
