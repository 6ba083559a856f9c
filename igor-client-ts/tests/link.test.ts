// Links: what two ends that follow the rules make of any network, and what they make of it without one.

import fc from "fast-check";
import { describe, expect, it, vi } from "vitest";
import { SessionLink } from "../src/link.js";
import type { ServerLimits, WireFrame } from "../src/protocol.js";
import { without } from "./rules.js";

vi.mock("../src/rules.js", async () => (await import("./rules.js")).rules);

const limits: ServerLimits = {
  messageBytes: 1_048_576,
  openCalls: 1024,
  credit: 256,
  ringFrames: 4096,
  ringBytes: 1_048_576,
};

describe("a link", () => {
  it("counts from one and says what it received once there is something", () => {
    const link = new SessionLink();
    expect(link.push('{"a":1}')).toBe('{"n":1,"a":1}');
    link.receive(1, 7);
    expect(link.push('{"a":2}')).toBe('{"n":2,"ack":1,"a":2}');
    expect(link.standing()).toEqual({ received: 1, have: 1 });
  });

  it("delivers each number once and sees a gap", () => {
    const link = new SessionLink();
    expect([2, 3, 1, 1, 2, 0, 4, 1.5, 3].map((n) => link.receive(n, 1))).toEqual([
      "gap",
      "gap again",
      "deliver",
      "drop",
      "deliver",
      "drop",
      "gap",
      "drop",
      "deliver",
    ]);
    expect(link.tellReceived()).toBe(3);
  });

  it("owes an ack after so many frames or so much text since the last", () => {
    const link = new SessionLink();
    for (let n = 1; n < 32; n += 1) link.receive(n, 1);
    expect(link.isAckDue(limits)).toBe(false);
    link.receive(32, 1);
    expect(link.isAckDue(limits)).toBe(true);
    link.tellReceived();
    link.receive(33, 65_535);
    expect(link.isAckDue(limits)).toBe(false);
    link.receive(33, 65_535); // Dropped, so not owed for.
    expect(link.isAckDue(limits)).toBe(false);
    link.receive(34, 1);
    expect(link.isAckDue(limits)).toBe(true);
  });

  it("owes it sooner to a sender with a small ring", () => {
    const link = new SessionLink();
    link.receive(1, 1);
    expect(link.isAckDue({ ...limits, ringFrames: 8 })).toBe(false);
    link.receive(2, 1);
    expect(link.isAckDue({ ...limits, ringFrames: 8 })).toBe(true);
    expect(link.isAckDue({ ...limits, ringBytes: 8 })).toBe(true);
    expect(link.isAckDue(limits)).toBe(false);
  });

  it("writes again what the other end lacks under the same numbers", () => {
    const link = new SessionLink();
    for (const text of ['{"a":1}', '{"a":2}', '{"a":3}']) link.push(text);
    link.receive(1, 1);
    expect(link.resume(1)).toEqual(['{"n":2,"ack":1,"a":2}', '{"n":3,"ack":1,"a":3}']);
    expect(link.standing()).toEqual({ received: 1, have: 2 });
    expect(link.resume(3)).toEqual([]);
    expect(link.push('{"a":4}')).toBe('{"n":4,"ack":1,"a":4}');
  });

  it("does not go on where the other end cannot be", () => {
    const link = new SessionLink();
    for (const text of ['{"a":1}', '{"a":2}']) link.push(text);
    expect(link.acknowledge(3)).toBe(false);
    expect(link.acknowledge(1)).toBe(true);
    expect(link.acknowledge(0)).toBe(true);
    expect(link.resume(0)).toBeUndefined();
    expect(link.resume(3)).toBeUndefined();
    expect(link.resume(1)).toEqual(['{"n":2,"a":2}']);
  });

  it("has a place for so many frames", () => {
    const link = new SessionLink();
    for (let n = 1; n <= 4096; n += 1) expect(link.push("{}")).toBeDefined();
    expect(link.push("{}")).toBeUndefined();
    link.acknowledge(1);
    expect(link.push("{}")).toMatch(/^\{"n":4097,/);
    expect(link.push("{}")).toBeUndefined();
  });

  it("has a place for so much text but always for one frame", () => {
    const link = new SessionLink();
    expect(link.push("x".repeat(5_000_000))).toBeDefined();
    expect(link.push("{}")).toBeUndefined();
    link.acknowledge(1);
    expect(link.push("x".repeat(1_048_574))).toBeDefined();
    expect(link.push("{}")).toBeDefined();
    expect(link.push("{}")).toBeUndefined();
  });

  it("begins again at one in both directions", () => {
    const link = new SessionLink();
    link.push("{}");
    link.receive(1, 100_000);
    link.restart();
    expect(link.standing()).toEqual({ received: 0, have: 1 });
    expect(link.isAckDue(limits)).toBe(false);
    expect(link.acknowledge(1)).toBe(false);
    expect(link.push('{"a":1}')).toBe('{"n":1,"a":1}');
  });
});

/** What may happen to two ends that send to each other. */
type Step =
  | { do: "push"; end: 0 | 1; size: number }
  | { do: "deliver"; end: 0 | 1; most: number }
  | { do: "acknowledge"; end: 0 | 1 }
  /** The socket is cut. Of what was on its way some arrives, some is lost, some lingers and arrives late. */
  | { do: "cut"; arrive: [number, number]; linger: [number[], number[]] }
  | { do: "late"; end: 0 | 1 };

const end = fc.constantFrom<(0 | 1)[]>(0, 1);
const few = fc.nat(3);
/** Three of the large ones do not fit into a ring. */
const size = fc.oneof(
  { weight: 9, arbitrary: fc.constant(1) },
  { weight: 1, arbitrary: fc.constant(400_000) },
);
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ do: fc.constant("push"), end, size }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("deliver"), end, most: few }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("acknowledge"), end }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant("cut"),
      arrive: fc.tuple(few, few),
      linger: fc.tuple(
        fc.array(few, { minLength: 1, maxLength: 2 }),
        fc.array(few, { minLength: 1, maxLength: 2 }),
      ),
    }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("late"), end }) },
) as fc.Arbitrary<Step>;

