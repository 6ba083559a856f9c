// What the types must allow and must not: this file only has to compile.

import { IgorError } from "../src/index.js";
import type { Call, Code, EventStream, Result, Status, Stream } from "../src/index.js";
import { connect } from "./fixtures/generated.js";
import type { Line, Progress, SayError } from "./fixtures/generated.js";
import { WebSocket } from "ws";

/** Fails to compile unless both types are the same. */
function same<A, B>(
  ..._: (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? [] : [never]
): void {}

export async function calls(): Promise<void> {
  const igor = connect();
  connect("ws://127.0.0.1:5678", { token: "t", name: undefined });
  connect(new URL("ws://127.0.0.1:5678"));
  connect({ WebSocket });
  connect({ WebSocket: globalThis.WebSocket });
  // @ts-expect-error: an address is no number
  connect(5678);
  // @ts-expect-error: options have no such name
  connect({ tokne: "t" });

  const say = igor.chat.say("lobby", "hello", { timeoutMs: 10, signal: undefined });
  same<typeof say, Call<Line, never, SayError>>();
  const line = await say;
  same<typeof line, Line>();
  const result = await say.result();
  same<typeof result, Result<Line, SayError>>();
  if (result.ok) same<typeof result.value, Line>();
  else same<typeof result.error, SayError>();
  const rooms = igor.chat.rooms({ timeoutMs: 10 });
  same<typeof rooms, Call<string[]>>();
  const chained = say.then(({ text }) => text.length).catch(() => "failed" as const);
  same<typeof chained, Promise<number | "failed">>();

  // @ts-expect-error: two parameters
  igor.chat.say("lobby");
  // @ts-expect-error: of this type
  igor.chat.say("lobby", 7);
  // @ts-expect-error: no such option
  igor.chat.say("lobby", "hello", { timeout: 10 });
  // @ts-expect-error: no such action
  igor.chat.shout("lobby");
  // @ts-expect-error: an action that cannot fail by itself has no error of its own
  if (!(result as Awaited<ReturnType<ReturnType<typeof igor.ping>["result"]>>).ok) result.error.code;
}

export async function outputs(): Promise<void> {
  const igor = connect();
  const job = igor.chat.import("a.txt");
  for await (const step of job) same<typeof step, Progress>();
  const lines = await job;
  same<typeof lines, number>();

  const history = igor.chat.history("lobby");
  same<typeof history, Stream<Line>>();
  for await (const line of history) same<typeof line, Line>();
  const all = await history.toArray();
  same<typeof all, Line[]>();
  // @ts-expect-error: a stream is read, not awaited
  history.then(() => {});
}

export async function events(): Promise<void> {
  const igor = connect();
  const off: () => void = igor.on("chat.said", ({ room, line }) => {
    same<typeof room, string>();
    same<typeof line, Line>();
  });
  off();
  igor.on("counter_increment", async ({ counter }) => same<typeof counter, number>());
  // @ts-expect-error: no such event
  igor.on("chat.sad", () => {});
  // @ts-expect-error: another payload
  igor.on("counter_increment", ({ room }) => room);

  const { counter } = await igor.once("counter_increment", { signal: AbortSignal.timeout(1) });
  same<typeof counter, number>();
  const loop = igor.events("counter_increment");
  same<typeof loop, EventStream<{ counter: number }>>();
  for await (const event of loop) same<typeof event, { counter: number }>();
  same<typeof loop.missed, number>();
}

export function news(): void {
  const igor = connect();
  const status: Status = igor.status;
  const id: string | undefined = igor.clientId;
  igor.onStatus((now, why) => {
    same<typeof now, Status>();
    same<typeof why, string | undefined>();
  });
  igor.onStatus(() => {});
  igor.onEnded((process, error) => console.log(process.length, error?.length, status, id));
  const off: () => void = igor.onMissed((missed) => same<typeof missed, Record<string, number>>());
  off();
  igor.onSessionLost((why) => same<typeof why, string>());
  // @ts-expect-error: only the client knows its status
  igor.status = "open";
  igor.close();
}

export function errors(error: unknown): Code | undefined {
  if (!(error instanceof IgorError)) return undefined;
  const executed: "no" | "unknown" | undefined = error.executed;
  // @ts-expect-error: not one of the codes
  if (error.code === "timeout") return undefined;
  return executed ? "session_lost" : error.code;
}
