// A server that says what none should: the client has its errors for that, bounded memory, and no end of its own.

import fc from "fast-check";
import { expect, it, vi } from "vitest";
import { exact } from "../src/exact/exact.js";
import { open } from "../src/index.js";
import type { Caller, Client } from "../src/index.js";
import { inputs } from "../src/inputs/inputs.js";
import type { SendingCaller } from "../src/inputs/inputs.js";
import type { ServerLimits, WelcomeData, WireFrame } from "../src/protocol.js";
import { requests } from "../src/requests/requests.js";
import type { RequestHandlers, RequestTypes } from "../src/requests/requests.js";
import { server, settled, useFakeServer } from "./fake_server.js";

type Igor = Client<Record<string, unknown>> & RequestHandlers<Record<string, RequestTypes>> & { call: SendingCaller };

useFakeServer();

/** A client with all that a server can speak to. */
function hostage(): Igor {
  const contract = { hash: "9f2c41d0a5b6e7f8", names: { ask: "1" } };
  const actions = (call: Caller) => ({ call: call as SendingCaller });
  const options = { WebSocket: server.WebSocket };
  const modules = [exact([]), inputs(), requests()];
  return open(contract, actions, "ws://127.0.0.1", options, modules) as unknown as Igor;
}

it("comes back no sooner for a time below none", async () => {
  vi.spyOn(Math, "random").mockReturnValue(0.5);
  const igor = hostage();
  await settled();
  for (let sockets = 1; sockets <= 5; sockets += 1) {
    server.socket.welcome();
    server.socket.say({ action: "igor.goodbye", data: { retryAfterMs: -1000 } });
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(100);
    expect(server.sockets).toHaveLength(sockets);
    await server.attempted();
  }
  igor.close();
});

it("has so many requests under way and no more", async () => {
  const igor = hostage();
  const handler = vi.fn(() => new Promise<never>(() => {}));
  igor.handle("ask", handler);
  await settled();
  server.socket.welcome();
  for (let id = 1; id <= 3000; id += 1) server.socket.reply({ streamId: -id, action: "ask" });
  for (let id = 1; id <= 3000; id += 1) server.socket.reply({ streamId: -1, action: "ask" });
  await settled();
  expect(handler).toHaveBeenCalledTimes(1024);
  igor.close();
});

const number = fc.oneof(
  fc.integer({ min: -3, max: 12 }),
  fc.constantFrom(0.5, 1.5, -0.5, 1e308, -1e308, 2 ** 53, 2 ** 31, Infinity, -Infinity),
);
const data = fc.oneof(fc.jsonValue(), fc.constantFrom({ __proto__: null }, { constructor: 1 }, { $bin: 0 }));
const name = fc.constantFrom("said", "ask", "__proto__", "constructor", "igor.welcome", "igor.missed", "igor.goodbye", "igor.x", "");
const wild = fc.record(
  {
    n: number,
    ack: number,
    streamId: fc.oneof(number, name),
    action: name,
    credit: number,
    data,
    error: fc.string(),
    code: number,
    close: fc.boolean(),
    cancel: fc.boolean(),
    beat: fc.boolean(),
    retryAfterMs: number,
    bin: fc.array(number),
  },
  { requiredKeys: [] },
);
const limits = fc.record<ServerLimits>({
  messageBytes: number,
  openCalls: number,
  credit: number,
  ringFrames: number,
  ringBytes: number,
});
const welcome = fc.record<Partial<WelcomeData>>(
  { resumed: fc.boolean(), received: number, graceMs: number, beatMs: number, limits },
  { requiredKeys: [] },
);
const step = fc.oneof(
  fc.record({ does: fc.constant("welcome" as const), what: welcome }),
  { weight: 6, arbitrary: fc.record({ does: fc.constant("say" as const), what: wild }) },
  { weight: 6, arbitrary: fc.record({ does: fc.constant("reply" as const), what: wild }) },
  fc.record({ does: fc.constant("binary" as const), what: fc.uint8Array() }),
  fc.record({ does: fc.constant("drop" as const), what: fc.constantFrom(1000, 1006, 4400, 4401, 4409, 4440, 4503, 0) }),
  fc.record({ does: fc.constant("call" as const), what: fc.constantFrom("value", "outputs", "stream", "sending") }),
  fc.record({ does: fc.constant("wait" as const), what: fc.nat(20_000) }),
);
type Step = typeof step extends fc.Arbitrary<infer Of> ? Of : never;

/** JSON as a hostile server writes it: with numbers that are none. */
function written(frame: object): string {
  const said = (_: string, value: unknown) => (typeof value === "number" && !Number.isFinite(value) ? `#${value}#` : value);
  return JSON.stringify(frame, said).replaceAll('"#Infinity#"', "1e999").replaceAll('"#-Infinity#"', "-1e999");
}

/** Makes a call; its end, whatever it is. */
function ended(igor: Igor, kind: string): Promise<unknown> {
  const { call } = igor;
  if (kind === "stream") return call.stream("ask", null, undefined).toArray().catch(() => {});
  if (kind === "outputs") return call.outputs("ask", null, undefined);
  return kind === "sending" ? call.sending([1, 2, 3]).value("ask", null, undefined) : call.value("ask", null, undefined);
}

async function taken({ does, what }: Step, igor: Igor, calls: Promise<unknown>[]): Promise<void> {
  const { socket } = server;
  const isOpen = socket.readyState === 1;
  if (does === "welcome" && socket.readyState === 0) socket.accept();
  if (does === "welcome" && socket.sent.length > 0) socket.welcome(JSON.parse(written(what)) as Partial<WelcomeData>);
  if (does === "say" && isOpen) socket.raw(written(what));
  if (does === "reply" && isOpen && socket.sent.length > 0) socket.reply(JSON.parse(written(what)) as WireFrame);
  if (does === "binary" && isOpen) socket.raw(new Uint8Array(what).buffer);
  if (does === "drop" && socket.readyState !== 3) socket.drop(what);
  if (does === "call") calls.push(ended(igor, what));
  if (does === "wait") await vi.advanceTimersByTimeAsync(what);
  await settled();
}

it("outlives whatever a server says and leaves nothing behind", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  vi.spyOn(console, "error").mockImplementation(() => {});
  const stray: unknown[] = [];
  const noted = (error: unknown): void => void stray.push(error);
  process.on("unhandledRejection", noted);
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
      const igor = hostage();
      igor.handle("ask", () => null);
      igor.on("said", () => {});
      await settled();
      const calls: Promise<unknown>[] = [];
      for (const step of steps) await taken(step, igor, calls);
      igor.close();
      await settled();
      await Promise.allSettled(calls);
      expect(vi.getTimerCount()).toBe(0);
      expect(Object.prototype).not.toHaveProperty("$bin");
    }),
    { numRuns: 500 },
  );
  process.off("unhandledRejection", noted);
  expect(stray).toEqual([]);
});
