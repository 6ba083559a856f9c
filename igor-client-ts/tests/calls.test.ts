// Calls: what goes out, what comes back, and how they end.

import { expect, it, vi } from "vitest";
import { failure } from "./failure.js";
import { server, settled, useFakeServer } from "./fake_server.js";

useFakeServer();

it("sends no one and several parameters in their shapes", async () => {
  const igor = await server.connected();
  void igor.ping();
  void igor.chat.history("lobby");
  void igor.chat.say("lobby", "hello");
  expect(server.socket.sent.slice(2)).toEqual([
    { n: 1, streamId: 1, action: "ping" },
    { n: 2, streamId: 2, action: "chat.history", credit: 256, data: "lobby" },
    { n: 3, streamId: 3, action: "chat.say", data: { room: "lobby", text: "hello" } },
  ]);
});

it("answers with the value", async () => {
  const igor = await server.connected();
  const call = igor.chat.say("lobby", "hello");
  server.socket.reply({ streamId: 1, data: { who: "ann", text: "hello" }, close: true });
  await expect(call).resolves.toEqual({ who: "ann", text: "hello" });
  await expect(call.finally(() => undefined)).resolves.toEqual({ who: "ann", text: "hello" });
  expect(await call.result()).toEqual({ ok: true, value: { who: "ann", text: "hello" } });
});

it("answers null where the result has no data", async () => {
  const igor = await server.connected();
  const call = igor.ping();
  server.socket.reply({ streamId: 1, close: true });
  expect(await call).toBeNull();
});

it("sends the data as it was when the call was made", async () => {
  const igor = await server.connecting();
  const data = { deep: ["as it was"] };
  void igor.chat.say("lobby", data as never);
  data.deep[0] = "changed";
  server.socket.accept();
  expect(server.socket.calls("chat.say")[0]?.data).toEqual({ room: "lobby", text: { deep: ["as it was"] } });
});

it("gives the actions own error typed by result and thrown by await", async () => {
  const igor = await server.connected();
  const call = igor.chat.say("lobby", "hello");
  server.socket.reply({
    streamId: 1,
    data: { TooLong: { limit: 3 } },
    error: "a line has at most 3 characters",
    code: 450,
    close: true,
  });
  expect(await call.result()).toEqual({ ok: false, error: { TooLong: { limit: 3 } } });
  const error = await failure(call);
  expect(error).toMatchObject({ code: "action_failed", action: "chat.say", data: { TooLong: { limit: 3 } } });
  expect(error.message).toBe("action_failed: a line has at most 3 characters");
});

it("rejects result with whatever is not the actions own error", async () => {
  const igor = await server.connected();
  const call = igor.chat.say("lobby", "hello");
  server.socket.reply({ streamId: 1, error: "`room`: missing", code: 422, close: true });
  expect(await failure(call.result())).toMatchObject({
    code: "bad_data",
    message: "bad_data: `room`: missing",
  });
});

it("rejects result where an action failed with words and no error of its own", async () => {
  const igor = await server.connected();
  const call = igor.chat.say("lobby", "hello");
  server.socket.reply({ streamId: 1, error: "the file is missing", code: 450, close: true });
  expect(await failure(call.result())).toMatchObject({ message: "action_failed: the file is missing" });
  const typed = igor.chat.say("lobby", "hello");
  server.socket.reply({ streamId: 2, data: null, error: "nothing", code: 450, close: true });
  expect(await typed.result()).toEqual({ ok: false, error: null });
});

it.each([
  [404, "unknown_action"],
  [429, "overloaded"],
  [499, "cancelled"],
  [503, "shutting_down"],
  [777, "internal"],
  [undefined, "internal"],
])("names the code %s %s", async (number, code) => {
  const igor = await server.connected();
  const call = igor.ping();
  server.socket.reply({
    streamId: 1,
    error: "no",
    ...(number && { code: number }),
    close: true,
    retryAfterMs: 5,
  });
  expect(await failure(call)).toMatchObject({ code, retryAfterMs: 5 });
});

