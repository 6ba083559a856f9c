// Pages that come back over another socket and go on, one story each.

import { describe, expect, it, vi } from "vitest";
import { event, heard } from "./counting.js";
import { failure } from "./failure.js";
import { server, settled, useFakeServer } from "./fake_server.js";

useFakeServer();

describe("a page that comes back", () => {
  it("says where it stands and stays the same page", async () => {
    const igor = await server.connected();
    const { session, page } = server.socket.hello;
    expect(server.socket.hello).not.toHaveProperty("resume");
    void igor.ping();
    void igor.ping();
    server.socket.reply(event(1));
    server.socket.say({ ack: 1 });
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.hello).toMatchObject({
      session,
      page,
      key: "the-next-key",
      attempt: 2,
      resume: { epoch: "the-epoch", received: 1, have: 2 },
    });
    expect(igor.status).toBe("open");
  });

  it("says so too when its first hello was never answered", async () => {
    const igor = await server.connecting();
    const call = igor.ping();
    server.socket.accept();
    const { key } = server.socket.hello;
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.hello).toMatchObject({ key, attempt: 2, resume: { received: 0, have: 1 } });
    expect(socket.hello["resume"]).not.toHaveProperty("epoch");
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
    expect(socket.calls("ping")).toEqual([]);
  });

  it("does not when its first hello never went out", async () => {
    await server.connecting();
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.hello).not.toHaveProperty("resume");
  });

  it("does not when its first hello was refused and nothing was run", async () => {
    const igor = await server.connecting();
    const call = igor.ping();
    const cancelled = igor.ping();
    server.socket.accept();
    cancelled.cancel();
    server.socket.say({ action: "igor.welcome", error: "too many clients", code: 429, close: true });
    const socket = await server.reconnected();
    expect(socket.hello).not.toHaveProperty("resume");
    expect(socket.sent.slice(1)).toEqual([{ n: 1, streamId: 1, action: "ping" }, { ack: 0 }]);
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
  });

  it("keeps what it sent when a later hello is refused for now", async () => {
    const igor = await server.connected();
    const call = igor.ping();
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(300);
    server.socket
      .accept()
      .say({ action: "igor.welcome", error: "going down", code: 503, close: true, retryAfterMs: 1000 });
    const socket = await server.reconnected();
    expect(socket.hello["resume"]).toMatchObject({ received: 0, have: 1 });
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
  });

  it("gets a result that was produced while it was away", async () => {
    const igor = await server.connected();
    const call = igor.chat.say("lobby", "hello");
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.calls("chat.say")).toEqual([]);
    socket.reply({ streamId: 1, data: { who: "ann", text: "hello" }, close: true });
    expect(await call).toEqual({ who: "ann", text: "hello" });
  });

  it("sends again what did not arrive with the same number behind its ack", async () => {
    const igor = await server.connected();
    const calls = [igor.ping(), igor.ping(), igor.ping()];
    server.socket.reply(event(1));
    server.socket.drop();
    const queued = igor.ping();
    const socket = await server.reconnected({ received: 1 });
    expect(socket.sent.slice(1)).toEqual([
      { ack: 1 },
      { n: 2, ack: 1, streamId: 2, action: "ping" },
      { n: 3, ack: 1, streamId: 3, action: "ping" },
      { n: 4, ack: 1, streamId: 4, action: "ping" },
    ]);
    for (const streamId of [1, 2, 3, 4]) socket.reply({ streamId, data: null, close: true });
    expect(await Promise.all([...calls, queued])).toEqual([null, null, null, null]);
  });

  it("does not send again what arrived", async () => {
    const igor = await server.connected();
    void igor.ping();
    server.socket.drop();
    const socket = await server.reconnected({ received: 1 });
    void igor.ping();
    expect(socket.sent.slice(1)).toEqual([{ ack: 0 }, { n: 2, streamId: 2, action: "ping" }]);
  });

  it("drops what it has already and hears the rest in order", async () => {
    const igor = await server.connected();
    const counters = heard(igor);
    server.socket.reply(event(1));
    server.socket.reply(event(2));
    server.socket.drop();
    const socket = await server.reconnected();
    for (const n of [1, 2, 3, 4]) socket.say({ n, ...event(n) });
    expect(counters).toEqual([1, 2, 3, 4]);
  });

  it("presents its newest key when a welcome was lost", async () => {
    const igor = await server.connected({ key: "key-1" });
    const call = igor.ping();
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(300);
    server.socket.accept(); // It answers with a welcome that never arrives.
    expect(server.socket.hello).toMatchObject({ key: "key-1", attempt: 2 });
    server.socket.drop();
    const socket = await server.reconnected({ key: "key-3" });
    expect(socket.hello).toMatchObject({ key: "key-1", attempt: 3 });
    socket.drop();
    const last = await server.reconnected();
    expect(last.hello).toMatchObject({ key: "key-3", attempt: 4 });
    last.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
  });

  it("goes on with a stream and its credit", async () => {
    const igor = await server.connected();
    const read = igor.chat.history("lobby").toArray();
    const line = (item: number) => ({ who: "ann", text: String(item) });
    let credit = 256;
    let seen = 1; // Frames of the client that the server has read.
    for (let item = 0; item < 1000; item += 1) {
      if (item % 300 === 299) {
        // The last frames of this side may be lost with the socket.
        server.socket.drop();
        await server.reconnected({ received: seen });
      }
      expect(credit).toBeGreaterThan(0);
      credit -= 1;
      server.socket.reply({ streamId: 1, data: line(item) });
      await settled();
      for (const { n = 0, credit: more = 0 } of server.socket.sent) {
        if (n <= seen || item % 7 === 0) continue;
        seen = n;
        credit += more;
      }
    }
    server.socket.reply({ streamId: 1, close: true });
    expect(await read).toEqual(Array.from({ length: 1000 }, (_, item) => line(item)));
  });

  it("tells the server when it is back what was cancelled meanwhile", async () => {
    const igor = await server.connected();
    const call = igor.ping();
    const history = igor.chat.history("lobby");
    server.socket.drop();
    call.cancel();
    history.cancel();
    const never = igor.ping();
    never.cancel();
    expect(await failure(call)).toMatchObject({ code: "cancelled", executed: "unknown" });
    expect(await failure(never)).toMatchObject({ code: "cancelled", executed: "no" });
    const socket = await server.reconnected();
    expect(socket.sent.slice(2)).toEqual([
      { n: 3, streamId: 1, cancel: true },
      { n: 4, streamId: 2, cancel: true },
    ]);
  });

  it("lets a deadline run on while it is away", async () => {
    const igor = await server.connected();
    const call = igor.ping({ timeoutMs: 1000 });
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await failure(call)).toMatchObject({ code: "deadline_exceeded", executed: "unknown" });
    const socket = server.socket.welcome();
    expect(socket.sent.at(-1)).toEqual({ n: 2, streamId: 1, cancel: true });
  });

  it("ends the session over a server that has received what was never sent", async () => {
    const igor = await server.connected();
    const call = igor.ping();
    const { session } = server.socket.hello;
    server.socket.drop();
    const socket = await server.reconnected({ received: 2 });
    expect(socket.closedWith).toBe(4400);
    expect(await failure(call)).toMatchObject({ code: "session_lost" });
    expect((await server.reconnected()).hello["session"]).not.toBe(session);
  });

  it("comes back over a gap once and with a new session when it is still there", async () => {
    const igor = await server.connected();
    const { session } = server.socket.hello;
    const why = vi.fn();
    igor.onSessionLost(why);
    server.socket.reply(event(1));
    server.socket.say({ n: 3, ...event(3) });
    const second = await server.reconnected();
    expect(second.hello).toMatchObject({ session, resume: { received: 1 } });
    second.say({ n: 3, ...event(3) });
    expect(second.closedWith).toBe(4400);
    expect(why.mock.calls).toEqual([["a frame of the server is missing"]]);
    expect((await server.reconnected()).hello["session"]).not.toBe(session);
  });

  it("comes back over every gap that only the server has seen", async () => {
    await server.connected();
    const { session } = server.socket.hello;
    for (let round = 0; round < 3; round += 1) {
      server.socket.drop(4440, "a number is missing");
      expect((await server.reconnected()).hello["session"]).toBe(session);
    }
  });

  it("comes back over two gaps at different places", async () => {
    const igor = await server.connected();
    const { session } = server.socket.hello;
    const counters = heard(igor);
    server.socket.say({ n: 2, ...event(2) });
    const second = await server.reconnected();
    second.reply(event(1));
    second.say({ n: 3, ...event(3) });
    expect((await server.reconnected()).hello["session"]).toBe(session);
    expect(counters).toEqual([1]);
  });
});

