// The way to the server: first frames, losses and coming back.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { Status } from "../src/index.js";
import { failure } from "./failure.js";
import { connect } from "./fixtures/generated.js";
import { FakeServer, welcomeData } from "./fake_server.js";

let server: FakeServer;
beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

// First frames.

it("says_hello_first_and_offers_the_protocol", async () => {
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

it("offers_its_token_as_a_subprotocol", async () => {
  await server.connecting({ token: "s€cret" });
  expect(server.socket.protocols).toEqual(["igor.1", "igor.token.c-KCrGNyZXQ"]);
});

it("answers_every_welcome_with_an_ack_before_anything_else", async () => {
  const igor = await server.connecting();
  server.socket.accept();
  void igor.ping();
  server.socket.drop();
  void igor.ping();
  const socket = await server.reconnected();
  expect(socket.sent.slice(1)).toEqual([{ ack: 0 }, { n: 2, streamId: 2, action: "ping" }]);
  expect(igor.clientId).toBe("c1");
});

it("sends_the_calls_of_a_program_right_behind_its_first_hello", async () => {
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

it("waits_for_the_welcome_on_every_later_socket", async () => {
  const igor = await server.connected();
  server.socket.drop();
  await vi.advanceTimersByTimeAsync(10_000);
  server.socket.accept();
  void igor.ping();
  expect(server.socket.sent).toHaveLength(1);
  server.socket.welcome();
  expect(server.socket.calls("ping")).toHaveLength(1);
});

it("acknowledges_on_every_frame_that_it_sends_anyway", async () => {
  const igor = await server.connected();
  server.socket.reply({ action: "counter_increment", data: { counter: 1 } });
  server.socket.reply({ action: "counter_increment", data: { counter: 2 } });
  void igor.ping();
  expect(server.socket.sent.at(-1)).toMatchObject({ n: 1, ack: 2 });
});

it("acknowledges_alone_after_32_frames_and_after_a_quarter_of_the_servers_ring", async () => {
  await server.connected();
  for (let counter = 0; counter < 64; counter += 1)
    server.socket.reply({ action: "counter_increment", data: { counter } });
  expect(server.socket.sent.slice(2)).toEqual([{ ack: 32 }, { ack: 64 }]);
  await server.connected({
    limits: { messageBytes: 9999, openCalls: 9, credit: 256, ringFrames: 8, ringBytes: 4000 },
  });
  server.socket.reply({ action: "counter_increment" });
  server.socket.reply({ action: "counter_increment" });
  expect(server.socket.sent.slice(2)).toEqual([{ ack: 2 }]);
  server.socket.reply({ action: "chat.said", data: "x".repeat(1000) });
  expect(server.socket.sent.slice(2)).toEqual([{ ack: 2 }, { ack: 3 }]);
});

// What breaks the order.

it("delivers_a_number_once", async () => {
  const igor = await server.connected();
  const heard = vi.fn();
  igor.on("counter_increment", heard);
  for (const n of [1, 2, 2, 1, 3])
    server.socket.say({ n, action: "counter_increment", data: { counter: n } });
  expect(heard.mock.calls.map(([{ counter }]) => counter)).toEqual([1, 2, 3]);
});

it("closes_a_socket_on_which_a_number_is_missing_and_comes_back", async () => {
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
])("ends_the_session_over_%s", async (_, raw) => {
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
])("does_not_trust_a_welcome_that_%s", async (_, frame) => {
  const igor = await server.connecting();
  server.socket.accept().say(frame);
  expect(server.socket.closedWith).toBe(4400);
  expect(igor.status).toBe("connecting");
});

it("is_not_kept_busy_by_a_beat_of_no_length", async () => {
  const igor = await server.connected({ beatMs: 0 });
  await vi.advanceTimersByTimeAsync(10); // This fails where a timer starts itself anew without end.
  expect(igor.status).toBe("resuming");
});

// Losses.

it("waits_longer_with_every_failure_and_starts_again_after_a_good_connection", async () => {
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

it("gives_up_a_socket_whose_welcome_does_not_come", async () => {
  await server.connecting();
  server.socket.accept();
  await vi.advanceTimersByTimeAsync(10_000);
  expect(server.sockets[0]?.closedWith).toBe(4408);
  await vi.advanceTimersByTimeAsync(500);
  expect(server.sockets).toHaveLength(2);
});

it("comes_back_no_sooner_than_a_goodbye_asked_for", async () => {
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

it("hears_nothing_more_of_a_socket_that_it_has_given_up", async () => {
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

it("keeps_what_it_could_not_send_yet_through_a_loss", async () => {
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
])("does_not_come_back_after_%s", async (number, code, why) => {
  const igor = await server.connected();
  const changes = vi.fn();
  igor.onStatus(changes);
  const sent = igor.ping();
  server.socket.drop(number);
  const later = igor.ping();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.sockets).toHaveLength(1);
  expect(changes.mock.calls).toEqual([["lost", why]]);
  expect(await failure(sent)).toMatchObject({ code, executed: "unknown" });
  expect(await failure(later)).toMatchObject({ code, executed: "no", message: `${code}: ${why}` });
});

it("stops_when_the_hello_is_refused_for_good", async () => {
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
  });
});

it("sends_again_what_stood_behind_a_hello_that_was_refused_for_now", async () => {
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

it("stops_when_no_socket_can_be_made_at_all", async () => {
  const WebSocket = class {
    constructor() {
      throw new Error("mixed content");
    }
  };
  const igor = await server.connecting({ WebSocket: WebSocket as never });
  expect(igor.status).toBe("lost");
  expect(await failure(igor.ping())).toMatchObject({
    code: "forbidden",
    message: "forbidden: no socket can be made to `ws://127.0.0.1:5678/`: mixed content",
  });
  expect(vi.getTimerCount()).toBe(0);
});

// Contracts.

it("says_how_the_contracts_differ_and_refuses_only_the_calls_that_do", async () => {
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

it("forgets_a_mismatch_when_the_right_server_comes_back", async () => {
  vi.spyOn(console, "warn").mockReturnValue();
  const igor = await server.connected({ contract: { hash: "other", names: {} } });
  server.socket.drop();
  const queued = igor.ping();
  const socket = await server.reconnected();
  socket.reply({ streamId: 1, data: null, close: true });
  expect(await queued).toBeNull();
});

// Status and end.

it("tells_every_change_of_its_status", async () => {
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

it("tells_after_each_attempt_that_failed_why", async () => {
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

it("tries_often_while_the_server_may_keep_its_session_and_seldom_when_it_cannot", async () => {
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

it("leaves_nothing_behind_when_it_is_closed", async () => {
  const igor = await server.connected();
  const sent = igor.ping({ timeoutMs: 9000 });
  igor.close();
  igor.close();
  expect(server.socket.closedWith).toBe(1000);
  expect(await failure(sent)).toMatchObject({ code: "cancelled", executed: "unknown" });
  expect(await failure(igor.ping())).toMatchObject({ code: "cancelled", executed: "no" });
  expect(vi.getTimerCount()).toBe(0);
  expect(igor.status).toBe("closed");
});

it("can_be_closed_before_it_has_a_socket_and_while_it_waits_for_the_next", async () => {
  const igor = await server.connecting();
  server.socket.drop();
  igor.close();
  expect(vi.getTimerCount()).toBe(0);
  connect({ WebSocket: server.WebSocket }).close();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(server.sockets).toHaveLength(1);
  expect(vi.getTimerCount()).toBe(0);
});

it("can_be_closed_by_the_very_handler_that_hears_that_it_is_open", async () => {
  const igor = await server.connecting();
  igor.onStatus(() => igor.close());
  server.socket.welcome();
  expect(server.socket.closedWith).toBe(1000);
  expect(vi.getTimerCount()).toBe(0);
});

// Beats.

it("speaks_after_a_beat_of_silence_of_its_own", async () => {
  const igor = await server.connected({ beatMs: 1000 });
  await vi.advanceTimersByTimeAsync(900);
  void igor.ping();
  server.socket.reply({ action: "counter_increment", data: { counter: 1 } });
  await vi.advanceTimersByTimeAsync(900);
  expect(server.socket.sent.at(-1)).toMatchObject({ action: "ping" });
  await vi.advanceTimersByTimeAsync(100);
  expect(server.socket.sent.at(-1)).toEqual({ ack: 1 });
});

it("answers_a_beat_at_once", async () => {
  await server.connected();
  server.socket.say({ ack: 0, beat: true });
  expect(server.socket.sent.slice(2)).toEqual([{ ack: 0 }]);
});

it("gives_up_a_socket_on_which_nothing_was_heard_for_two_beats", async () => {
  const igor = await server.connected({ beatMs: 1000 });
  await vi.advanceTimersByTimeAsync(1500);
  server.socket.say({ ack: 0 });
  await vi.advanceTimersByTimeAsync(1999);
  expect(server.socket.closedWith).toBeUndefined();
  await vi.advanceTimersByTimeAsync(1);
  expect(server.socket.closedWith).toBe(4442);
  expect(igor.status).toBe("resuming");
});