it("ignores frames of calls that it does not know", async () => {
  const igor = await server.connected();
  const call = igor.ping();
  server.socket.reply({ streamId: 99, data: 1 });
  server.socket.reply({ streamId: 1, data: null, close: true });
  server.socket.reply({ streamId: 1, data: "again", close: true });
  expect(await call).toBeNull();
  expect(igor.status).toBe("open");
});

it("answers requests of the server which it does not have", async () => {
  await server.connected();
  server.socket.reply({ streamId: -3, action: "confirm", data: "really?" });
  expect(server.socket.sent.at(-1)).toEqual({
    n: 1,
    ack: 1,
    streamId: -3,
    error: "no action `confirm`",
    code: 404,
    close: true,
  });
});

// Outputs beside a result.

it("reads outputs and then the value", async () => {
  const igor = await server.connected();
  const job = igor.chat.import("a.txt");
  server.socket.reply({ streamId: 1, data: { done: 1 } });
  server.socket.reply({ streamId: 1, data: { done: 2 } });
  server.socket.reply({ streamId: 1, data: 7, close: true });
  const steps = [];
  for await (const step of job) steps.push(step.done);
  expect(steps).toEqual([1, 2]);
  expect(await job).toBe(7);
});

it("reads outputs while nobody awaits", async () => {
  const igor = await server.connected();
  const outputs = igor.chat.import("a.txt")[Symbol.asyncIterator]();
  const first = outputs.next();
  server.socket.reply({ streamId: 1, data: { done: 1 } });
  expect(await first).toEqual({ done: false, value: { done: 1 } });
  const end = outputs.next();
  server.socket.reply({ streamId: 1, data: 7, close: true });
  expect(await end).toEqual({ done: true, value: undefined });
});

it("ends the loop over outputs with the error of the call", async () => {
  const igor = await server.connected();
  const job = igor.chat.import("a.txt");
  server.socket.reply({ streamId: 1, data: { done: 1 } });
  server.socket.reply({ streamId: 1, data: "gone", error: "the file is gone", code: 450, close: true });
  const seen: number[] = [];
  const loop = (async () => {
    for await (const step of job) seen.push(step.done);
  })();
  expect(await failure(loop)).toBe(await failure(job));
  expect(seen).toEqual([1]);
});

it("goes on when the loop over outputs is left", async () => {
  const igor = await server.connected();
  const job = igor.chat.import("a.txt");
  server.socket.reply({ streamId: 1, data: { done: 1 } });
  server.socket.reply({ streamId: 1, data: { done: 2 } });
  for await (const step of job) {
    expect(step.done).toBe(1);
    break;
  }
  for await (const step of job) {
    expect(step.done).toBe(2);
    break;
  }
  expect(server.socket.sent.some((frame) => frame.cancel)).toBe(false);
  server.socket.reply({ streamId: 1, data: 7, close: true });
  expect(await job).toBe(7);
});

it("never stalls a call whose outputs nobody reads", async () => {
  const igor = await server.connected();
  const job = igor.chat.import("a.txt");
  let credit = server.socket.calls("chat.import")[0]?.credit ?? 0;
  for (let done = 1; done <= 1000; done += 1) {
    expect(credit).toBeGreaterThan(0);
    const before = server.socket.sent.length;
    server.socket.reply({ streamId: 1, data: { done } });
    credit += server.socket.sent.slice(before).reduce((sum, frame) => sum + (frame.credit ?? 0), -1);
  }
  server.socket.reply({ streamId: 1, data: 7, close: true });
  expect(await job).toBe(7);
  const kept = [];
  for await (const step of job) kept.push(step.done);
  expect(kept.length).toBeGreaterThanOrEqual(128);
  expect(kept).toEqual(Array.from({ length: kept.length }, (_, index) => 1001 - kept.length + index));
});

it("holds the server back while a loop is slow", async () => {
  const igor = await server.connected();
  igor.chat.import("a.txt")[Symbol.asyncIterator]();
  for (let done = 0; done < 256; done += 1) server.socket.reply({ streamId: 1, data: { done } });
  expect(server.socket.sent.filter((frame) => frame.credit === 128)).toHaveLength(0);
});

