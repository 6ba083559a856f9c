// Events: handlers, single waits and loops.

import { expect, it, vi } from "vitest";
import { failure } from "./failure.js";
import { server, settled, useFakeServer } from "./fake_server.js";

useFakeServer();

const count = (counter: number): void =>
  server.socket.reply({ streamId: "counter_process", action: "counter_increment", data: { counter } });

it("calls handlers in the order of arrival until they are off", async () => {
  const igor = await server.connected();
  const seen: string[] = [];
  const off = igor.on("counter_increment", ({ counter }) => seen.push(`a${counter}`));
  igor.on("counter_increment", ({ counter }) => seen.push(`b${counter}`));
  count(1);
  off();
  count(2);
  expect(seen).toEqual(["a1", "b1", "b2"]);
});

it("hears events that come without a number", async () => {
  const igor = await server.connected();
  const heard = vi.fn();
  igor.on("counter_increment", heard);
  server.socket.say({ action: "counter_increment", data: { counter: 1 } });
  expect(heard).toHaveBeenCalledWith({ counter: 1 });
});

it("is not disturbed by a handler that throws", async () => {
  const reported = vi.fn();
  vi.stubGlobal("reportError", reported);
  const igor = await server.connected();
  const seen: number[] = [];
  const broken = new Error("broken");
  igor.on("counter_increment", () => {
    throw broken;
  });
  igor.on("counter_increment", ({ counter }) => seen.push(counter));
  count(1);
  const call = igor.ping();
  server.socket.reply({ streamId: 1, data: null, close: true });
  expect(await call).toBeNull();
  expect(seen).toEqual([1]);
  expect(reported).toHaveBeenCalledWith(broken);
});

it("says on the console that a handler threw where nothing else is there for it", async () => {
  const error = vi.spyOn(console, "error").mockReturnValue();
  const igor = await server.connected();
  igor.on("counter_increment", () => {
    throw new Error("broken");
  });
  count(1);
  expect(error).toHaveBeenCalledOnce();
});

it("settles promises and calls handlers in the order of the frames", async () => {
  const igor = await server.connected();
  const seen: string[] = [];
  igor.on("counter_increment", ({ counter }) => seen.push(`event ${counter}`));
  void igor.ping().then(() => seen.push("answer"));
  count(1);
  await settled();
  server.socket.reply({ streamId: 1, data: null, close: true });
  await settled();
  count(2);
  expect(seen).toEqual(["event 1", "answer", "event 2"]);
});

it("waits for one event", async () => {
  const igor = await server.connected();
  const first = igor.once("counter_increment");
  count(1);
  count(2);
  expect(await first).toEqual({ counter: 1 });
});

it("stops waiting for one event when its signal aborts or the client is closed", async () => {
  const igor = await server.connected();
  const controller = new AbortController();
  const aborted = igor.once("counter_increment", { signal: controller.signal });
  const before = igor.once("counter_increment", { signal: AbortSignal.abort() });
  const closed = igor.once("counter_increment");
  controller.abort();
  igor.close();
  const after = igor.once("counter_increment");
  for (const wait of [aborted, before, closed, after])
    expect(await failure(wait)).toMatchObject({ code: "cancelled" });
});

it("loops over events from the call on", async () => {
  const igor = await server.connected();
  const { signal } = new AbortController();
  const forgotten = vi.spyOn(signal, "removeEventListener");
  const events = igor.events("counter_increment", { signal });
  count(1);
  count(2);
  const seen: number[] = [];
  for await (const { counter } of events) {
    seen.push(counter);
    if (counter === 2) break;
  }
  count(3);
  expect(seen).toEqual([1, 2]);
  expect(await events.next()).toEqual({ done: true, value: undefined });
  expect(forgotten).toHaveBeenCalled();
});

it("ends the loop when its signal aborts", async () => {
  const igor = await server.connected();
  const controller = new AbortController();
  const forgotten = vi.spyOn(controller.signal, "removeEventListener");
  const seen: number[] = [];
  const loop = (async () => {
    for await (const { counter } of igor.events("counter_increment", { signal: controller.signal }))
      seen.push(counter);
  })();
  count(1);
  await settled();
  controller.abort();
  count(2);
  await loop;
  expect(seen).toEqual([1]);
  expect(forgotten).toHaveBeenCalled();
});

it("ends the loop when the client is closed and throws when the connection is lost for good", async () => {
  const igor = await server.connected();
  const closed = igor.events("counter_increment").next();
  igor.close();
  expect(await closed).toEqual({ done: true, value: undefined });
  const other = await server.connected();
  const lost = other.events("counter_increment").next();
  server.socket.drop(4403);
  expect(await failure(lost)).toMatchObject({ code: "forbidden" });
  expect(await failure(other.once("counter_increment"))).toMatchObject({ code: "forbidden" });
});

it("drops the oldest events of a loop that does not keep up and counts them", async () => {
  const igor = await server.connected();
  const events = igor.events("counter_increment");
  for (let counter = 1; counter <= 1030; counter += 1) count(counter);
  expect(events.missed).toBe(6);
  expect(await events.next()).toEqual({ done: false, value: { counter: 7 } });
});

it("tells the end of a process", async () => {
  const igor = await server.connected();
  const ended = vi.fn();
  const off = igor.onEnded(ended);
  server.socket.reply({ streamId: "counter_process", close: true });
  server.socket.reply({ streamId: "import", error: "b7f0c2", close: true });
  off();
  server.socket.reply({ streamId: "other", close: true });
  expect(ended.mock.calls).toEqual([
    ["counter_process", undefined],
    ["import", "b7f0c2"],
  ]);
});

it("keeps the words of the protocol from the handlers", async () => {
  const igor = await server.connected();
  const heard = vi.fn();
  igor.on("igor.missed" as "chat.said", heard);
  server.socket.reply({ action: "igor.missed", data: { "chat.said": 17 } });
  expect(heard).not.toHaveBeenCalled();
});

it("says on the console that the server could not read a frame", async () => {
  const warn = vi.spyOn(console, "warn").mockReturnValue();
  const igor = await server.connected();
  server.socket.say({ error: "a frame is a JSON object", code: 400 });
  expect(warn).toHaveBeenCalledWith(
    "igor: the server refused a frame: a frame is a JSON object",
  );
  expect(igor.status).toBe("open");
});
