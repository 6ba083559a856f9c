// A page in a window: where its sockets go, and what it is told when the main process does not keep its word.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { desktop } from "../src/desktop/desktop.js";
import type { WindowAnswer } from "../src/desktop/window.js";
import { open } from "../src/index.js";

/** Who listens for a port. */
let listeners: Set<unknown>;
/** Where sockets of the page's own went. */
let opened: string[];

/** As a browser has it: it knows no other scheme than these. */
class PageSocket {
  readyState = 0;

  constructor(url: string) {
    if (!/^(http|ws)s?:/.test(url)) throw new SyntaxError(`no socket goes to \`${url}\``);
    opened.push(url);
  }

  addEventListener(): void {}
  close(): void {}
}

beforeEach(() => {
  vi.useFakeTimers();
  [listeners, opened] = [new Set(), []];
  vi.stubGlobal("WebSocket", PageSocket);
  vi.stubGlobal("location", { protocol: "app:", host: "my-app" });
  vi.stubGlobal("addEventListener", (type: string, listener: unknown) => type === "message" && listeners.add(listener));
  vi.stubGlobal("removeEventListener", (_: string, listener: unknown) => listeners.delete(listener));
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

/** The client of a page whose window answers this. */
function connected(answer: Promise<WindowAnswer>) {
  vi.stubGlobal("igorWindow", () => answer);
  return open<Record<never, never>, object>({ hash: "", names: {} }, () => ({}), undefined, undefined, [desktop()]);
}

/** Why its first attempt failed, after so long and no sooner. */
async function whyNot(answer: Promise<WindowAnswer>, afterMs: number): Promise<string | undefined> {
  const igor = connected(answer);
  const told: (string | undefined)[] = [];
  igor.onStatus((_, why) => told.push(why));
  await vi.advanceTimersByTimeAsync(afterMs - 1);
  expect([listeners.size, told]).toEqual([1, []]);
  await vi.advanceTimersByTimeAsync(1);
  expect(listeners.size).toBe(0);
  igor.close();
  return told[0];
}

it("opens its first socket where its window says", async () => {
  const igor = connected(Promise.resolve({ url: "ws://127.0.0.1:40123/", token: "secret" }));
  await vi.advanceTimersByTimeAsync(0);
  expect([igor.status, opened]).toEqual(["connecting", ["ws://127.0.0.1:40123/"]]);
  igor.close();
});

it("waits for the answer of its window, and no longer than a bound", async () => {
  const why = await whyNot(new Promise(() => {}), 8_000);
  expect(why).toBe("the window's main process did not say where the program is");
});

it("waits for the port that it was told of, and no longer than a bound", async () => {
  const why = await whyNot(Promise.resolve({ port: "one that never comes" }), 8_000);
  expect(why).toBe("the port that the window's main process told of did not come");
});