it("has no outputs where the contract has none", async () => {
  const igor = await server.connected();
  const call = igor.ping();
  for (let item = 0; item < 300; item += 1) server.socket.reply({ streamId: 1, data: item });
  server.socket.reply({ streamId: 1, data: null, close: true });
  for await (const output of call) expect(output).toBeUndefined();
  expect(server.socket.sent.some((frame) => frame.credit)).toBe(false);
});

// Ending early.

it("cancels by signal at once and tells the server", async () => {
  const igor = await server.connected();
  const controller = new AbortController();
  const call = igor.chat.say("lobby", "hello", { signal: controller.signal });
  controller.abort();
  expect(server.socket.sent.at(-1)).toEqual({ n: 2, streamId: 1, cancel: true });
  expect(await failure(call)).toMatchObject({ code: "cancelled", action: "chat.say", executed: "unknown" });
});

it("cancels by its own verb", async () => {
  const igor = await server.connected();
  const call = igor.ping();
  call.cancel();
  call.cancel();
  expect(server.socket.sent.filter((frame) => frame.cancel)).toHaveLength(1);
  expect(await failure(call)).toMatchObject({ code: "cancelled" });
});

it("does not cancel what has ended", async () => {
  const igor = await server.connected();
  const controller = new AbortController();
  const forgotten = vi.spyOn(controller.signal, "removeEventListener");
  const call = igor.ping({ signal: controller.signal, timeoutMs: 50 });
  server.socket.reply({ streamId: 1, data: null, close: true });
  expect(forgotten).toHaveBeenCalledOnce();
  controller.abort();
  call.cancel();
  await vi.advanceTimersByTimeAsync(100);
  expect(server.socket.sent.some((frame) => frame.cancel)).toBe(false);
  expect(await call).toBeNull();
});

it("never sends a call whose signal was aborted before", async () => {
  const igor = await server.connected();
  const call = igor.ping({ signal: AbortSignal.abort() });
  expect(await failure(call)).toMatchObject({ code: "cancelled", executed: "no" });
  expect(server.socket.calls("ping")).toEqual([]);
});

it("never sends a queued call that was cancelled or whose deadline passed", async () => {
  const igor = await server.connecting();
  const cancelled = igor.ping();
  const late = igor.ping({ timeoutMs: 100 });
  const kept = igor.ping({ timeoutMs: 1000 });
  cancelled.cancel();
  await vi.advanceTimersByTimeAsync(250);
  server.socket.accept();
  expect(await failure(cancelled)).toMatchObject({ code: "cancelled", executed: "no" });
  expect(await failure(late)).toMatchObject({ code: "deadline_exceeded", executed: "no" });
  expect(server.socket.calls("ping")).toEqual([{ n: 1, streamId: 3, action: "ping", deadlineMs: 750 }]);
  kept.cancel();
});

it("sends its deadline and keeps it itself", async () => {
  const igor = await server.connected();
  const call = igor.ping({ timeoutMs: 100 });
  expect(server.socket.sent.at(-1)?.deadlineMs).toBe(100);
  await vi.advanceTimersByTimeAsync(100);
  expect(await failure(call)).toMatchObject({
    code: "deadline_exceeded",
    message: "deadline_exceeded: no answer within 100 ms",
    executed: "unknown",
  });
  expect(server.socket.sent.at(-1)).toMatchObject({ streamId: 1, cancel: true });
});

it.each([0, -1, NaN])("has no time for a call of %s ms", async (timeoutMs) => {
  const igor = await server.connected();
  expect(await failure(igor.ping({ timeoutMs }))).toMatchObject({
    code: "deadline_exceeded",
    executed: "no",
  });
});

