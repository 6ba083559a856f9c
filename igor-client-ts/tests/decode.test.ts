// Whatever a server sends, the client reads a frame or refuses it by its own error: nothing else comes out.

import fc from "fast-check";
import { expect, it } from "vitest";
import { decode, encode } from "../src/codec.js";
import { IgorError } from "../src/error.js";
import { readWelcome } from "../src/welcome.js";
import type { WireFrame } from "../src/protocol.js";

const frame = fc.record(
  {
    n: fc.nat(),
    ack: fc.nat(),
    streamId: fc.oneof(fc.integer(), fc.string()),
    action: fc.string(),
    credit: fc.nat(),
    deadlineMs: fc.nat(),
    data: fc.jsonValue(),
    error: fc.string(),
    code: fc.nat(599),
    close: fc.boolean(),
    retryAfterMs: fc.nat(),
  },
  { requiredKeys: [] },
);

/** A value in the place of any field: of its kind or not. */
const strange = fc.dictionary(
  fc.constantFrom("n", "ack", "streamId", "action", "credit", "data", "error", "code", "close", "__proto__", "x"),
  fc.jsonValue(),
);

const welcome = fc.record({
  clientId: fc.string(),
  session: fc.string(),
  key: fc.string(),
  epoch: fc.string(),
  resumed: fc.boolean(),
  received: fc.nat(),
  graceMs: fc.nat(),
  beatMs: fc.integer({ min: 1 }),
  limits: fc.record({
    messageBytes: fc.nat(),
    openCalls: fc.nat(),
    credit: fc.nat(),
    ringFrames: fc.nat(),
    ringBytes: fc.nat(),
  }),
  contract: fc.string(),
});

/** Runs something that may refuse; says whether it did, by the one error that there is for that. */
function isRefused(read: () => unknown): boolean {
  try {
    read();
    return false;
  } catch (error) {
    expect(error).toBeInstanceOf(IgorError);
    expect((error as IgorError).code).toBe("bad_frame");
    return true;
  }
}

it("reads every frame as it was written", () => {
  fc.assert(
    fc.property(frame, (written) => {
      const text = encode(written as WireFrame);
      expect(decode(text)).toEqual(JSON.parse(text));
    }),
  );
});

it("reads or refuses any text, and any message that is none", () => {
  const cut = fc.tuple(frame, fc.nat(), fc.nat(), fc.string()).map(([written, from, to, piece]) => {
    const text = JSON.stringify(written);
    return text.slice(0, from % text.length) + piece + text.slice(to % text.length);
  });
  const message = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.json(),
    cut,
    strange.map((fields) => JSON.stringify(fields)),
    fc.uint8Array().map(({ buffer }) => buffer),
    fc.anything({ withNullPrototype: false }).filter((value) => typeof value !== "object" || value === null),
  );
  fc.assert(
    fc.property(message, (message) => {
      isRefused(() => decode(message));
    }),
    { numRuns: 1_000 },
  );
});

it("refuses a welcome that lacks something, or has it in another kind", () => {
  fc.assert(
    fc.property(welcome, fc.jsonValue(), fc.nat(), (whole, value, which) => {
      const answer = (data: unknown) => () => readWelcome({ action: "igor.welcome", data } as WireFrame);
      expect(isRefused(answer(whole))).toBe(false);
      const names = Object.keys(whole) as (keyof typeof whole)[];
      const name = names[which % names.length] ?? "key";
      const { [name]: _, ...rest } = whole;
      expect(isRefused(answer(rest))).toBe(true);
      const isOfItsKind = typeof value === typeof whole[name] || name === "contract";
      if (!isOfItsKind) expect(isRefused(answer({ ...whole, [name]: value }))).toBe(true);
    }),
  );
});
