// The rules of the session layer, one story each: it holds with the rule and fails without it.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { event, heard } from "./counting.js";
import { FakePage } from "./fake_page.js";
import { FakeServer, settled } from "./fake_server.js";
import { rules, without } from "./rules.js";
import type { Rule } from "./rules.js";

vi.mock("../src/rules.js", async () => (await import("./rules.js")).rules);

let server: FakeServer;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const stories: Record<Rule, () => Promise<void>> = {
  async dropsDuplicates() {
    const counters = heard(await server.connected());
    server.socket.reply(event(1));
    server.socket.drop();
    const socket = await server.reconnected();
    for (const n of [1, 2]) socket.say({ n, ...event(n) });
    expect(counters).toEqual([1, 2]);
  },

  async closesOnGap() {
    const counters = heard(await server.connected());
    server.socket.say({ n: 2, ...event(2) });
    const socket = await server.reconnected();
    for (const n of [1, 2]) socket.say({ n, ...event(n) });
    expect(counters).toEqual([1, 2]);
  },

  async keepsUntilAcked() {
    const igor = await server.connected();
    const call = igor.ping();
    server.socket.drop();
    const socket = await server.reconnected({ received: 0 });
    expect(socket.calls("ping")).toMatchObject([{ n: 1 }]);
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
  },

  async fencesOldSocket() {
    const counters = heard(await server.connected());
    const old = server.socket;
    old.drop();
    const socket = await server.reconnected({ resumed: false });
    old.say({ n: 1, ...event(-1) });
    socket.reply(event(1));
    expect(counters).toEqual([1]);
  },

  async raisesAttempt() {
    await server.connected();
    const attempts = [server.socket.hello["attempt"]];
    for (let round = 0; round < 2; round += 1) {
      server.socket.drop();
      attempts.push((await server.reconnected()).hello["attempt"]);
    }
    expect(attempts).toEqual([1, 2, 3]);
  },

  async storesKeyFirst() {
    const page = new FakePage().show();
    await server.connecting();
    const keys: unknown[] = [];
    const stored = (): unknown => JSON.parse(page.sessionStorage.items.get("igor.session") ?? "{}").key;
    server.socket.accept();
    server.socket.send = ({ length }) => void keys.push(length, stored());
    server.socket.welcome({ key: "the-new-key" });
    expect(keys).toEqual(['{"ack":0}'.length, "the-new-key"]);
  },

  async awaitsWelcome() {
    const igor = await server.connected();
    server.socket.drop();
    const call = igor.ping();
    while (server.sockets.length < 2) await vi.advanceTimersByTimeAsync(50);
    server.socket.accept();
    await settled();
    server.socket.welcome({ resumed: false, received: 0 });
    expect(server.socket.calls("ping")).toHaveLength(1);
    server.socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
  },

  async heedsGoodbye() {
    const igor = await server.connected();
    const call = igor.ping();
    const goodbye = { reason: "shutdown", retryAfterMs: 0, lastCall: 0 };
    server.socket.say({ action: "igor.goodbye", data: goodbye });
    server.socket.reply({ streamId: 1, error: "the server is going down", code: 503, close: true });
    server.socket.drop(4503);
    const socket = await server.reconnected({ resumed: false });
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
  },

  async keepsPage() {
    await server.connected();
    const { page } = server.socket.hello;
    server.socket.drop();
    expect((await server.reconnected()).hello["page"]).toBe(page);
  },
};

it("has a story for every rule and holds to all", async () => {
  const all = await vi.importActual("../src/rules.js");
  expect(rules).toEqual({ ...all });
  expect(Object.keys(stories).sort()).toEqual(Object.keys(rules).sort());
  expect(Object.values(all)).not.toContain(false);
});

it.each(Object.entries(stories))("needs %s", async (rule, story) => {
  server = new FakeServer();
  await story();
  server = new FakeServer();
  await expect(without(rule as Rule, story)).rejects.toThrow();
});
