// Who keeps which session: reloads, duplicated tabs, and places without storage or locks.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { FakePage } from "./fake_page.js";
import { FakeServer, settled } from "./fake_server.js";
import type { Igor } from "./fixtures/generated.js";

let server: FakeServer;
let page: FakePage;
beforeEach(() => {
  vi.useFakeTimers();
  // The abort of a wait follows the clock of the test, like everything else.
  vi.spyOn(AbortSignal, "timeout").mockImplementation((ms) => {
    const controller = new AbortController();
    setTimeout(() => controller.abort(), ms);
    return controller.signal;
  });
  server = new FakeServer();
  page = new FakePage().show();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const stored = (of: FakePage): unknown => JSON.parse(of.sessionStorage.items.get("igor.session") ?? "null");

it("writes its attempt before the socket and the new key before the ack", async () => {
  await server.connecting();
  const { session, key } = (await helloOf()) as { session: string; key: string };
  expect(stored(page)).toEqual({ session, key, attempt: 1 });
  const acknowledged = vi.spyOn(server.socket, "send").mockImplementation(() => {
    expect(stored(page)).toMatchObject({ key: "the-next-key" });
  });
  server.socket.welcome();
  expect(acknowledged).toHaveBeenCalled();
});

it("gets its session back after a reload although the old document lingers", async () => {
  await server.connected();
  const { session } = server.socket.hello;
  const { length } = server.sockets;
  const reloading = reloaded();
  await vi.advanceTimersByTimeAsync(300);
  expect(server.sockets).toHaveLength(length);
  page.locks.letGo();
  await reloading;
  await settled();
  server.socket.accept();
  expect(server.socket.hello).toMatchObject({ session, key: "the-next-key", attempt: 2 });
});

it("takes a session of its own in a duplicated tab", async () => {
  await server.connected();
  const { session } = server.socket.hello;
  const tab = page.duplicate().show();
  await reloaded();
  await vi.advanceTimersByTimeAsync(1000);
  server.socket.welcome();
  expect(server.socket.hello["session"]).not.toBe(session);
  expect(server.socket.hello["attempt"]).toBe(1);
  expect(stored(tab)).toMatchObject({ session: server.socket.hello["session"] });
  expect(stored(page)).toMatchObject({ session });
});

it("lets the next client of the page have the session once it is closed", async () => {
  const igor = await server.connected();
  const { session } = server.socket.hello;
  igor.close();
  await server.connecting();
  server.socket.accept();
  expect(server.socket.hello["session"]).toBe(session);
});

it("has a session for each client of one page without waiting", async () => {
  await server.connected();
  const { session } = server.socket.hello;
  await server.connected();
  expect(server.socket.hello["session"]).not.toBe(session);
  expect(stored(page)).toMatchObject({ session });
});

it("lets go of a session that it got after it was closed", async () => {
  await server.connected();
  const { session } = server.socket.hello;
  const waiting = await reloaded();
  waiting.close();
  page.locks.letGo();
  await settled();
  const { length } = server.sockets;
  await reloaded();
  expect(server.sockets).toHaveLength(length + 1);
  server.socket.accept();
  expect(server.socket.hello["session"]).toBe(session);
});

it.each([
  ["without_locks", () => vi.stubGlobal("navigator", {})],
  ["where_locks_are_forbidden", () => (page.locks.isForbidden = true)],
])("always has a session of its own %s", async (_, without) => {
  page.sessionStorage.items.set("igor.session", JSON.stringify({ session: "s", key: "k", attempt: 4 }));
  without();
  await server.connecting();
  server.socket.welcome();
  expect(server.socket.hello["session"]).not.toBe("s");
  expect(stored(page)).toEqual({ session: "s", key: "k", attempt: 4 });
});

it.each(["{", "null", '{"session":1}', '{"session":"s","key":"k","attempt":"1"}'])(
  "does not trust what it finds %s",
  async (text) => {
    page.sessionStorage.items.set("igor.session", text);
    await server.connecting();
    server.socket.accept();
    expect(server.socket.hello).toMatchObject({ session: expect.stringMatching(/^[\w-]{22}$/), attempt: 1 });
  },
);

it("lives where storage is forbidden", async () => {
  page.sessionStorage.isForbidden = page.localStorage.isForbidden = true;
  const igor = await server.connected();
  expect(igor.status).toBe("open");
});

it("meets no refusal twice", async () => {
  await server.connecting();
  const { session } = (await helloOf()) as { session: string };
  server.socket.say({
    action: "igor.welcome",
    error: "the session belongs to another key",
    code: 403,
    close: true,
  });
  expect(stored(page)).not.toMatchObject({ session });
});

it("comes back at once when the page is seen again or its network is back", async () => {
  vi.spyOn(Math, "random").mockReturnValue(1);
  const igor = await server.connected();
  for (const sign of ["online", "visibilitychange"]) {
    server.socket.drop();
    page.document.visibilityState = "hidden";
    page.listeners.get("visibilitychange")?.();
    await settled();
    const { length } = server.sockets;
    page.document.visibilityState = "visible";
    page.listeners.get(sign)?.();
    page.listeners.get(sign)?.();
    await settled();
    expect(server.sockets).toHaveLength(length + 1);
  }
  igor.close();
  expect(page.listeners.size).toBe(0);
});

it("owns the session too that it begins after the first was given up", async () => {
  await server.connected();
  server.socket.drop(4413);
  await server.reconnected();
  const { session } = server.socket.hello;
  expect(stored(page)).toMatchObject({ session, key: "the-next-key" });
  page.duplicate().show();
  await reloaded();
  await vi.advanceTimersByTimeAsync(1000);
  server.socket.accept();
  expect(server.socket.hello["session"]).not.toBe(session);
});

/** A client of the next load of the page: the runtime itself is loaded anew. */
async function reloaded(): Promise<Igor> {
  vi.resetModules();
  const { connect } = await import("./fixtures/generated.js");
  const igor = connect("ws://127.0.0.1:5678", { WebSocket: server.WebSocket });
  await settled();
  return igor;
}

/** What the latest socket said first. */
async function helloOf(): Promise<Record<string, unknown>> {
  server.socket.accept();
  await settled();
  return server.socket.hello;
}
