// The first frames of each socket, and what breaks their order.

import { expect, it, vi } from "vitest";
import { server, useFakeServer, welcomeData } from "./fake_server.js";

useFakeServer();

// First frames.

it("says hello first and offers the protocol", async () => {
  const igor = await server.connecting({ name: "ann" });
  expect(igor.status).toBe("connecting");
  expect(igor.clientId).toBeUndefined();
  expect(server.socket.url).toBe("ws://127.0.0.1:5678/");
  expect(server.socket.protocols).toEqual(["igor.1"]);
  server.socket.accept();
  expect(server.socket.sent).toHaveLength(1);
  expect(server.socket.sent[0]).toEqual({
    action: "igor.hello",
    data: {
      session: expect.stringMatching(/^[\w-]{22}$/),
      key: expect.stringMatching(/^[\w-]{43}$/),
      page: expect.stringMatching(/^[\w-]{22}$/),
      attempt: 1,
      contract: "9f2c41d0a5b6e7f8",
      name: "ann",
      ring: 1_048_576,
    },
  });
});

it("offers its token as a subprotocol", async () => {
  await server.connecting({ token: "s€cret" });
  expect(server.socket.protocols).toEqual(["igor.1", "igor.token.c-KCrGNyZXQ"]);
});

it("answers every welcome with an ack before anything else", async () => {
  const igor = await server.connecting();
  server.socket.accept();
  void igor.ping();
  server.socket.drop();
  void igor.ping();
  const socket = await server.reconnected();
  expect(socket.sent.slice(1)).toEqual([{ ack: 0 }, { n: 2, streamId: 2, action: "ping" }]);
  expect(igor.clientId).toBe("c1");
});

it("sends the calls of a program right behind its first hello", async () => {
  const igor = await server.connecting();
  void igor.ping();
  server.socket.accept();
  void igor.ping();
  expect(server.socket.sent.slice(1)).toEqual([
    { n: 1, streamId: 1, action: "ping" },
    { n: 2, streamId: 2, action: "ping" },
  ]);
  server.socket.welcome();
  void igor.ping();
  expect(server.socket.sent.slice(3)).toEqual([{ ack: 0 }, { n: 3, streamId: 3, action: "ping" }]);
});

it("waits for the welcome on every later socket", async () => {
  const igor = await server.connected();
  server.socket.drop();
  await vi.advanceTimersByTimeAsync(10_000);
  server.socket.accept();
  void igor.ping();
  expect(server.socket.sent).toHaveLength(1);
  server.socket.welcome();
  expect(server.socket.calls("ping")).toHaveLength(1);
});

it("acknowledges on every frame that it sends anyway", async () => {
  const igor = await server.connected();
  server.socket.reply({ action: "counter_increment", data: { counter: 1 } });
  server.socket.reply({ action: "counter_increment", data: { counter: 2 } });
  void igor.ping();
  expect(server.socket.sent.at(-1)).toMatchObject({ n: 1, ack: 2 });
});

it("acknowledges alone after 32 frames and after a quarter of the servers ring", async () => {
  await server.connected();
  for (let counter = 1; counter <= 64; counter += 1) {
    server.socket.reply({ action: "counter_increment", data: { counter } });
    await Promise.resolve();
  }
  expect(server.socket.sent.slice(2)).toEqual([{ ack: 32 }, { ack: 64 }]);
  await server.connected({
    limits: { messageBytes: 9999, openCalls: 9, credit: 256, ringFrames: 8, ringBytes: 4000 },
  });
  server.socket.reply({ action: "counter_increment" });
  server.socket.reply({ action: "counter_increment" });
  await Promise.resolve();
  expect(server.socket.sent.slice(2)).toEqual([{ ack: 2 }]);
  server.socket.reply({ action: "chat.said", data: "x".repeat(1000) });
  await Promise.resolve();
  expect(server.socket.sent.slice(2)).toEqual([{ ack: 2 }, { ack: 3 }]);
});

it("acknowledges once what comes in one turn and in a call that is made of it", async () => {
  const igor = await server.connected();
  for (let n = 0; n < 100; n += 1) server.socket.reply({ action: "counter_increment", data: { counter: n } });
  await Promise.resolve();
  expect(server.socket.sent.slice(2)).toEqual([{ ack: 100 }]);
  for (let n = 0; n < 100; n += 1) server.socket.reply({ action: "counter_increment", data: { counter: n } });
  void igor.ping();
  await Promise.resolve();
  expect(server.socket.sent.slice(3)).toEqual([{ n: 1, ack: 200, streamId: 1, action: "ping" }]);
});

// What breaks the order.

it("delivers a number once", async () => {
  const igor = await server.connected();
  const heard = vi.fn();
  igor.on("counter_increment", heard);
  for (const n of [1, 2, 2, 1, 3])
    server.socket.say({ n, action: "counter_increment", data: { counter: n } });
  expect(heard.mock.calls.map(([{ counter }]) => counter)).toEqual([1, 2, 3]);
});

it("closes a socket on which a number is missing and comes back", async () => {
  const igor = await server.connected();
  const heard = vi.fn();
  igor.on("counter_increment", heard);
  server.socket.say({ n: 2, action: "counter_increment", data: { counter: 2 } });
  expect(server.socket.closedWith).toBe(4440);
  expect(heard).not.toHaveBeenCalled();
  expect(igor.status).toBe("resuming");
  await server.reconnected();
  expect(igor.status).toBe("open");
});

it.each([
  ["what is not JSON", "{"],
  ["what is no object", "[]"],
  ["a field of the wrong kind", '{"n":"1"}'],
  ["a binary frame", new ArrayBuffer(8)],
  ["an ack above what was sent", '{"ack":1}'],
])("ends the session over %s", async (_, raw) => {
  const igor = await server.connected();
  const { session } = server.socket.hello;
  server.socket.raw(raw);
  expect(server.socket.closedWith).toBe(4400);
  expect(igor.status).toBe("resuming");
  const socket = await server.reconnected();
  expect(socket.hello["session"]).not.toBe(session);
  expect(socket.hello["attempt"]).toBe(1);
});

it.each([
  ["is another frame", { n: 1, action: "chat.said" }],
  ["lacks its data", { action: "igor.welcome" }],
  ["has no limits", { action: "igor.welcome", data: { ...welcomeData({}), limits: undefined } }],
])("does not trust a welcome that %s", async (_, frame) => {
  const igor = await server.connecting();
  server.socket.accept().say(frame);
  expect(server.socket.closedWith).toBe(4400);
  expect(igor.status).toBe("connecting");
});

it("is not kept busy by a beat of no length", async () => {
  const igor = await server.connected({ beatMs: 0 });
  await vi.advanceTimersByTimeAsync(10); // This fails where a timer starts itself anew without end.
  expect(igor.status).toBe("resuming");
});
