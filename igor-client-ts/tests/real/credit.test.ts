// Credit and fairness, between a page and a real Rust program.

import { expect, it } from "vitest";
import { connectTalk, happened, startTalk } from "./talk.js";
import type { Talk } from "./talk.js";

/** The most that a stream is ahead of its reader. */
const window = 256;

/** How many items were made, once there come no more: other calls are answered, this one has made what it may. */
async function made(igor: Talk): Promise<number> {
  let [before, now] = [-1, await igor.noted("made")];
  while (now > before) {
    for (let call = 0; call < 20; call++) await igor.echo("");
    [before, now] = [now, await igor.noted("made")];
  }
  return now;
}

it("an endless stream is no further ahead of its reader than its window", async () => {
  const { igor } = await connectTalk(await startTalk());
  const stream = igor.endless();
  const items = stream[Symbol.asyncIterator]();
  // One more is made, and waits in its maker's hands.
  expect(await made(igor)).toBe(window + 1);
  for (let item = 1; item <= 1000; item++) {
    expect(await items.next()).toEqual({ done: false, value: item });
    if (item % 100 === 0) expect(await made(igor)).toBeLessThanOrEqual(item + window + 1);
  }
  await items.return?.();
  await happened(igor, "endless");
});

it("a fast call is answered beside streams that nobody reads and large messages", async () => {
  const { igor } = await connectTalk(await startTalk());
  const streams = Array.from({ length: 50 }, () => igor.endless());
  const large = "x".repeat(1_000_000);
  const [there, back] = [igor.echo(large), igor.echo(large)];
  expect(await igor.echo("fast")).toBe("fast");
  expect([await there, await back]).toEqual([large, large]);
  expect(await made(igor)).toBe(streams.length * (window + 1));
  for (const stream of streams) stream.cancel();
  await happened(igor, "endless", streams.length);
});

it("a client that reads nothing delays no other", async () => {
  const backend = await startTalk();
  const [{ igor: ada }, { igor: ben }] = [await connectTalk(backend), await connectTalk(backend)];
  const stream = ben.endless();
  expect(await made(ada)).toBe(window + 1);
  for await (const item of ada.endless()) if (item === 4 * window) break;
  await happened(ada, "endless");
  stream.cancel();
  await happened(ada, "endless", 2);
});
