// Inputs: items that go to the server while the action runs.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { open } from "../src/index.js";
import type { Call, CallOptions, Client, Stream } from "../src/index.js";
import { inputs } from "../src/inputs/inputs.js";
import type { Input, SendingCaller } from "../src/inputs/inputs.js";
import { endless } from "./endless.js";
import { failure } from "./failure.js";
import { FakeServer, settled } from "./fake_server.js";

interface Actions {
  add(rows: Input<unknown>, options?: CallOptions): Call<number>;
  echo(rows: Input<string>): Stream<string>;
}

let server: FakeServer;
let igor: Client<object> & Actions;
beforeEach(async () => {
  vi.useFakeTimers();
  server = new FakeServer();
  const actions = (call: SendingCaller): Actions => ({
    add: (rows, options) => call.sending(rows).value("add", undefined, options),
    echo: (rows) => call.sending(rows).stream("echo", undefined, undefined),
  });
  const contract = { hash: "9f2c41d0a5b6e7f8", names: {} };
  const options = { WebSocket: server.WebSocket };
  igor = open<object, Actions, SendingCaller>(contract, actions, "ws://127.0.0.1", options, [inputs()]);
  await settled();
  server.socket.welcome();
});
afterEach(() => {
  igor.close();
  vi.useRealTimers();
});

async function grant(credit: number, streamId = 1): Promise<void> {
  server.socket.reply({ streamId, credit });
  await settled();
}

/** What was sent of the input of a call, over all sockets. */
function sent(streamId = 1): unknown[] {
  const frames = server.sockets.flatMap((socket) => socket.sent);
  const own = frames.filter((frame) => frame.streamId === streamId && frame.action === undefined);
  return own.map(({ data, close, error, cancel }) => error ?? (cancel ? "cancel" : close ? "end" : data));
}

it("sends an item for each credit and no more", async () => {
  const { numbers, source } = endless();
  void igor.add(numbers);
  await settled();
  expect([source.taken, sent()]).toEqual([0, []]);
  await grant(3);
  expect(sent()).toEqual([1, 2, 3]);
  await grant(1);
  expect(sent()).toEqual([1, 2, 3, 4]);
  expect(source.taken).toBe(4);
});

it.each([
  ["an array", () => ["a", "b"]],
  ["a set", () => new Set(["a", "b"])],
  ["a text", () => "ab"],
  ["a generator", () => (function* () { yield* ["a", "b"]; })()],
  ["a readable stream", () => new ReadableStream<string>({ start: (to) => { to.enqueue("a"); to.enqueue("b"); to.close(); } })],
  ["a reader alone", () => ({ getReader: () => readerOf(["a", "b"]) })],
])("takes_%s", async (_, input) => {
  const call = igor.add(input() as Input<unknown>);
  await grant(9);
  expect(sent()).toEqual(["a", "b", "end"]);
  server.socket.reply({ streamId: 1, data: 2, close: true });
  expect(await call).toBe(2);
});

function readerOf(items: string[]): { read(): Promise<{ done: boolean; value?: string }>; cancel(): Promise<void> } {
  const read = async (): Promise<{ done: boolean; value?: string }> => {
    const value = items.shift();
    return value === undefined ? { done: true } : { done: false, value };
  };
  return { read, cancel: async () => {} };
}

it("refuses what cannot be read", () => {
  expect(() => igor.add(7 as unknown as Input<unknown>)).toThrow("bad_data: the input cannot be read");
  expect(server.socket.calls("add")).toEqual([]);
});

it("is no further ahead in bytes than it may", async () => {
  const block = "x".repeat(100_000);
  void igor.add((function* () { while (true) yield block; })());
  await grant(256);
  expect(sent().length).toBe(3); // The third passed 256 KiB.
  await grant(1);
  expect(sent().length).toBe(4);
});

it("stops its source when the action returns", async () => {
  const { numbers, source } = endless();
  const call = igor.add(numbers);
  await grant(2);
  server.socket.reply({ streamId: 1, data: 2, close: true });
  await settled();
  expect([await call, source.isReturned]).toEqual([2, true]);
  await grant(5);
  expect([sent(), source.taken]).toEqual([[1, 2], 2]);
});

it("stops its source when the call is cancelled", async () => {
  const { numbers, source } = endless();
  const call = igor.add(numbers);
  await grant(2);
  call.cancel();
  await settled();
  expect([sent(), source.isReturned]).toEqual([[1, 2, "cancel"], true]);
});

it("stops a source from which nothing was taken", async () => {
  const cancelled = vi.fn();
  const stream = new ReadableStream({ cancel: cancelled }, { highWaterMark: 0 });
  const call = igor.add(stream as Input<unknown>);
  call.cancel();
  await settled();
  expect(cancelled).toHaveBeenCalledOnce();
});

it("ends the call when its source throws", async () => {
  const gone = new Error("the file is gone");
  const call = igor.add((function* () { yield 1; throw gone; })());
  await grant(9);
  expect(sent()).toEqual([1, "the input failed: the file is gone", "cancel"]);
  const error = await failure(call);
  expect(error.message).toBe("bad_data: the input failed: the file is gone");
  expect(error.cause).toBe(gone);
});

it("ends the call at an item that cannot be sent", async () => {
  let isReturned = false;
  const call = igor.add((function* () { try { yield { at: NaN }; } finally { isReturned = true; } })());
  await grant(9);
  const error = await failure(call);
  expect(error.message).toBe("unsendable: `at` is NaN");
  expect(isReturned).toBe(true);
});

it("goes on over the next socket", async () => {
  void igor.add([1, 2, 3, 4]);
  await grant(2);
  server.socket.drop();
  await vi.advanceTimersByTimeAsync(1000);
  server.socket.welcome();
  await grant(9);
  expect(sent()).toEqual([1, 2, 3, 4, "end"]);
});

it("ends with its session", async () => {
  const { numbers, source } = endless();
  const call = igor.add(numbers);
  await grant(1);
  server.socket.drop();
  await vi.advanceTimersByTimeAsync(1000);
  server.socket.welcome({ resumed: false });
  await settled();
  expect((await failure(call)).code).toBe("session_lost");
  expect(source.isReturned).toBe(true);
});

it("talks both ways", async () => {
  const heard: string[] = [];
  const reading = (async () => {
    for await (const word of igor.echo(["a", "b"])) heard.push(word);
  })();
  await grant(9);
  for (const data of ["a", "b"]) server.socket.reply({ streamId: 1, data });
  server.socket.reply({ streamId: 1, close: true });
  await reading;
  expect([heard, sent()]).toEqual([["a", "b"], ["a", "b", "end"]]);
});
