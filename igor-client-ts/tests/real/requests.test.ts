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

it("a_handler_answers", async () => {
  const { ben, ask } = await two();
  const asked: unknown[] = [];
  ben.handle("talk.confirm", async (data) => asked.push(data) === 1);
  expect([await ask(), await ask()]).toEqual(["true", "false"]);
  expect(asked).toEqual([question, question]);
});

it("nobody_handles_it", async () => {
  const { ben, ask } = await two();
  expect(await ask()).toMatch(/^unknown_action: the page did not answer `talk.confirm`/);
  const stop = ben.handle("talk.confirm", () => true);
  expect(await ask()).toBe("true");
  stop();
  expect(await ask()).toMatch(/^unknown_action/);
});

it("a_handler_that_throws_is_told_on_both_sides", async () => {
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

it("an_answer_that_does_not_fit_is_refused_with_its_place", async () => {
  const { ben, ask } = await two();
  ben.handle("talk.confirm", () => "yes" as unknown as boolean);
  expect(await ask()).toMatch(/^bad_data: the page's answer to `talk.confirm` does not fit: `answer`/);
});

it("a_handler_that_is_too_slow_is_told_that_nobody_waits", async () => {
  const { igor } = await connectTalk(await startTalk());
  const signals: AbortSignal[] = [];
  igor.handle("talk.hurry", (_, { signal }) => {
    signals.push(signal);
    return new Promise(() => {});
  });
  await expect(igor.hurryUp()).rejects.toMatchObject({ code: "deadline_exceeded" });
  await vi.waitFor(() => expect(signals.map(({ aborted }) => aborted)).toEqual([true]), 100_000);
});

it("who_was_away_is_asked_once_and_answers_once", async () => {
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

it("an_answer_that_was_given_while_the_connection_was_lost_arrives", async () => {
  const { ben, network, ask } = await two();
  ben.handle("talk.confirm", () => {
    network.fail();
    setTimeout(() => network.recover());
    return true;
  });
  expect(await ask()).toBe("true");
});

it("who_stays_away_past_the_grace_does_not_answer", async () => {
  const { ben, network, ask } = await two(200);
  ben.handle("talk.confirm", () => true);
  network.fail();
  expect(await ask()).toMatch(/^session_lost: /);
});

it("who_is_closed_while_it_is_asked_is_lost_at_once", async () => {
  const { ben, ask } = await two(600_000);
  ben.handle("talk.confirm", () => {
    ben.close();
    return true;
  });
  expect(await ask()).toMatch(/^session_lost: .*its session ended before it answered/);
});
