// The Rust program `talk-server`, and clients of it as generated ones are.

import { afterEach, expect, vi } from "vitest";
import { open } from "../../src/index.js";
import type { Call, CallOptions, Client, Stream } from "../../src/index.js";
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
  noted: (what: string): Call<number> => call.value("talk.noted", what, undefined),
  ask: (id: string): Call<string> => call.value("talk.ask", id, undefined),
  trace: (options?: TracedOptions): Call<string | null> => call.value("talk.trace", undefined, options),
  hurryUp: (): Call<void> => call.value("talk.hurry_up", undefined, undefined),
  endless: (options?: CallOptions): Stream<number> => call.stream("talk.endless", undefined, options),
  echo: (text: string): Call<string> => call.value("talk.echo", text, undefined),
  left: (options?: CallOptions): Call<number | null> => call.value("talk.left", undefined, options),
  hold: (options?: CallOptions): Call<void> => call.value("talk.hold", undefined, options),
  holdShort: (): Call<void> => call.value("talk.hold_short", undefined, undefined),
  finish: (options?: CallOptions): Call<void> => call.value("talk.finish", undefined, options),
  work: (options?: CallOptions): Call<void> => call.value("talk.work", undefined, options),
  pass: (): Call<boolean, never, { price: number }> => call.value("talk.pass", undefined, undefined),
  pay: (): Call<void> => call.value("talk.pay", undefined, undefined),
  rare: (): Call<void> => call.value("talk.rare", undefined, undefined),
  alone: (): Call<void> => call.value("talk.alone", undefined, undefined),
  closed: (): Call<void> => call.value("talk.closed", undefined, undefined),
  start: (name: string): Call<boolean> => call.value("talk.start", name, undefined),
  stop: (name: string): Call<boolean> => call.value("talk.stop", name, undefined),
  stateOf: (name: string): Call<[state: string, error: string | null] | null> => call.value("talk.status", name, undefined),
  stats: (): Call<[connected: number, open: number, wentWell: number]> => call.value("talk.stats", undefined, undefined),
});

interface Events {
  "talk.ticked": { start: number };
  "talk.answered": { answer: boolean };
}

export type Talk = Client<Events> & ReturnType<typeof actions> & RequestHandlers<Requests> & Traced;

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
  const igor = open<Events, ReturnType<typeof actions>, SendingCaller>(contract, actions, { WebSocket: network.WebSocket }, undefined, modules);
  endings.push(() => igor.close());
  await igor.allow(0);
  return { igor: igor as Talk, network };
}

/** Nothing that is waited for takes so long. */
const withinMs = 100_000;

/** Waits until so many of these things have happened. */
export async function happened(igor: Talk, what: string, count = 1): Promise<void> {
  await vi.waitFor(async () => expect(await igor.noted(what), what).toBe(count), withinMs);
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
