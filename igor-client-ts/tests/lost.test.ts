// Sessions that are lost: what goes with them, what does not, and who is told.

import { describe, expect, it, vi } from "vitest";
import type { Status } from "../src/index.js";
import { event, heard } from "./counting.js";
import { failure } from "./failure.js";
import { server, settled, useFakeServer } from "./fake_server.js";
import { sleep } from "./sleep.js";

useFakeServer();

describe("a session that is lost", () => {
  it("takes only what was sent with it", async () => {
    const igor = await server.connected();
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const sent = igor.ping();
    const history = igor.chat.history("lobby");
    server.socket.drop();
    const queued = igor.ping();
    const socket = await server.reconnected({
      resumed: false,
      reason: "the server does not know the session",
    });
    expect(lost.mock.calls).toEqual([["the server does not know the session"]]);
    expect(await failure(sent)).toMatchObject({
      code: "session_lost",
      message: "session_lost: the server does not know the session",
      action: "ping",
      executed: "unknown",
    });
    expect(await failure(history.toArray())).toMatchObject({ code: "session_lost", executed: "unknown" });
    expect(socket.sent.slice(1)).toEqual([{ ack: 0 }, { n: 1, streamId: 3, action: "ping" }]);
    socket.reply({ streamId: 3, data: null, close: true });
    expect(await queued).toBeNull();
    expect(igor.status).toBe("open");
  });

  it("takes no cancel and no credit to the next one", async () => {
    const igor = await server.connected();
    const call = igor.ping();
    server.socket.drop();
    call.cancel();
    const socket = await server.reconnected({ resumed: false });
    expect(socket.sent.slice(1)).toEqual([{ ack: 0 }]);
  });

  it("counts from one again in both directions", async () => {
    const igor = await server.connected();
    const counters = heard(igor);
    for (const counter of [1, 2, 3]) server.socket.reply(event(counter));
    server.socket.drop();
    const socket = await server.reconnected({ resumed: false });
    socket.say({ n: 1, ...event(4) });
    expect(counters).toEqual([1, 2, 3, 4]);
    void igor.ping();
    expect(socket.sent.at(-1)).toEqual({ n: 1, ack: 1, streamId: 1, action: "ping" });
  });

  it("is given up after the grace and two beats", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const { session } = server.socket.hello;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const sent = igor.ping();
    const failed = vi.fn();
    sent.catch(failed);
    server.socket.drop();
    const queued = igor.ping();
    for (let at = 0; at < 4900; at += 100) {
      await vi.advanceTimersByTimeAsync(100);
      if (server.socket.readyState === 0) server.socket.drop();
    }
    expect(failed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(lost.mock.calls).toEqual([["the server was out of reach"]]);
    expect(failed.mock.calls[0]?.[0]).toMatchObject({ code: "session_lost", executed: "unknown" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lost).toHaveBeenCalledOnce();
    const socket = await server.reconnected({ resumed: false });
    expect(socket.hello).toMatchObject({ resume: { received: 0, have: 1 } });
    expect(socket.hello["resume"]).not.toHaveProperty("epoch");
    expect(socket.hello["session"]).not.toBe(session);
    expect(socket.hello["key"]).not.toBe("the-next-key");
    expect(lost).toHaveBeenCalledOnce();
    socket.reply({ streamId: 2, data: null, close: true });
    expect(await queued).toBeNull();
  });

  it("is given up with the socket that still waits for its welcome", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const { session } = server.socket.hello;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(300);
    const blackhole = server.socket.accept();
    expect(blackhole.hello["session"]).toBe(session);
    await vi.advanceTimersByTimeAsync(4700);
    expect(lost).toHaveBeenCalledOnce();
    expect(blackhole.closedWith).toBe(1000);
    await vi.advanceTimersByTimeAsync(300);
    expect(server.socket.accept().hello["session"]).not.toBe(session);
    blackhole.welcome({ resumed: true });
    expect(igor.status).toBe("resuming");
  });

  it("is looked for once more when the machine slept through the grace", async () => {
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const { session } = server.socket.hello;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const call = igor.ping();
    server.socket.drop();
    sleep(60_000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(lost).not.toHaveBeenCalled();
    const socket = server.socket.welcome();
    expect(socket.hello["session"]).toBe(session);
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
    expect(igor.status).toBe("open");
  });

  it("is given up with the next failure after such a sleep", async () => {
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const { session } = server.socket.hello;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(300);
    const before = server.socket.accept();
    sleep(60_000);
    await vi.advanceTimersByTimeAsync(4700);
    expect(before.closedWith).toBe(1000);
    expect(lost).not.toHaveBeenCalled();
    expect(server.socket.accept().hello["session"]).toBe(session);
    server.socket.drop();
    expect(lost).toHaveBeenCalledOnce();
  });

  it("is given up too when the server answers after such a sleep but takes nobody", async () => {
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const lost = vi.fn();
    igor.onSessionLost(lost);
    server.socket.drop();
    sleep(60_000);
    await vi.advanceTimersByTimeAsync(5000);
    server.socket.accept().say({ action: "igor.welcome", error: "going down", code: 503, close: true });
    expect(lost).toHaveBeenCalledOnce();
  });

  it("is not told where there never was one", async () => {
    const igor = await server.connecting();
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const call = igor.ping();
    server.socket.accept().drop();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await failure(call)).toMatchObject({ code: "session_lost", executed: "unknown" });
    expect(lost).not.toHaveBeenCalled();
    igor.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("may be the end of the client for who hears of it", async () => {
    const igor = await server.connected();
    const statuses: Status[] = [];
    igor.onStatus((status) => statuses.push(status));
    igor.onSessionLost(() => igor.close());
    server.socket.drop();
    await server.reconnected({ resumed: false });
    expect(statuses).toEqual(["resuming", "closed"]);
    expect(vi.getTimerCount()).toBe(0);
    const other = await server.connected();
    other.onSessionLost(() => other.close());
    server.socket.drop(4400);
    expect(other.status).toBe("closed");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is no end to a server that says goodbye for a restart", async () => {
    const igor = await server.connected();
    server.socket.say({ action: "igor.goodbye", data: { reason: "shutdown", retryAfterMs: 800 } });
    server.socket.drop(4503);
    await vi.advanceTimersByTimeAsync(790);
    expect(server.sockets).toHaveLength(1);
    for (let round = 0; round < 6; round += 1) {
      await vi.advanceTimersByTimeAsync(10_000);
      if (server.socket.readyState === 0) server.socket.drop();
    }
    const socket = await server.reconnected({ resumed: false, epoch: "the-next-epoch" });
    expect(igor.status).toBe("open");
    const call = igor.ping();
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
    socket.drop();
    expect((await server.reconnected()).hello["resume"]).toMatchObject({ epoch: "the-next-epoch" });
  });
});

describe("a server that says goodbye", () => {
  const failed = { error: "the server is going down", code: 503, close: true };
  const goodbye = (data: object) => ({ action: "igor.goodbye", data: { reason: "shutdown", retryAfterMs: 0, ...data } });

  it("leaves the calls that it has not begun to the next one", async () => {
    const igor = await server.connected();
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const begun = igor.ping();
    const unanswered = igor.ping();
    const onTheWay = igor.ping();
    server.socket.say(goodbye({ lastCall: 2 }));
    const meanwhile = igor.chat.history("lobby");
    const first = server.socket;
    first.reply({ streamId: 1, data: null, close: true });
    expect(await begun).toBeNull();
    // What it says of the others changes nothing.
    for (const streamId of [3, 4]) first.reply({ streamId, ...failed });
    first.drop(4503);
    const gone = igor.ping();
    const socket = await server.reconnected({ resumed: false, epoch: "the-next-epoch" });
    expect(lost).toHaveBeenCalledOnce();
    expect(await failure(unanswered)).toMatchObject({ code: "session_lost", executed: "unknown" });
    expect(socket.sent.slice(2)).toEqual([
      { n: 1, streamId: 3, action: "ping" },
      { n: 2, streamId: 4, action: "chat.history", credit: 256, data: "lobby" },
      { n: 3, streamId: 5, action: "ping" },
    ]);
    for (const streamId of [3, 4, 5]) socket.reply({ streamId, close: true });
    expect([await onTheWay, await meanwhile.toArray(), await gone]).toEqual([null, [], null]);
  });

  it("has said so of no other call", async () => {
    const igor = await server.connected();
    const own = igor.ping();
    server.socket.reply({ streamId: 1, ...failed });
    expect(await failure(own)).toMatchObject({ code: "shutting_down" });
    const before = igor.ping();
    server.socket.say(goodbye({}));
    server.socket.reply({ streamId: 2, ...failed });
    expect(await failure(before)).toMatchObject({ code: "shutting_down" });
  });
});

describe("a call that may run twice", () => {
  const lose = () => server.reconnected({ resumed: false });

  it("is sent again by itself when its session is lost", async () => {
    const igor = await server.connected();
    const plain = igor.ping();
    const rooms = igor.chat.rooms();
    server.socket.drop();
    const queued = igor.ping();
    const socket = await lose();
    expect(await failure(plain)).toMatchObject({ code: "session_lost" });
    expect(socket.sent.slice(2)).toEqual([
      { n: 1, streamId: 2, action: "chat.rooms" },
      { n: 2, streamId: 3, action: "ping" },
    ]);
    socket.reply({ streamId: 2, data: ["lobby"], close: true });
    expect(await rooms).toEqual(["lobby"]);
    queued.cancel();
  });

  it("is sent again twice at most", async () => {
    const igor = await server.connected();
    const rooms = igor.chat.rooms();
    const sockets = [server.socket];
    for (let round = 0; round < 2; round += 1) {
      server.socket.drop();
      sockets.push(await lose());
    }
    const settledYet = vi.fn();
    rooms.finally(settledYet).catch(() => {});
    await settled();
    expect(settledYet).not.toHaveBeenCalled();
    server.socket.drop();
    sockets.push(await lose());
    expect(await failure(rooms)).toMatchObject({ code: "session_lost", executed: "unknown" });
    expect(sockets.map((socket) => socket.calls("chat.rooms").length)).toEqual([1, 1, 1, 0]);
  });

  it("keeps its deadline and knows that it may have run", async () => {
    const igor = await server.connected();
    const rooms = igor.chat.rooms({ timeoutMs: 12_000 });
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(8000);
    const socket = server.socket.welcome({ resumed: false });
    expect(socket.calls("chat.rooms")[0]?.deadlineMs).toBe(4000);
    socket.drop();
    await vi.advanceTimersByTimeAsync(4000);
    expect(await failure(rooms)).toMatchObject({ code: "deadline_exceeded", executed: "unknown" });
  });

  it("may have run although it waits again", async () => {
    const igor = await server.connected({ graceMs: 1000, beatMs: 1000 });
    const rooms = igor.chat.rooms({ timeoutMs: 12_000 });
    server.socket.drop();
    for (let at = 0; at < 12_000; at += 500) {
      await vi.advanceTimersByTimeAsync(500);
      if (server.socket.readyState === 0) server.socket.drop();
    }
    expect(await failure(rooms)).toMatchObject({ code: "deadline_exceeded", executed: "unknown" });
  });

  it("goes on like any other where the session does", async () => {
    const igor = await server.connected();
    const rooms = igor.chat.rooms();
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.calls("chat.rooms")).toEqual([]);
    socket.reply({ streamId: 1, data: [], close: true });
    expect(await rooms).toEqual([]);
  });
});

it("tells every change of its status while it comes and goes", async () => {
  const igor = await server.connected();
  const seen: [Status, string | undefined][] = [];
  igor.onStatus((status, why) => seen.push([status, why]));
  server.socket.drop(4441, "too slow");
  await server.reconnected();
  server.socket.drop(4413, "message too large");
  await server.reconnected({ resumed: false });
  server.socket.drop(4409, "another socket took this session over");
  expect(seen).toEqual([
    ["resuming", "too slow"],
    ["open", undefined],
    ["resuming", "message too large"],
    ["open", undefined],
    ["lost", "another socket took this session over"],
  ]);
});
