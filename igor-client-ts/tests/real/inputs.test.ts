// Inputs, sent to a real Rust program.

import { expect, it, vi } from "vitest";
import { endless } from "../endless.js";
import { connectTalk, startTalk } from "./talk.js";

/** What an action may have got of an input before it takes any of it. */
const window = 256;

/** Nothing that is waited for takes so long. */
const withinMs = 100_000;

it.each([
  ["an array", () => [1, 2, 39]],
  ["a generator", () => (function* () { yield* [1, 2, 39]; })()],
  ["an async generator", () => (async function* () { yield* [1, 2, 39]; })()],
  ["a readable stream", () => new ReadableStream<number>({ start: (to) => { for (const number of [1, 2, 39]) to.enqueue(number); to.close(); } })],
  ["nothing but the end, and later numbers", () => (async function* () { await Promise.resolve(); yield 42; })()],
])("%s_arrives_whole", async (_, numbers) => {
  const { igor } = await connectTalk(await startTalk());
  expect(await igor.sum(numbers())).toBe(42);
  expect(await igor.sum([])).toBe(0);
});

it("more than any window arrives once and in order over lost sockets", async () => {
  const { igor, network } = await connectTalk(await startTalk());
  const count = 5 * window;
  await igor.allow(count + 1);
  async function* numbers(): AsyncGenerator<number> {
    for (let number = 1; number <= count; number++) {
      if (number % window === 0) {
        network.fail();
        network.recover();
      }
      yield number;
    }
  }
  const job = igor.take(numbers());
  const taken: number[] = [];
  for await (const number of job) taken.push(number);
  expect(await job).toBe(count);
  expect(taken).toEqual(Array.from({ length: count }, (_, index) => index + 1));
});

it("a slow action slows its caller", async () => {
  const { igor } = await connectTalk(await startTalk());
  const { numbers, source } = endless();
  const job = igor.take(numbers);
  const outputs = job[Symbol.asyncIterator]();
  const taken = async (count: number): Promise<void> => {
    for (let index = 0; index < count; index++) expect((await outputs.next()).done).toBe(false);
  };
  await igor.allow(0);
  expect(source.taken).toBe(0);

  await igor.allow(10);
  await taken(10);
  await vi.waitFor(() => expect(source.taken).toBe(window), withinMs);
  // Other calls are answered meanwhile; this one has got what it may.
  for (let index = 0; index < 20; index++) await igor.allow(0);
  expect(source.taken).toBe(window);

  await igor.allow(window / 2);
  await vi.waitFor(() => expect(source.taken).toBe(window * 1.5), withinMs);
  expect(source.isReturned).toBe(false);
  job.cancel();
  await expect(job).rejects.toMatchObject({ code: "cancelled" });
  await vi.waitFor(() => expect(source.isReturned).toBe(true), withinMs);
});

it("an iterable that throws ends the call with what it threw", async () => {
  const { igor } = await connectTalk(await startTalk());
  const gone = new TypeError("the file is gone");
  async function* numbers(): AsyncGenerator<number> {
    yield 1;
    throw gone;
  }
  await expect(igor.sum(numbers())).rejects.toMatchObject({ code: "bad_data", cause: gone });
  expect(await igor.sum([1, 2])).toBe(3);
});

it("an item that does not fit is named by its place", async () => {
  const { igor } = await connectTalk(await startTalk());
  const refused = igor.sum([1, "two" as unknown as number]);
  await expect(refused).rejects.toMatchObject({ code: "bad_data", message: expect.stringContaining("`numbers[1]`") });
});

it("an action that returns early stops its iterable", async () => {
  const { igor } = await connectTalk(await startTalk());
  let isReturned = false;
  async function* words(): AsyncGenerator<string> {
    try {
      for (let word = 1; ; word++) yield `word ${word}`;
    } finally {
      isReturned = true;
    }
  }
  expect(await igor.first(words())).toBe("word 1");
  await vi.waitFor(() => expect(isReturned).toBe(true), withinMs);

  let why: unknown = "not cancelled";
  const stream = new ReadableStream<string>({ pull: (to) => to.enqueue("word"), cancel: (reason) => void (why = reason) });
  expect(await igor.first(stream)).toBe("word");
  await vi.waitFor(() => expect(why).not.toBe("not cancelled"), withinMs);
});

it("items go out while others come in", async () => {
  const { igor } = await connectTalk(await startTalk());
  const lengths: number[] = [];
  let answered = (): void => {};
  // Each word is said only when the one before has its answer.
  async function* words(): AsyncGenerator<string> {
    for (const word of ["a", "bc", "def"]) {
      const answer = new Promise<void>((resolve) => (answered = resolve));
      yield word;
      await answer;
    }
  }
  for await (const length of igor.lengths(words())) {
    lengths.push(length);
    answered();
  }
  expect(lengths).toEqual([1, 2, 3]);
});