describe("a ring that is full", () => {
  const large = "x".repeat(400_000);
  const numbers = (): (number | undefined)[] => server.socket.calls("chat.say").map(({ n }) => n);

  it("lets calls wait without a number and in order", async () => {
    const igor = await server.connected();
    for (let count = 0; count < 5; count += 1) void igor.chat.say("lobby", large);
    void igor.ping();
    expect(numbers()).toEqual([1, 2]);
    expect(server.socket.calls("ping")).toEqual([]);
    server.socket.say({ ack: 1 });
    expect(numbers()).toEqual([1, 2, 3]);
    server.socket.say({ ack: 3 });
    expect(numbers()).toEqual([1, 2, 3, 4, 5]);
    expect(server.socket.calls("ping")).toMatchObject([{ n: 6 }]);
  });

  it("lets cancels wait too and forgets calls that had no number", async () => {
    const igor = await server.connected();
    const calls = Array.from({ length: 4 }, () => igor.chat.say("lobby", large));
    void igor.chat.say("lobby", "x".repeat(248_000));
    for (const call of calls) call.cancel();
    expect(await failure(calls[1] ?? igor.ping())).toMatchObject({ code: "cancelled", executed: "unknown" });
    expect(await failure(calls[3] ?? igor.ping())).toMatchObject({ code: "cancelled", executed: "no" });
    server.socket.say({ ack: 2 });
    expect(server.socket.sent.slice(4).map(({ streamId, cancel }) => [streamId, cancel])).toEqual([
      [5, undefined],
      [1, true],
      [2, true],
    ]);
  });

  it("has no call written again for each frame that comes while it waits", async () => {
    const igor = await server.connected();
    for (let count = 0; count < 4; count += 1) void igor.chat.say("lobby", large);
    // A text of this length is measured whenever it is written into a frame.
    const measured = vi.spyOn(TextEncoder.prototype, "encode");
    for (let counter = 0; counter < 1000; counter += 1) server.socket.reply({ ack: 1, ...event(counter) });
    expect(numbers()).toEqual([1, 2, 3]);
    expect(measured.mock.calls.length).toBeLessThan(10);
  });

  it("has no call written again for each that is made behind it", async () => {
    const igor = await server.connected();
    for (let count = 0; count < 4; count += 1) void igor.chat.say("lobby", large);
    const measured = vi.spyOn(TextEncoder.prototype, "encode");
    for (let count = 0; count < 100; count += 1) void igor.ping();
    expect(measured.mock.calls.length).toBeLessThan(10);
  });

  it("has a place again in a new session too whatever was acknowledged in the one before", async () => {
    const igor = await server.connected();
    void igor.ping();
    server.socket.reply({ ack: 1, streamId: 1, close: true });
    server.socket.drop();
    await server.reconnected({ resumed: false, reason: "the session is not known" });
    for (let count = 0; count < 3; count += 1) void igor.chat.say("lobby", large);
    expect(numbers()).toEqual([1, 2]);
    server.socket.say({ ack: 1 });
    expect(numbers()).toEqual([1, 2, 3]);
  });

  it("refuses calls that hold too much together", async () => {
    const igor = await server.connecting();
    const calls = Array.from({ length: 41 }, () => igor.chat.say("lobby", large));
    expect(await failure(igor.chat.say("lobby", large))).toMatchObject({
      code: "overloaded",
      executed: "no",
    });
    calls[0]?.cancel();
    void igor.chat.say("lobby", large);
    server.socket.accept();
    expect(server.socket.calls("chat.say")).toHaveLength(2);
  });

  it("answers what the server asks when there is a place again", async () => {
    const igor = await server.connected();
    const refusals = (): unknown[] =>
      server.socket.sent.filter(({ streamId }) => Number(streamId) < 0).map(({ streamId }) => streamId);
    void igor.chat.say("lobby", large);
    void igor.chat.say("lobby", "x".repeat(647_900));
    for (let id = -1; id >= -2000; id -= 1) server.socket.reply({ streamId: id, action: "confirm" });
    const { length } = refusals();
    expect(length).toBeLessThan(100);
    server.socket.say({ ack: Math.max(...server.socket.sent.map(({ n = 0 }) => n)) });
    // Whoever asks for more at once than there may be calls gets no answer to the rest.
    expect(refusals()).toEqual(Array.from({ length: length + 1024 }, (_, index) => -1 - index));
  });
});

describe("events", () => {
  it("that are missing are told in their place", async () => {
    const igor = await server.connected();
    const seen: unknown[] = [];
    igor.on("counter_increment", ({ counter }) => seen.push(counter));
    const off = igor.onMissed((missed) => seen.push(missed));
    server.socket.reply(event(1));
    server.socket.reply({ action: "igor.missed", data: { counter_increment: 17, "chat.said": 2 } });
    server.socket.reply(event(19));
    off();
    server.socket.reply({ action: "igor.missed", data: { counter_increment: 1 } });
    expect(seen).toEqual([1, { counter_increment: 17, "chat.said": 2 }, 19]);
  });

  it("that are volatile have no number and arrive like others", async () => {
    const igor = await server.connected();
    const counters = heard(igor);
    server.socket.say(event(1));
    server.socket.reply(event(2));
    server.socket.say(event(3));
    expect(counters).toEqual([1, 2, 3]);
  });
});