it("has no deadline where it is longer than a timer can wait", async () => {
  const igor = await server.connected();
  const call = igor.ping({ timeoutMs: 1e12 });
  void igor.ping({ timeoutMs: Infinity });
  await settled();
  expect(server.socket.calls("ping").map((frame) => frame.deadlineMs)).toEqual([undefined, undefined]);
  server.socket.reply({ streamId: 1, data: null, close: true });
  expect(await call).toBeNull();
});

// Refused here.

it("refuses what the wire cannot hold", async () => {
  const igor = await server.connected();
  const error = await failure(igor.chat.say("lobby", NaN as never));
  expect(error).toMatchObject({
    code: "unsendable",
    message: "unsendable: `text` is NaN",
    action: "chat.say",
    executed: "no",
  });
  expect(server.socket.calls("chat.say")).toEqual([]);
});

it("refuses what is over the limit before it has a number", async () => {
  const igor = await server.connected({
    limits: { messageBytes: 1000, openCalls: 9, credit: 256, ringFrames: 99, ringBytes: 9999 },
  });
  expect(await failure(igor.chat.say("lobby", "x".repeat(1000)))).toMatchObject({
    code: "too_large",
    executed: "no",
  });
  expect(await failure(igor.chat.say("lobby", "ü".repeat(450)))).toMatchObject({ code: "too_large" });
  void igor.chat.say("lobby", "x".repeat(850));
  expect(server.socket.sent.at(-1)).toMatchObject({ n: 1, action: "chat.say" });
  expect(JSON.stringify(server.socket.sent.at(-1)).length).toBeLessThanOrEqual(1000);
});

it("refuses queued calls that turn out to be too large", async () => {
  const igor = await server.connected();
  server.socket.drop();
  const call = igor.chat.say("lobby", "x".repeat(5000));
  await server.reconnected({
    limits: { messageBytes: 1000, openCalls: 9, credit: 256, ringFrames: 99, ringBytes: 9999 },
  });
  expect(await failure(call)).toMatchObject({ code: "too_large", executed: "no" });
});

it("refuses more calls than may wait", async () => {
  const igor = await server.connecting();
  const calls = Array.from({ length: 1024 }, () => igor.ping());
  expect(await failure(igor.ping())).toMatchObject({ code: "overloaded", executed: "no" });
  calls[0]?.cancel();
  const late = igor.ping();
  server.socket.accept();
  expect(server.socket.calls("ping")).toHaveLength(1024);
  late.cancel();
});

it("holds to the open calls of the welcome", async () => {
  const igor = await server.connected({
    limits: { messageBytes: 1000, openCalls: 2, credit: 256, ringFrames: 99, ringBytes: 9999 },
  });
  const first = igor.ping();
  void igor.ping();
  expect(await failure(igor.ping())).toMatchObject({ code: "overloaded" });
  server.socket.reply({ streamId: 1, data: null, close: true });
  await first;
  void igor.ping();
  expect(server.socket.calls("ping")).toHaveLength(3);
});

it("is answered after thousands that came and went", async () => {
  const igor = await server.connected();
  const first = igor.ping();
  for (let streamId = 2; streamId <= 2500; streamId += 1) {
    const call = igor.ping();
    server.socket.reply({ ack: streamId, streamId, data: "pong", close: true });
    await call;
  }
  server.socket.reply({ streamId: 1, data: "pong", close: true });
  await first;
});

it("is a promise that await takes as it is", async () => {
  const igor = await server.connected();
  const call = igor.ping();
  expect(Promise.resolve(call)).toBe(call);
  expect(call.finally(() => {}).constructor).toBe(Promise);
});

it("raises no unhandled rejection for a call that nobody awaits", async () => {
  const unhandled = vi.fn();
  process.on("unhandledRejection", unhandled);
  const igor = await server.connected();
  igor.ping();
  igor.chat.import("a.txt");
  igor.chat.history("lobby");
  void igor.once("chat.said");
  server.socket.drop();
  igor.close();
  vi.useRealTimers();
  // Node tells of them before the next turn of its loop.
  await new Promise((resolve) => setImmediate(resolve));
  process.off("unhandledRejection", unhandled);
  expect(unhandled).not.toHaveBeenCalled();
});
