// Requests of a real Rust program, and how a page answers them.

import { expect, it, vi } from "vitest";
import { connectTalk, startTalk } from "./talk.js";
import type { Talk } from "./talk.js";

const question = { question: "really?" };

/** Who asks, and who is asked. */
async function two(graceMs?: number) {
  const backend = await startTalk(graceMs);
  const [{ igor: ada }, { igor: ben, network }] = [await connectTalk(backend), await connectTalk(backend)];
  return { ada, ben, network, ask: () => ada.ask(idOf(ben)) };
}

function idOf(igor: Talk): string {
  if (igor.clientId === undefined) throw new Error("it is connected");
  return igor.clientId;
}

it("a handler answers", async () => {
  const { ben, ask } = await two();
  const asked: unknown[] = [];
  ben.handle("talk.confirm", async (data) => asked.push(data) === 1);
  expect([await ask(), await ask()]).toEqual(["true", "false"]);
  expect(asked).toEqual([question, question]);
});

it("nobody handles it", async () => {
  const { ben, ask } = await two();
  expect(await ask()).toMatch(/^unknown_action: the page did not answer `talk.confirm`/);
  const stop = ben.handle("talk.confirm", () => true);
  expect(await ask()).toBe("true");
  stop();
  expect(await ask()).toMatch(/^unknown_action/);
});

it("a handler that throws is told on both sides", async () => {
  const { ben, ask } = await two();
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const thrown = new TypeError("x is undefined");
  ben.handle("talk.confirm", () => {
    throw thrown;
  });
  expect(await ask()).toMatch(/^internal: the page did not answer `talk.confirm`: .*x is undefined/);
  expect(logged.mock.calls.flat()).toContain(thrown);
  logged.mockRestore();
});

it("an answer that does not fit is refused with its place", async () => {
  const { ben, ask } = await two();
  ben.handle("talk.confirm", () => "yes" as unknown as boolean);
  expect(await ask()).toMatch(/^bad_data: the page's answer to `talk.confirm` does not fit: `answer`/);
});

it("a handler that is too slow is told that nobody waits", async () => {
  const { igor } = await connectTalk(await startTalk());
  const signals: AbortSignal[] = [];
  igor.handle("talk.hurry", (_, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  await expect(igor.hurryUp()).rejects.toMatchObject({ code: "deadline_exceeded" });
  await vi.waitFor(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true]), 100_000);
});

it("who was away is asked once and answers once", async () => {
  const { ada, ben, network, ask } = await two();
  let asked = 0;
  ben.handle("talk.confirm", () => ++asked === 1);
  network.fail();
  const answer = ask();
  await ada.allow(0); // The question is on its way by now, and waits.
  expect(asked).toBe(0);
  network.recover();
  expect(await answer).toBe("true");
  expect(asked).toBe(1);
});

it("an answer that was given while the connection was lost arrives", async () => {
  const { ben, network, ask } = await two();
  ben.handle("talk.confirm", () => {
    network.fail();
    setTimeout(() => network.recover());
    return true;
  });
  expect(await ask()).toBe("true");
});

it("who stays away past the grace does not answer", async () => {
  const { ben, network, ask } = await two(200);
  ben.handle("talk.confirm", () => true);
  network.fail();
  expect(await ask()).toMatch(/^session_lost: /);
});

it("who is closed while it is asked is lost at once", async () => {
  const { ben, ask } = await two(600_000);
  ben.handle("talk.confirm", () => {
    ben.close();
    return true;
  });
  expect(await ask()).toMatch(/^session_lost: .*its session ended before it answered/);
});
