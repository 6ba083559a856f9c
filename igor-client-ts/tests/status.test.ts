// What a client says of its connection: what differs in the contracts, its status, and its end.

import { expect, it, vi } from "vitest";
import type { Status } from "../src/index.js";
import { failure } from "./failure.js";
import { connect } from "./fixtures/generated.js";
import { server, useFakeServer } from "./fake_server.js";

useFakeServer();

// Contracts.

it("says how the contracts differ and refuses only the calls that do", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const igor = await server.connecting();
  server.socket.accept();
  const names = {
    ping: "4a2b3c4d",
    "chat.say": "other",
    "chat.import": "3a2b3c4d",
    "chat.rooms": "7a2b3c4d",
    "chat.said": "5e6f7a8b",
    counter_increment: "6e6f7a8b",
    "chat.new": "77",
  };
  server.socket.welcome({ contract: { hash: "other", names } });
  expect(warn.mock.calls).toEqual([
    [
      "igor: the server is of another version: `chat.say` differs, `chat.history` is missing on the server, `chat.new` is missing in this client",
    ],
  ]);
  expect(await failure(igor.chat.say("lobby", "hello"))).toMatchObject({
    code: "contract_mismatch",
    message: "contract_mismatch: `chat.say` differs",
    executed: "no",
  });
  expect(await failure(igor.chat.history("lobby").toArray())).toMatchObject({ code: "contract_mismatch" });
  void igor.ping();
  expect(server.socket.sent.at(-1)).toMatchObject({ action: "ping" });
});

it("refuses a call that differs and was made before the server said so", async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  const igor = await server.connecting();
  const said = igor.chat.say("lobby", "hello");
  const pinged = igor.ping();
  server.socket.accept();
  expect(server.socket.calls("chat.say")).toHaveLength(1);
  const names = { ping: "4a2b3c4d", "chat.say": "other" };
  server.socket.welcome({ contract: { hash: "other", names } });
  server.socket.reply({ streamId: 1, data: "something of another type", close: true });
  server.socket.reply({ streamId: 2, data: null, close: true });
  expect(await failure(said)).toMatchObject({
    code: "contract_mismatch",
    message: "contract_mismatch: `chat.say` differs",
    executed: "unknown",
  });
  expect(server.socket.sent).toContainEqual(expect.objectContaining({ streamId: 1, cancel: true }));
  expect(await pinged).toBeNull();
});

it("forgets a mismatch when the right server comes back", async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  const igor = await server.connected({ contract: { hash: "other", names: {} } });
  server.socket.drop();
  const queued = igor.ping();
  const socket = await server.reconnected();
  socket.reply({ streamId: 1, data: null, close: true });
  expect(await queued).toBeNull();
});

// Status and end.

it("tells every change of its status", async () => {
  const igor = await server.connecting();
  const seen: [Status, string | undefined][] = [];
  const off = igor.onStatus((status, why) => seen.push([status, why]));
  server.socket.drop();
  await server.reconnected();
  server.socket.drop(4441, "too slow");
  await server.reconnected();
  igor.close();
  off();
  expect(seen).toEqual([
    ["connecting", "closed with 1006"],
    ["open", undefined],
    ["resuming", "too slow"],
    ["open", undefined],
    ["closed", "the client was closed"],
  ]);
});

it("tells after each attempt that failed why", async () => {
  const igor = await server.connecting();
  const seen: [Status, string | undefined][] = [];
  igor.onStatus((status, why) => seen.push([status, why]));
  const refused = { action: "igor.welcome", error: "the hello has no `page`", code: 400, close: true };
  server.socket.drop();
  await server.attempted();
  server.socket.accept().say(refused);
  await server.reconnected();
  server.socket.drop(4442, "silent");
  await server.attempted();
  server.socket.accept().say(refused);
  expect(seen).toEqual([
    ["connecting", "closed with 1006"],
    ["connecting", "the hello has no `page`"],
    ["open", undefined],
    ["resuming", "silent"],
    ["resuming", "the hello has no `page`"],
  ]);
});

it("tries often while the server may keep its session and seldom when it cannot", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  await server.connected({ graceMs: 10_000, beatMs: 5000 });
  const waits: number[] = [];
  for (let lostAtMs = performance.now(); waits.length < 16; lostAtMs = performance.now()) {
    server.socket.drop();
    await server.attempted();
    waits.push(Math.round(performance.now() - lostAtMs));
  }
  expect(Math.max(...waits.slice(0, 12))).toBe(2000);
  expect(waits.slice(-3)).toEqual([8000, 8000, 8000]);
});

it("leaves nothing behind when it is closed", async () => {
  const igor = await server.connected();
  const sent = igor.ping({ timeoutMs: 9000 });
  igor.close();
  igor.close();
  expect(server.socket.closedWith).toBe(4410);
  expect(await failure(sent)).toMatchObject({ code: "cancelled", executed: "unknown" });
  expect(await failure(igor.ping())).toMatchObject({ code: "cancelled", executed: "no" });
  expect(vi.getTimerCount()).toBe(0);
  expect(igor.status).toBe("closed");
});

it("can be closed before it has a socket and while it waits for the next", async () => {
  const igor = await server.connecting();
  server.socket.drop();
  igor.close();
  expect(vi.getTimerCount()).toBe(0);
  connect({ WebSocket: server.WebSocket }).close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.sockets).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

it("can be closed by the very handler that hears that it is open", async () => {
  const igor = await server.connecting();
  igor.onStatus(() => igor.close());
  server.socket.welcome();
  expect(server.socket.closedWith).toBe(4410);
  expect(vi.getTimerCount()).toBe(0);
});
