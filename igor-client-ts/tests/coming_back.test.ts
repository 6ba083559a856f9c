// The way back to the server: losses, refusals, and beats by which a loss is noticed.

import { expect, it, vi } from "vitest";
import { failure } from "./failure.js";
import { server, useFakeServer } from "./fake_server.js";

useFakeServer();

// Losses.

it("waits longer with every failure and starts again after a good connection", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  await server.connecting();
  const waits: number[] = [];
  const wait = async (): Promise<void> => {
    const { length } = server.sockets;
    let ms = 0;
    while (server.sockets.length === length) {
      await vi.advanceTimersByTimeAsync(50);
      ms += 50;
    }
    waits.push(ms);
  };
  for (let round = 0; round < 8; round += 1) {
    server.socket.drop();
    await wait();
  }
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 8000, 8000]);
  server.socket.welcome();
  await vi.advanceTimersByTimeAsync(1000);
  server.socket.drop();
  await wait();
  server.socket.welcome();
  await vi.advanceTimersByTimeAsync(5000);
  server.socket.drop();
  await wait();
  expect(waits.slice(8)).toEqual([2000, 250]);
});

it("gives up a socket whose welcome does not come", async () => {
  await server.connecting();
  server.socket.accept();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.sockets[0]?.closedWith).toBe(4408);
  await vi.advanceTimersByTimeAsync(500);
  expect(server.sockets).toHaveLength(2);
});

it("comes back no sooner than a goodbye asked for", async () => {
  await server.connected();
  server.socket.say({ action: "igor.goodbye", data: { reason: "shutdown", retryAfterMs: 3000 } });
  server.socket.drop(4503);
  await vi.advanceTimersByTimeAsync(2990);
  expect(server.sockets).toHaveLength(1);
  await vi.advanceTimersByTimeAsync(300);
  expect(server.sockets).toHaveLength(2);
  server.socket.welcome();
  server.socket.drop();
  await vi.advanceTimersByTimeAsync(1000);
  expect(server.sockets).toHaveLength(3);
});

it("hears nothing more of a socket that it has given up", async () => {
  const igor = await server.connected();
  const heard = vi.fn();
  igor.on("counter_increment", heard);
  const first = server.socket;
  first.say({ n: 7, action: "chat.said" });
  const second = await server.reconnected();
  first.drop(4409);
  first.say({ n: 1, action: "counter_increment", data: { counter: 1 } });
  expect(heard).not.toHaveBeenCalled();
  expect(igor.status).toBe("open");
  expect(second.closedWith).toBeUndefined();
});

it("keeps what it could not send yet through a loss", async () => {
  const igor = await server.connecting();
  const call = igor.ping();
  server.socket.drop();
  const socket = await server.reconnected();
  socket.reply({ streamId: 1, data: null, close: true });
  expect(await call).toBeNull();
});

// Refusals.

it.each([
  [4401, "unauthorized", "the server does not accept the token"],
  [4403, "forbidden", "the server refused this client"],
  [4409, "session_lost", "another socket took this session over"],
])("does not come back after %s", async (number, code, why) => {
  const igor = await server.connected();
  const changes = vi.fn();
  igor.onStatus(changes);
  const sent = igor.ping();
  server.socket.drop(number, why);
  const later = igor.ping();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.sockets).toHaveLength(1);
  expect(changes.mock.calls).toEqual([["lost", why]]);
  expect(await failure(sent)).toMatchObject({ code, executed: "unknown" });
  expect(await failure(later)).toMatchObject({ code, executed: "no", message: `${code}: ${why}` });
});

it("stops when the hello is refused for good", async () => {
  const igor = await server.connecting({ name: "ann" });
  const call = igor.ping();
  server.socket
    .accept()
    .say({ action: "igor.welcome", error: "the name `ann` is somebody else's", code: 403, close: true });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.sockets).toHaveLength(1);
  expect(igor.status).toBe("lost");
  expect(await failure(call)).toMatchObject({
    code: "forbidden",
    message: "forbidden: the name `ann` is somebody else's",
    executed: "no",
  });
});

it("sends again what stood behind a hello that was refused for now", async () => {
  const igor = await server.connecting();
  const call = igor.ping();
  server.socket
    .accept()
    .say({ action: "igor.welcome", error: "too many clients", code: 429, close: true, retryAfterMs: 2000 });
  await vi.advanceTimersByTimeAsync(1990);
  expect(server.sockets).toHaveLength(1);
  const socket = await server.reconnected();
  expect(socket.calls("ping")).toHaveLength(1);
  socket.reply({ streamId: 1, data: null, close: true });
  expect(await call).toBeNull();
});

it("stops when no socket can be made at all", async () => {
  const WebSocket = class {
    constructor() {
      throw new Error("mixed content");
    }
  };
  const igor = await server.connecting({ WebSocket: WebSocket as never });
  expect(igor.status).toBe("lost");
  expect(await failure(igor.ping())).toMatchObject({
    code: "forbidden",
    message: "forbidden: no way to `ws://127.0.0.1:5678/`: mixed content",
  });
  expect(vi.getTimerCount()).toBe(0);
});

// Beats.

it("speaks after a beat of silence of its own", async () => {
  const igor = await server.connected({ beatMs: 1000 });
  await vi.advanceTimersByTimeAsync(900);
  void igor.ping();
  server.socket.reply({ action: "counter_increment", data: { counter: 1 } });
  await vi.advanceTimersByTimeAsync(900);
  expect(server.socket.sent.at(-1)).toMatchObject({ action: "ping" });
  await vi.advanceTimersByTimeAsync(100);
  expect(server.socket.sent.at(-1)).toEqual({ ack: 1 });
});

it("answers a beat at once", async () => {
  await server.connected();
  server.socket.say({ ack: 0, beat: true });
  expect(server.socket.sent.slice(2)).toEqual([{ ack: 0 }]);
});

it("gives up a socket on which nothing was heard for two beats", async () => {
  const igor = await server.connected({ beatMs: 1000 });
  await vi.advanceTimersByTimeAsync(1500);
  server.socket.say({ ack: 0 });
  await vi.advanceTimersByTimeAsync(1999);
  expect(server.socket.closedWith).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(server.socket.closedWith).toBe(4442);
  expect(igor.status).toBe("resuming");
});
