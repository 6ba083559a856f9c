// Streams: credit for the reader's pace, and what leaving means.

import { expect, it } from "vitest";
import { failure } from "./failure.js";
import { server, settled, useFakeServer } from "./fake_server.js";

const line = (text: number) => ({ who: "ann", text: String(text) });

useFakeServer();

/** The credit that the client has given so far. */
const credit = (): number => server.socket.sent.reduce((sum, frame) => sum + (frame.credit ?? 0), 0);

it("is called at once and read when the reader comes", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  expect(server.socket.calls("chat.history")).toHaveLength(1);
  server.socket.reply({ streamId: 1, data: line(1) });
  server.socket.reply({ streamId: 1, data: line(2) });
  server.socket.reply({ streamId: 1, close: true });
  expect(await history.toArray()).toEqual([line(1), line(2)]);
});

it("grants credit only as the reader goes on and in halves of the window", async () => {
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

it("grants no credit for what has ended", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  for (let item = 0; item < 256; item += 1) server.socket.reply({ streamId: 1, data: line(item) });
  server.socket.reply({ streamId: 1, close: true });
  expect(await history.toArray()).toHaveLength(256);
  expect(credit()).toBe(256);
});

it("counts items that a waiting reader takes at once", async () => {
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

it("never stalls on a server with a smaller window", async () => {
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

it("fails a stream that is sent more than it had credit for", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  for (let item = 0; item < 257; item += 1) server.socket.reply({ streamId: 1, data: line(item) });
  expect(server.socket.sent.at(-1)).toMatchObject({ streamId: 1, cancel: true });
  expect(await failure(history.toArray())).toMatchObject({ code: "bad_frame" });
});

it("cancels when the loop is left", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  server.socket.reply({ streamId: 1, data: line(1) });
  for await (const item of history) {
    expect(item).toEqual(line(1));
    break;
  }
  expect(server.socket.sent.at(-1)).toMatchObject({ streamId: 1, cancel: true });
});

it("does not cancel when the loop came to the end", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  server.socket.reply({ streamId: 1, close: true });
  for await (const item of history) expect(item).toBeUndefined();
  expect(server.socket.sent.some((frame) => frame.cancel)).toBe(false);
});

it("has one reader", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  const reader = history[Symbol.asyncIterator]();
  expect(() => history[Symbol.asyncIterator]()).toThrow("forbidden: this call has a reader already");
  await reader.return?.();
  expect(() => history[Symbol.asyncIterator]()).toThrow("forbidden: this call has a reader already");
  expect(await reader.next()).toEqual({ done: true, value: undefined });
});

it("gives what came before an error and then the error", async () => {
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

it("gives nothing more once it is cancelled", async () => {
  const igor = await server.connected();
  const history = igor.chat.history("lobby");
  server.socket.reply({ streamId: 1, data: line(1) });
  history.cancel();
  expect(await failure(history[Symbol.asyncIterator]().next())).toMatchObject({ code: "cancelled" });
});

it("wakes a waiting reader when its signal aborts", async () => {
  const igor = await server.connected();
  const controller = new AbortController();
  const read = igor.chat.history("lobby", { signal: controller.signal }).toArray();
  controller.abort();
  expect(await failure(read)).toMatchObject({ code: "cancelled" });
});

it("tells its end as a result", async () => {
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
