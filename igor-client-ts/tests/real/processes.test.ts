// Processes of a real Rust program, and what it counts, as a page sees them.

import { expect, it, vi } from "vitest";
import { connectTalk, startTalk } from "./talk.js";

/** Nothing that is waited for takes so long. */
const withinMs = 100_000;

it("a process is started by a call started again when it fails and stopped", async () => {
  const { igor } = await connectTalk(await startTalk());
  const starts: number[] = [];
  igor.on("talk.ticked", ({ start }) => starts.push(start));
  const hasStarted = (count: number) => vi.waitFor(() => expect(starts).toHaveLength(count), withinMs);
  expect(await igor.stateOf("talk.clock")).toEqual(["waiting", null]);

  expect(await igor.start("talk.clock")).toBe(true);
  await hasStarted(1);
  expect(await igor.stateOf("talk.clock")).toEqual(["running", null]);
  await igor.allow(1);
  await hasStarted(2);
  expect(await igor.stateOf("talk.clock")).toEqual(["running", expect.stringContaining("the spring is broken")]);
  expect(starts).toEqual([1, 2]);

  expect(await igor.stop("talk.clock")).toBe(true);
  await vi.waitFor(async () => expect((await igor.stateOf("talk.clock"))?.[0]).toBe("ended"), withinMs);
  expect(await igor.start("talk.nothing")).toBe(false);
});

it("a process asks the page and its end is told", async () => {
  const { igor } = await connectTalk(await startTalk());
  const ended: unknown[] = [];
  igor.onEnded((...news) => ended.push(news));
  const answered = igor.once("talk.answered");
  igor.handle("talk.confirm", ({ question }) => question === "a process asks");
  await igor.start("talk.curious");
  expect(await answered).toEqual({ answer: true });
  await vi.waitFor(() => expect(ended).toEqual([["talk.curious", undefined]]), withinMs);
});

it("a page that no process may ask makes it fail and hears no reason", async () => {
  const { igor } = await connectTalk(await startTalk());
  const ended: [string, string | undefined][] = [];
  igor.onEnded((process, error) => ended.push([process, error]));
  await igor.start("talk.curious");
  await vi.waitFor(() => expect(ended).toEqual([["talk.curious", expect.stringMatching(/^[0-9a-f]{16}$/)]]), withinMs);
});

it("what the server counts is there for a call", async () => {
  const backend = await startTalk();
  const { igor } = await connectTalk(backend);
  const [connected, open, before] = await igor.stats();
  expect([connected, open]).toEqual([1, 1]);
  const other = await connectTalk(backend);
  const held = igor.hold();
  await other.igor.echo("");
  const [connectedThen, openThen, wentWell] = await igor.stats();
  expect([connectedThen, openThen]).toEqual([2, 2]);
  // The greeting of the other, its echo, and the first of these.
  expect(wentWell - before).toBe(3);
  held.cancel();
});
