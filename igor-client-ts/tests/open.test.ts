// What `connect` makes of its arguments.

import { expect, it, vi } from "vitest";
import { IgorError } from "../src/index.js";
import type { ConnectOptions } from "../src/index.js";
import { connect } from "./fixtures/generated.js";
import { FakePage } from "./fake_page.js";
import { server, settled, useFakeServer } from "./fake_server.js";

useFakeServer();

/** Where a client of these arguments goes. */
async function address(url?: string | URL | ConnectOptions, options: ConnectOptions = {}): Promise<string> {
  vi.stubGlobal("WebSocket", server.WebSocket);
  connect(url, options);
  await settled();
  return server.socket.url;
}

it.each([
  [undefined, "ws://127.0.0.1:5678/"],
  [{ token: "t" }, "ws://127.0.0.1:5678/"],
  ["ws://localhost:4000", "ws://localhost:4000/"],
  ["http://localhost:4000/#igor=c0de", "ws://localhost:4000/"],
  ["https://example.org/igor/", "wss://example.org/igor/"],
  [new URL("wss://example.org"), "wss://example.org/"],
])("goes from %s to %s", async (url, expected) => {
  expect(await address(url)).toBe(expected);
});

it("goes from a page to the server that it came from", async () => {
  const page = new FakePage().show();
  page.location.origin = "http://127.0.0.1:7777";
  expect(await address()).toBe("ws://127.0.0.1:7777/");
  page.location.origin = "https://127.0.0.1:7777";
  expect(await address()).toBe("wss://127.0.0.1:7777/");
  page.location.origin = "null"; // As that of a file.
  expect(await address()).toBe("ws://127.0.0.1:5678/");
});

it.each(["", "nonsense", "localhost:5678", "ftp://localhost"])("refuses the address %j", (url) => {
  expect(() => connect(url, { WebSocket: server.WebSocket })).toThrow(IgorError);
  expect(() => connect(url, { WebSocket: server.WebSocket })).toThrow(/^bad_data: `.*` is no address/);
});

it("says what to do where there is no socket", () => {
  vi.stubGlobal("WebSocket", undefined);
  expect(() => connect()).toThrow(
    "bad_data: there is no `WebSocket` here; pass one: `connect({ WebSocket })`",
  );
});

it.each(["ws://localhost:4000/", new URL("ws://localhost:4000/"), undefined])("takes its options behind %s", async (url) => {
  connect(url, { WebSocket: server.WebSocket, token: "t" });
  await settled();
  expect(server.socket.url).toBe(String(url ?? "ws://127.0.0.1:5678/"));
  expect(server.socket.protocols).toContain("igor.token.dA");
});

it("shows its actions when it is printed", () => {
  const igor = connect({ WebSocket: server.WebSocket });
  expect(Object.keys(igor)).toEqual(["chat", "ping"]);
  expect(Object.keys(igor.chat)).toEqual(["say", "history", "rooms", "import"]);
});
