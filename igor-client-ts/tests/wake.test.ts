// Machines that slept and pages that were put away.

import { beforeEach, describe, expect, it, vi } from "vitest";
import { failure } from "./failure.js";
import { FakePage } from "./fake_page.js";
import { server, settled, useFakeServer } from "./fake_server.js";
import { sleep } from "./sleep.js";

useFakeServer();

describe("a socket after a sleep", () => {
  it("has a beat to speak before it is given up", async () => {
    const igor = await server.connected({ beatMs: 1000 });
    sleep(8000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.socket.closedWith).toBeUndefined();
    expect(server.socket.sent.at(-1)).toEqual({ ack: 0, beat: true });
    server.socket.say({ ack: 0 });
    await vi.advanceTimersByTimeAsync(1500);
    expect(igor.status).toBe("open");
    await vi.advanceTimersByTimeAsync(500);
    expect(igor.status).toBe("resuming");
  });

  it("is given up when it does not", async () => {
    const igor = await server.connected({ beatMs: 1000 });
    sleep(8000);
    await vi.advanceTimersByTimeAsync(1999);
    expect(igor.status).toBe("open");
    await vi.advanceTimersByTimeAsync(1);
    expect(server.socket.closedWith).toBe(4442);
  });

  it("is looked at at once when the page is seen again", async () => {
    const page = new FakePage().show();
    await server.connected({ beatMs: 1000 });
    sleep(8000);
    page.listeners.get("visibilitychange")?.();
    expect(server.socket.sent.at(-1)).toEqual({ ack: 0, beat: true });
    page.listeners.get("online")?.();
    expect(server.socket.sent).toHaveLength(3);
    server.socket.say({ ack: 0 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.socket.closedWith).toBeUndefined();
  });
});

describe("a page", () => {
  let page: FakePage;
  beforeEach(() => {
    page = new FakePage().show();
  });

  it("that was left and is shown again is a page loaded anew", async () => {
    const igor = await server.connected();
    const first = server.socket;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const sent = igor.ping();
    // Meanwhile another page of the tab had the session.
    page.locks.letGo();
    const stored = JSON.parse(page.sessionStorage.items.get("igor.session") ?? "") as object;
    page.sessionStorage.items.set("igor.session", JSON.stringify({ ...stored, key: "newer", attempt: 7 }));
    page.listeners.get("pageshow")?.({ persisted: true });
    await settled();
    expect(first.closedWith).toBe(1000);
    expect(await failure(sent)).toMatchObject({ code: "session_lost", executed: "unknown" });
    expect(lost).toHaveBeenCalledOnce();
    const { hello } = server.socket.welcome();
    expect(hello).toMatchObject({ session: first.hello["session"], key: "newer", attempt: 8 });
    expect(hello).not.toHaveProperty("resume");
    expect(hello["page"]).not.toBe(first.hello["page"]);
    expect(igor.status).toBe("open");
  });

  it("that is shown for the first time goes on", async () => {
    await server.connected();
    page.listeners.get("pageshow")?.({ persisted: false });
    await settled();
    expect(server.sockets).toHaveLength(1);
    expect(server.socket.closedWith).toBeUndefined();
  });
});
