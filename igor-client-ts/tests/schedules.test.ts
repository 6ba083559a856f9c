// Random schedules of a whole client against a server that follows the protocol: cuts that lose what was on its way,
// half-open sockets, lost welcomes, late frames, cancels, and servers that are started anew.

import fc from "fast-check";
import { afterEach, expect, it, vi } from "vitest";
import { open } from "../src/index.js";
import type { Call, IgorError } from "../src/index.js";
import { ModelServer } from "./model_server.js";
import type { ModelSocket } from "./model_server.js";
import { without } from "./rules.js";
import type { Rule } from "./rules.js";

vi.mock("../src/rules.js", async () => (await import("./rules.js")).rules);

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

type Step =
  | { do: "call"; kind: "value" | "idempotent" }
  | { do: "cancel"; back: number }
  | { do: "emit" }
  | { do: "finish"; most: number }
  /** Frames arrive; `back` says on which socket, as those of an old one may come late. */
  | { do: "deliver"; back: number; toServer: number; toClient: number }
  | { do: "cut"; arrive: number }
  | { do: "wait"; ms: number }
  | { do: "restart" };

const few = fc.nat(3);
const many = fc.oneof(few, fc.constant(Infinity));
const steps = (isRestarted: boolean): fc.Arbitrary<Step[]> => {
  const kinds = {
    call: fc.record({
      do: fc.constant("call" as const),
      kind: fc.constantFrom("value" as const, "idempotent" as const),
    }),
    cancel: fc.record({ do: fc.constant("cancel" as const), back: few }),
    emit: fc.record({ do: fc.constant("emit" as const) }),
    finish: fc.record({ do: fc.constant("finish" as const), most: few }),
    deliver: fc.record({
      do: fc.constant("deliver" as const),
      back: fc.constantFrom(0, 0, 0, 1),
      toServer: many,
      toClient: many,
    }),
    cut: fc.record({ do: fc.constant("cut" as const), arrive: few }),
    wait: fc.record({ do: fc.constant("wait" as const), ms: fc.constantFrom(10, 300, 3000, 15_000) }),
    restart: fc.record({ do: fc.constant("restart" as const) }),
  };
  const weights = {
    call: 5,
    cancel: 1,
    emit: 3,
    finish: 3,
    deliver: 9,
    cut: 3,
    wait: 5,
    restart: isRestarted ? 1 : 0,
  };
  const arms = Object.entries(kinds).map(([name, arbitrary]) => ({
    weight: weights[name as keyof typeof kinds],
    arbitrary: arbitrary as fc.Arbitrary<Step>,
  }));
  return fc.array(fc.oneof(...arms), { maxLength: 80 });
};

/** A call and what became of it. */
interface Made {
  readonly call: Call<string>;
  readonly kind: "value" | "idempotent";
  isCancelled: boolean;
  ends: (string | IgorError)[];
}

/** One client in one schedule. */
class Schedule {
  readonly server = new ModelServer();
  readonly made: Made[] = [];
  readonly heard: number[] = [];
  readonly lost: string[] = [];
  readonly #igor = open(
    { hash: "h", names: {} },
    (call) => ({
      say: (text: string) => call.value<string, never>("say", text, undefined),
      ask: (text: string) => call.idempotent<string, never>("ask", text, undefined),
    }),
    { WebSocket: this.server.WebSocket },
  );

  constructor() {
    this.#igor.on("counter_increment" as never, ({ counter }: { counter: number }) =>
      this.heard.push(counter),
    );
    this.#igor.onSessionLost((why) => this.lost.push(why));
  }

  async take(step: Step): Promise<void> {
    if (step.do === "call") this.#call(step.kind);
    else if (step.do === "cancel") this.#cancel(this.made.at(-1 - step.back));
    else if (step.do === "emit") this.server.emit(this.server.events.length + 1);
    else if (step.do === "finish") this.server.finish(step.most);
    else if (step.do === "deliver")
      this.#deliver(this.server.sockets.at(-1 - step.back), step.toServer, step.toClient);
    else if (step.do === "cut") this.#cut(this.server.sockets.at(-1), step.arrive);
    else if (step.do === "restart") this.server.restart();
    await vi.advanceTimersByTimeAsync(step.do === "wait" ? step.ms : 0);
  }

  /** Lets the network be as it should, until everything is said. */
  async heal(): Promise<void> {
    for (let round = 0; round < 150; round += 1) {
      for (const socket of this.server.sockets.slice(-2)) this.#deliver(socket, Infinity, Infinity);
      this.server.finish(Infinity);
      await vi.advanceTimersByTimeAsync(100);
    }
    this.#igor.close();
  }

  #call(kind: "value" | "idempotent"): void {
    const data = `call ${this.made.length}`;
    const made: Made = {
      call: kind === "value" ? this.#igor.say(data) : this.#igor.ask(data),
      kind,
      isCancelled: false,
      ends: [],
    };
    this.made.push(made);
    made.call.then(
      (value) => made.ends.push(value),
      (error: unknown) => made.ends.push(error as IgorError),
    );
  }

  #cancel(made: Made | undefined): void {
    if (!made) return;
    made.isCancelled = true;
    made.call.cancel();
  }

  #deliver(socket: ModelSocket | undefined, toServer: number, toClient: number): void {
    if (!socket) return;
    if (socket.readyState === 0) socket.accept();
    this.server.deliver(socket, toServer, toClient);
  }

  #cut(socket: ModelSocket | undefined, arrive: number): void {
    if (socket) this.server.cut(socket, arrive);
  }
}

