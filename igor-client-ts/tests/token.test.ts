// Where the token comes from.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { connect } from "./fixtures/generated.js";
import { FakePage } from "./fake_page.js";
import { FakeServer, settled } from "./fake_server.js";

let server: FakeServer;
let page: FakePage;
const fetched = vi.fn();
beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
  page = new FakePage().show();
  vi.stubGlobal("fetch", fetched);
});
afterEach(() => {
  vi.unstubAllGlobals();
  fetched.mockReset();
  vi.useRealTimers();
});

/** Where the token of the server at the usual address is kept. */
const kept = "igor.token ws://127.0.0.1:5678/";

const answer = (status: number, body?: unknown): Response => new Response(JSON.stringify(body), { status });
const offered = (token: string): string[] => ["igor.1", `igor.token.${btoa(token).replaceAll("=", "")}`];

it("exchanges the code in the address and keeps the token", async () => {
  page.location.hash = "#igor=c0de";
  fetched.mockResolvedValue(answer(200, { token: "t0ken" }));
  await server.connecting();
  const [url, request] = fetched.mock.calls[0] as [URL, RequestInit];
  expect(url.href).toBe("http://127.0.0.1:5678/igor/token");
  expect(request).toMatchObject({
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"code":"c0de"}',
  });
  expect(page.history.replaceState).toHaveBeenCalledWith({ page: 1 }, "", "/room?a=1");
  expect(page.localStorage.items.get(kept)).toBe("t0ken");
  expect(server.socket.protocols).toEqual(offered("t0ken"));
});

it("exchanges a code once for two clients of one breath", async () => {
  page.location.hash = "#igor=c0de";
  fetched.mockResolvedValue(answer(200, { token: "t0ken" }));
  connect({ WebSocket: server.WebSocket }).close();
  connect({ WebSocket: server.WebSocket });
  await settled();
  expect(fetched).toHaveBeenCalledOnce();
  expect(server.socket.protocols).toEqual(offered("t0ken"));
});

it("tells no server the token of another", async () => {
  page.location.hash = "#igor=c0de";
  fetched.mockResolvedValueOnce(answer(200, { token: "t0ken" })).mockResolvedValueOnce(answer(403));
  await server.connecting();
  expect(server.socket.protocols).toEqual(offered("t0ken"));
  page.location.hash = "";
  connect("ws://other.example/", { WebSocket: server.WebSocket });
  await settled();
  expect(server.socket.url).toBe("ws://other.example/");
  expect(server.socket.protocols).toEqual(["igor.1"]);
});

it("tells it to none in one breath either", async () => {
  page.location.hash = "#igor=c0de";
  fetched.mockImplementation(async (url) => answer(String(url).includes("other") ? 403 : 200, { token: "t0ken" }));
  connect("ws://127.0.0.1:5678/", { WebSocket: server.WebSocket });
  connect("ws://other.example/", { WebSocket: server.WebSocket });
  await settled();
  const told = server.sockets.map(({ url, protocols }) => [url, protocols]);
  expect(Object.fromEntries(told)).toEqual({
    "ws://127.0.0.1:5678/": offered("t0ken"),
    "ws://other.example/": ["igor.1"],
  });
});

it("takes the token of an earlier visit", async () => {
  page.localStorage.items.set(kept, "kept");
  await server.connecting();
  expect(fetched).not.toHaveBeenCalled();
  expect(server.socket.protocols).toEqual(offered("kept"));
});

it.each([
  ["is_spent", answer(403)],
  ["brings_no_token", answer(200, { token: 7 })],
  ["brings_null", answer(200, null)],
])("falls back to the token of an earlier visit when the code %s", async (_, response) => {
  page.location.hash = "#igor=c0de";
  page.localStorage.items.set(kept, "kept");
  fetched.mockResolvedValue(response);
  await server.connecting();
  expect(server.socket.protocols).toEqual(offered("kept"));
  expect(page.history.replaceState).toHaveBeenCalledOnce();
});

it("keeps the code while the server cannot be reached", async () => {
  page.location.hash = "#igor=c0de";
  fetched.mockRejectedValueOnce(new TypeError("fetch failed"));
  await server.connecting();
  expect(server.socket.protocols).toEqual(["igor.1"]);
  expect(page.history.replaceState).not.toHaveBeenCalled();
  fetched.mockResolvedValue(answer(200, { token: "t0ken" }));
  server.socket.drop();
  await server.reconnected();
  expect(server.socket.protocols).toEqual(offered("t0ken"));
});

it("takes a given token before everything else", async () => {
  page.location.hash = "#igor=c0de";
  page.localStorage.items.set(kept, "kept");
  await server.connecting({ token: "given" });
  expect(fetched).not.toHaveBeenCalled();
  expect(server.socket.protocols).toEqual(offered("given"));
});

it("has none where there is none", async () => {
  await server.connecting();
  expect(server.socket.protocols).toEqual(["igor.1"]);
});