/** Two ends, and what is on its way to each. */
class Pair {
  readonly ends = [new SessionLink(), new SessionLink()] as const;
  readonly pushed: [number, number] = [0, 0];
  readonly delivered: [number[], number[]] = [[], []];
  readonly #waiting: [string[], string[]] = [[], []];
  readonly #onTheWay: [string[], string[]] = [[], []];
  readonly #late: [string[], string[]] = [[], []];

  take(step: Step): void {
    if (step.do === "push") {
      const data = ++this.pushed[step.end];
      this.#waiting[step.end].push(JSON.stringify({ data, pad: "x".repeat(step.size) }));
      this.#write(step.end);
    } else if (step.do === "deliver") {
      this.#deliver(step.end, step.most);
    } else if (step.do === "acknowledge") {
      this.#onTheWay[other(step.end)].push(JSON.stringify({ ack: this.ends[step.end].tellReceived() }));
    } else if (step.do === "late") {
      const text = this.#late[step.end].shift();
      if (text !== undefined) this.#receive(step.end, text);
    } else {
      for (const end of [0, 1] as const) {
        this.#deliver(end, step.arrive[end]);
        for (const index of step.linger[end]) {
          const text = this.#onTheWay[end][index];
          if (text !== undefined) this.#late[end].push(text);
        }
      }
      this.#resume();
    }
  }

  /** Lets everything arrive. */
  finish(): void {
    for (let round = 0; round < 100; round += 1) {
      for (const end of [0, 1] as const) {
        this.#deliver(end, Infinity);
        this.take({ do: "acknowledge", end });
      }
    }
  }

  #write(end: 0 | 1): void {
    for (;;) {
      const [text] = this.#waiting[end];
      const numbered = text === undefined ? undefined : this.ends[end].push(text) as string | undefined;
      if (numbered === undefined) return;
      this.#waiting[end].shift();
      this.#onTheWay[other(end)].push(numbered);
    }
  }

  #deliver(end: 0 | 1, most: number): void {
    for (let count = 0; count < most; count += 1) {
      const text = this.#onTheWay[end].shift();
      if (text === undefined) return;
      this.#receive(end, text);
    }
  }

  #receive(end: 0 | 1, text: string): void {
    const { n, ack, data } = JSON.parse(text) as WireFrame & { data: number };
    if (ack !== undefined && !this.ends[end].acknowledge(ack))
      throw new Error("an ack of what was never sent");
    this.#write(end);
    if (n === undefined) return;
    const verdict = this.ends[end].receive(n, text.length);
    if (verdict === "deliver") this.delivered[end].push(data);
    if (verdict === "gap" || verdict === "gap again") this.#resume();
  }

  /** What both say of themselves is true of the moment in which the new socket begins. */
  #resume(): void {
    const standings = this.ends.map((link) => link.standing());
    for (const end of [0, 1] as const) {
      const again = this.ends[end].resume(standings[other(end)]?.received ?? 0);
      if (again === undefined) throw new Error("forgotten");
      this.#onTheWay[other(end)] = again as string[];
    }
  }
}

const other = (end: 0 | 1): 0 | 1 => (end === 0 ? 1 : 0);

const arrivesOnceAndInOrder = fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
  const pair = new Pair();
  for (const step of steps) pair.take(step);
  pair.finish();
  for (const end of [0, 1] as const)
    expect(pair.delivered[other(end)]).toEqual(
      Array.from({ length: pair.pushed[end] }, (_, index) => index + 1),
    );
});

describe("two links", () => {
  it("lose nothing and double nothing over any network", { timeout: 60_000 }, () => {
    fc.assert(arrivesOnceAndInOrder, { numRuns: 500 });
  });

  it.each(["dropsDuplicates", "closesOnGap", "keepsUntilAcked"] as const)(
    "do not without %s",
    async (rule) => {
      const parameters = { seed: 7, numRuns: 2000, endOnFailure: true };
      const checked = await without(rule, () => fc.check(arrivesOnceAndInOrder, parameters));
      expect(checked.failed).toBe(true);
    },
  );
});