/** Each call once, each result once, each event once and in order; nothing is lost with a server that stays. */
const losesNothing = fc.asyncProperty(steps(false), async (steps) => {
  // Of a hello that was never answered nobody can know whether it arrived, so it begins with an answer.
  const schedule = await run([{ do: "deliver", back: 0, toServer: 1, toClient: 1 }, ...steps]);
  expect(schedule.lost).toEqual([]);
  for (const [index, { ends, isCancelled }] of schedule.made.entries()) {
    const executions = schedule.server.executions.get(`call ${index}`) ?? 0;
    expect(ends).toHaveLength(1);
    if (isCancelled && ends[0] !== `call ${index}`) expect(ends[0]).toMatchObject({ code: "cancelled" });
    else expect([ends[0], executions]).toEqual([`call ${index}`, 1]);
    expect(executions).toBeLessThanOrEqual(1);
  }
  expect(schedule.heard).toEqual(schedule.server.events);
});

/** With a server that is started anew: no call runs twice but those that may, and each ends with the truth. */
const tellsTheTruth = fc.asyncProperty(steps(true), async (steps) => {
  const schedule = await run(steps);
  for (const [index, { ends, kind, isCancelled }] of schedule.made.entries()) {
    const executions = schedule.server.executions.get(`call ${index}`) ?? 0;
    expect(ends).toHaveLength(1);
    expect(executions).toBeLessThanOrEqual(kind === "idempotent" ? 3 : 1);
    if (typeof ends[0] === "string") expect(executions).toBeGreaterThanOrEqual(1);
    else if (!isCancelled) expect(ends[0]).toMatchObject({ code: "session_lost", executed: "unknown" });
    if (typeof ends[0] === "object" && ends[0].executed === "no") expect(executions).toBe(0);
  }
  expect([...new Set(schedule.heard)]).toEqual(schedule.heard);
  expect([...schedule.heard].sort((a, b) => a - b)).toEqual(schedule.heard);
});

async function run(steps: readonly Step[]): Promise<Schedule> {
  vi.useFakeTimers();
  const schedule = new Schedule();
  await vi.advanceTimersByTimeAsync(0);
  for (const step of steps) await schedule.take(step);
  await schedule.heal();
  return schedule;
}

it("loses nothing and doubles nothing over any schedule", { timeout: 120_000 }, async () => {
  await fc.assert(losesNothing, { numRuns: Number(process.env["SCHEDULES"] ?? 200) });
});

it("runs nothing twice and tells the truth over restarts", { timeout: 120_000 }, async () => {
  await fc.assert(tellsTheTruth, { numRuns: Number(process.env["SCHEDULES"] ?? 200) });
});

const needed: Rule[] = ["keepsUntilAcked", "raisesAttempt", "keepsPage"];
it.each(needed)("goes wrong without %s", { timeout: 120_000 }, async (rule) => {
  const parameters = { seed: 7, numRuns: 500, endOnFailure: true };
  expect((await without(rule, () => fc.check(losesNothing, parameters))).failed).toBe(true);
});
