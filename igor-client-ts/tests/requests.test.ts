// Requests: what the server asks, and how a page answers.

import { expect, it, vi } from "vitest";
import { open } from "../src/index.js";
import type { Client } from "../src/index.js";
import type { WelcomeData, WireFrame } from "../src/protocol.js";
import { requests } from "../src/requests/requests.js";
import type { RequestHandlers } from "../src/requests/requests.js";
import { server, settled, useFakeServer } from "./fake_server.js";

interface Requests {
  confirm: { data: { question: string }; reply: boolean };
  note: { data: string; reply: null };
  measure: { data: null; reply: number | string };
}

type Igor = Client<object> & RequestHandlers<Requests>;

useFakeServer();

async function connected(welcome: Partial<WelcomeData> = {}): Promise<Igor> {
  const contract = { hash: "9f2c41d0a5b6e7f8", names: { confirm: "1", note: "2", measure: "3" } };
  const options = { WebSocket: server.WebSocket };
  const igor = open<object, object>(contract, () => ({}), "ws://127.0.0.1", options, [requests()]) as Igor;
  await settled();
  server.socket.welcome(welcome);
  return igor;
}

function ask(streamId: number, action: keyof Requests, data: unknown): void {
  server.socket.reply({ streamId, action, data });
}

const question = { question: "really?" };

/** What was answered, over all sockets. */
function answers(): string[] {
  const sent = server.sockets.flatMap(({ sent }) => sent);
  return sent.filter(({ streamId }) => Number(streamId) < 0).map(({ n, ack, ...frame }) => JSON.stringify(frame));
}

/** The refusal of request −1. */
function refusal(error: string, code: number): WireFrame {
  return { streamId: -1, error, code, close: true };
}

it("answers what it is asked", async () => {
  const igor = await connected();
  igor.handle("confirm", async ({ question }) => question === "really?");
  igor.handle("note", (text) => void expect(text).toBe("milk"));
  ask(-1, "confirm", question);
  ask(-2, "note", "milk");
  await settled();
  expect(answers()).toEqual(['{"streamId":-1,"data":true,"close":true}', '{"streamId":-2,"close":true}']);
});

it("says that nobody handles it", async () => {
  const igor = await connected();
  const off = igor.handle("confirm", () => true);
  off();
  ask(-1, "confirm", question);
  await settled();
  expect(answers()).toEqual([JSON.stringify(refusal("nobody here handles `confirm`", 404))]);
});

it("says what its handler threw and tells the page too", async () => {
  const reported = vi.spyOn(console, "error").mockImplementation(() => {});
  const igor = await connected();
  const thrown = new TypeError("x is undefined");
  igor.handle("confirm", () => {
    throw thrown;
  });
  ask(-1, "confirm", question);
  await settled();
  expect(answers()).toEqual([JSON.stringify(refusal("it threw: x is undefined", 500))]);
  expect(reported).toHaveBeenCalledWith(thrown);
});

it("refuses an answer that cannot be sent", async () => {
  const igor = await connected({ limits: { messageBytes: 4096, openCalls: 9, credit: 9, ringFrames: 9, ringBytes: 4096 } });
  const replies = [NaN, "x".repeat(5000)];
  igor.handle("measure", () => replies.shift() ?? 0);
  ask(-1, "measure", null);
  await settled();
  ask(-1, "measure", null);
  await settled();
  expect(answers()).toEqual([
    JSON.stringify(refusal("`data` is NaN", 452)),
    JSON.stringify(refusal("the answer is over the limit of 4096 bytes", 413)),
  ]);
});

it("does not answer what means something else here", async () => {
  vi.spyOn(console, "warn").mockImplementation(() => {});
  const igor = await connected({ contract: { hash: "other", names: { confirm: "9", note: "2", measure: "3" } } });
  igor.handle("confirm", () => true);
  ask(-1, "confirm", question);
  await settled();
  expect(JSON.parse(answers()[0] ?? "")).toMatchObject({ streamId: -1, code: 409, close: true });
});

it("has one handler of a name", async () => {
  const igor = await connected();
  const off = igor.handle("confirm", () => true);
  expect(() => igor.handle("confirm", () => false)).toThrow("forbidden: `confirm` has a handler already");
  off();
  igor.handle("confirm", () => false);
  off();
  ask(-1, "confirm", question);
  await settled();
  expect(answers()).toEqual(['{"streamId":-1,"data":false,"close":true}']);
});

/** A handler that waits until the test answers; it shows the signals that it was given. */
function slow(igor: Igor): { signals: AbortSignal[]; answer: (answer: boolean) => void } {
  const signals: AbortSignal[] = [];
  const waiting: ((answer: boolean) => void)[] = [];
  igor.handle("confirm", (_, { signal }) => {
    signals.push(signal);
    return new Promise((resolve) => waiting.push(resolve));
  });
  return { signals, answer: (answer) => waiting.splice(0).forEach((resolve) => resolve(answer)) };
}

it("answers nothing that was taken back", async () => {
  const igor = await connected();
  const { signals, answer } = slow(igor);
  ask(-1, "confirm", question);
  expect(signals[0]?.aborted).toBe(false);
  server.socket.reply({ streamId: -1, cancel: true });
  expect(signals[0]?.aborted).toBe(true);
  answer(true);
  await settled();
  expect(answers()).toEqual([]);
});

it("answers over the next socket when the first is lost", async () => {
  const igor = await connected();
  const { signals, answer } = slow(igor);
  ask(-1, "confirm", question);
  server.socket.drop();
  answer(true);
  await vi.advanceTimersByTimeAsync(1000);
  server.socket.welcome();
  await settled();
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
  expect(answers()).toEqual(['{"streamId":-1,"data":true,"close":true}']);
});

it("owes no answer to a session that is lost", async () => {
  const igor = await connected();
  const { signals, answer } = slow(igor);
  ask(-1, "confirm", question);
  server.socket.drop();
  await vi.advanceTimersByTimeAsync(1000);
  server.socket.welcome({ resumed: false });
  expect(signals[0]?.aborted).toBe(true);
  // Another request has the same number now.
  ask(-1, "confirm", question);
  expect(signals[1]?.aborted).toBe(false);
  answer(true);
  await settled();
  expect(answers()).toEqual(['{"streamId":-1,"data":true,"close":true}']);
  igor.close();
});

it("tells its handlers that the client was closed", async () => {
  const igor = await connected();
  const { signals } = slow(igor);
  ask(-1, "confirm", question);
  igor.close();
  expect(signals[0]?.aborted).toBe(true);
});
