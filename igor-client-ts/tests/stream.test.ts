// Streams: credit for the reader's pace, and what leaving means.

import { expect, it } from "vitest";
import { failure } from "./failure.js";
import { server, settled, useFakeServer } from "./fake_server.js";

const line = (text: number) => ({ who: "ann", text: String(text) });

useFakeServer();

/** The credit that the client has given so far. */
const credit = (): number => server.socket.sent.reduce((sum, frame) => sum + (frame.credit ?? 0), 0);

it("is_called_at_once_and_read_when_the_reader_comes", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  expect(server.socket.calls("chat.history")).toHaveLength(1);
  server.socket.reply({ streamId: 1, data: line(1) });
  server.socket.reply({ streamId: 1, data: line(2) });
  server.socket.reply({ streamId: 1, close: true });
  expect(await history.toArray()).toEqual([line(1), line(2)]);
});

it("grants_credit_only_as_the_reader_goes_on_and_in_halves_of_the_window", async () => {
  const igor = await server.connected();
  const reader = igor.chat.history("lobby")[Symbol.asyncIterator]();
  for (let item = 0; item < 256; item += 1) server.socket.reply({ streamId: 1, data: line(item) });
  await settled();
  expect(credit()).toBe(256);
  for (let item = 0; item < 127; item += 1) await reader.next();
  expect(credit()).toBe(256);
  await reader.next();
  expect(server.socket.sent.at(-1)).toMatchObject({ streamId: 1, credit: 128 });
  for (let item = 128; item < 256; item += 1) await reader.next();
  expect(credit()).toBe(512);
});

it("grants_no_credit_for_what_has_ended", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  for (let item = 0; item < 256; item += 1) server.socket.reply({ streamId: 1, data: line(item) });
  server.socket.reply({ streamId: 1, close: true });
  expect(await history.toArray()).toHaveLength(256);
  expect(credit()).toBe(256);
});

it("counts_items_that_a_waiting_reader_takes_at_once", async () => {
  const igor = await server.connected();
  const read = igor.chat.history("lobby").toArray();
  for (let item = 0; item < 1000; item += 1) {
    expect(credit()).toBeGreaterThan(item);
    server.socket.reply({ streamId: 1, data: line(item) });
    await settled();
  }
  server.socket.reply({ streamId: 1, close: true });
  expect(await read).toHaveLength(1000);
});

it("never_stalls_on_a_server_with_a_smaller_window", async () => {
  const igor = await server.connecting();
  const read = igor.chat.history("lobby").toArray();
  server.socket.accept();
  server.socket.welcome({
    limits: { messageBytes: 9999, openCalls: 9, credit: 3, ringFrames: 99, ringBytes: 9999 },
  });
  let allowed = 3; // What that server makes of the 256 that the call asked for.
  for (let item = 0; item < 20; item += 1) {
    expect(allowed).toBeGreaterThan(0);
    const before = credit();
    server.socket.reply({ streamId: 1, data: line(item) });
    await settled();
    allowed += credit() - before - 1;
  }
  server.socket.reply({ streamId: 1, close: true });
  expect(await read).toHaveLength(20);
  void igor.chat.history("lobby");
  expect(server.socket.sent.at(-1)?.credit).toBe(3);
});

it("fails_a_stream_that_is_sent_more_than_it_had_credit_for", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  for (let item = 0; item < 257; item += 1) server.socket.reply({ streamId: 1, data: line(item) });
  expect(server.socket.sent.at(-1)).toMatchObject({ streamId: 1, cancel: true });
  expect(await failure(history.toArray())).toMatchObject({ code: "bad_frame" });
});

it("cancels_when_the_loop_is_left", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  server.socket.reply({ streamId: 1, data: line(1) });
  for await (const item of history) {
    expect(item).toEqual(line(1));
    break;
  }
  expect(server.socket.sent.at(-1)).toMatchObject({ streamId: 1, cancel: true });
});

it("does_not_cancel_when_the_loop_came_to_the_end", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  server.socket.reply({ streamId: 1, close: true });
  for await (const item of history) expect(item).toBeUndefined();
  expect(server.socket.sent.some((frame) => frame.cancel)).toBe(false);
});

it("has_one_reader", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  const reader = history[Symbol.asyncIterator]();
  expect(() => history[Symbol.asyncIterator]()).toThrow("forbidden: this call has a reader already");
  await reader.return?.();
  expect(() => history[Symbol.asyncIterator]()).toThrow("forbidden: this call has a reader already");
  expect(await reader.next()).toEqual({ done: true, value: undefined });
});

it("gives_what_came_before_an_error_and_then_the_error", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  server.socket.reply({ streamId: 1, data: line(1) });
  server.socket.reply({ streamId: 1, error: "a panic; id 7f", code: 500, close: true });
  const seen: unknown[] = [];
  const loop = (async () => {
    for await (const item of history) seen.push(item);
  })();
  expect(await failure(loop)).toMatchObject({ code: "internal", action: "chat.history" });
  expect(seen).toEqual([line(1)]);
});

it("gives_nothing_more_once_it_is_cancelled", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  server.socket.reply({ streamId: 1, data: line(1) });
  history.cancel();
  expect(await failure(history[Symbol.asyncIterator]().next())).toMatchObject({ code: "cancelled" });
});

it("wakes_a_waiting_reader_when_its_signal_aborts", async () => {
  const igor = await server.connected();
  const controller = new AbortController();
  const read = igor.chat.history("lobby", { signal: controller.signal }).toArray();
  controller.abort();
  expect(await failure(read)).toMatchObject({ code: "cancelled" });
});

it("tells_its_end_as_a_result", async () => {
  const igor = await server.connected();
  const good = igor.chat.history("lobby").result();
  server.socket.reply({ streamId: 1, data: line(1) });
  server.socket.reply({ streamId: 1, close: true });
  expect(await good).toEqual({ ok: true, value: [line(1)] });
  const bad = igor.chat.history("lobby").result();
  server.socket.reply({
    streamId: 2,
    data: "NoSuchRoom",
    error: "there is no such room",
    code: 450,
    close: true,
  });
  expect(await bad).toEqual({ ok: false, error: "NoSuchRoom" });
});
