// Checks: a value of the server's that is not of its type is told, and goes its way all the same.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { checks } from "../src/checks/checks.js";
import type { Checked, Expected, Mismatch } from "../src/checks/checks.js";
import { misfit } from "../src/checks/misfit.js";
import type { Expectation } from "../src/checks/misfit.js";
import { open } from "../src/index.js";
import type { Call, Caller, Client, Stream } from "../src/index.js";
import { requests } from "../src/requests/requests.js";
import { failure } from "./failure.js";
import { FakeServer, settled } from "./fake_server.js";

const line: Expectation = { fields: { who: "string", at: { whole: [0, null] } }, optional: { next: { type: "Line" } } };

describe("a value", () => {
  const expected = (of: Expectation, value: unknown): string => {
    const found = misfit(value, of, { Line: line });
    return found ? `${found.path}: ${found.got}, not ${found.expected}` : "fits";
  };
  it.each<[string, Expectation, unknown]>([
    ["anything", "any", null],
    ["a text", "string", ""],
    ["a number", "number", 0.5],
    ["bytes", "bytes", new Uint8Array(1)],
    ["an exact integer", "bigint", 1n],
    ["a date", "date", new Date(0)],
    ["a constant", { is: null }, null],
    ["an integer", { whole: [0, 255] }, 255],
    ["an empty list", { list: "string" }, []],
    ["a tuple", { tuple: ["string", "number"] }, ["a", 1]],
    ["one of several", { some: ["string", { is: null }] }, null],
    ["each of several", { each: [line, { fields: { more: "boolean" } }] }, { who: "", at: 1, more: true }],
    ["an object with more keys", line, { who: "", at: 1, more: 1 }],
    ["a type in itself", { type: "Line" }, { who: "", at: 1, next: { who: "", at: 2 } }],
    ["a map", { fields: {}, rest: "number" }, { a: 1, b: 2 }],
  ])("that is %s fits", (_, of, value) => expect(expected(of, value)).toBe("fits"));

  it.each<[Expectation, unknown, string]>([
    ["string", 1, ": `1`, not a string"],
    ["string", undefined, ": `undefined`, not a string"],
    ["bytes", [1], ": an array of 1, not a `Uint8Array`"],
    ["number", 1n, ": `1n`, not a number"],
    [{ whole: [0, 255] }, 256, ": `256`, not an integer from 0 to 255"],
    [{ whole: [null, null] }, 0.5, ": `0.5`, not an integer"],
    [{ list: line }, [{ who: "a", at: 0 }, { at: 0 }], "[1].who: missing, not a string"],
    [{ tuple: ["string"] }, ["a", "b"], ": an array of 2, not an array of 1"],
    [{ type: "Line" }, { who: "a", at: 1, next: { who: 7, at: 1 } }, "next.who: `7`, not a string"],
    [{ fields: {}, rest: "number" }, { "a b": "x" }, '["a b"]: `"x"`, not a number'],
    [{ fields: {} }, new Date(0), ": a `Date`, not an object"],
    [{ some: [line, { is: null }] }, { who: "a" }, "at: missing, not an integer from 0"],
    [{ some: ["string", { is: null }] }, 1, ": `1`, not a string or `null`"],
    [{ some: [] }, 1, ": `1`, not nothing"],
    ["string", "x".repeat(100), "fits"],
    ["number", "x".repeat(100), `: \`"${"x".repeat(59)}…\`, not a number`],
    [{ each: ["string"] }, { a: 1, b: 2 }, ": an object with `a`, `b`, not a string"],
  ])("that does not fit %j is told by its place", (of, value, text) => expect(expected(of, value)).toBe(text));

  const tagged: Expectation = {
    some: [
      { fields: { kind: { is: "empty" } } },
      { fields: { kind: { is: "long" }, limit: "number" } },
      { fields: { kind: { is: "odd" }, why: "string" } },
    ],
  };
  it.each([
    [{ kind: "long" }, "limit: missing, not a number"],
    [{ kind: "odd", why: 1 }, "why: `1`, not a string"],
    [{ kind: "new" }, 'kind: `"new"`, not `"empty"` or `"long"` or `"odd"`'],
    [{}, "kind: missing, not `\"empty\"`"],
    [7, ": `7`, not an object with `kind` or an object with `kind`, `limit` or an object with `kind`, `why`"],
  ])("of_several_variants_is_held_against_the_one_that_it_names: %j", (value, text) =>
    expect(expected(tagged, value)).toBe(text),
  );

  it("has no keys of its prototype", () => {
    expect(expected({ fields: Object.fromEntries([["toString", "any" as const]]) }, {})).toBe("toString: missing, not a value");
    expect(expected({ fields: {}, rest: "number" }, JSON.parse('{"__proto__":"x"}'))).toBe(
      '__proto__: `"x"`, not a number',
    );
  });
});

interface Actions {
  count(): Call<number, string>;
  rows(): Stream<number>;
}

const promised: Expected = {
  types: { Line: line },
  names: {
    count: { result: "number", output: "string", error: { is: "full" } },
    rows: { output: "number" },
    told: { event: { type: "Line" } },
    ask: { request: "string" },
  },
};

let server: FakeServer;
beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
});
afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

async function connected(): Promise<Client<{ told: unknown }> & Actions & Checked> {
  const actions = (call: Caller): Actions => ({
    count: () => call.outputs("count", undefined, undefined),
    rows: () => call.stream("rows", undefined, undefined),
  });
  const contract = { hash: "9f2c41d0a5b6e7f8", names: {} };
  const options = { WebSocket: server.WebSocket };
  const modules = [requests(), checks(promised)];
  const igor = open<{ told: unknown }, Actions>(contract, actions, "ws://127.0.0.1", options, modules);
  await settled();
  server.socket.welcome();
  return igor as Client<{ told: unknown }> & Actions & Checked;
}

describe("a client with checks", () => {
  it("tells of each value that is not of its type and lets it pass", async () => {
    const igor = await connected();
    const mismatches: Mismatch[] = [];
    igor.onMismatch((mismatch) => mismatches.push(mismatch));
    const told: unknown[] = [];
    igor.on("told", (payload) => told.push(payload));

    const counted = igor.count();
    const outputs = counted[Symbol.asyncIterator]();
    server.socket.reply({ streamId: 1, data: 7 });
    server.socket.reply({ streamId: 1, data: "many", close: true });
    const refused = failure(igor.count());
    server.socket.reply({ streamId: 2, error: "it is", code: 450, data: "empty", close: true });
    const rows = igor.rows()[Symbol.asyncIterator]();
    server.socket.reply({ streamId: 3, data: "a row" });
    server.socket.reply({ streamId: 3, close: true });
    server.socket.reply({ action: "told", data: { who: "Ada", at: -1 } });
    server.socket.reply({ streamId: -1, action: "ask", data: 5 });

    expect(await outputs.next()).toEqual({ done: false, value: 7 });
    expect(await counted).toBe("many");
    expect((await refused).data).toBe("empty");
    expect((await rows.next()).value).toBe("a row");
    expect(told).toEqual([{ who: "Ada", at: -1 }]);
    expect(mismatches).toEqual([
      { name: "count", part: "output", path: "", expected: "a string", got: "`7`" },
      { name: "count", part: "result", path: "", expected: "a number", got: '`"many"`' },
      { name: "count", part: "error", path: "", expected: '`"full"`', got: '`"empty"`' },
      { name: "rows", part: "output", path: "", expected: "a number", got: '`"a row"`' },
      { name: "told", part: "event", path: "at", expected: "an integer from 0", got: "`-1`" },
      { name: "ask", part: "request", path: "", expected: "a string", got: "`5`" },
    ]);
  });

  it("says nothing of what fits or is not promised", async () => {
    const igor = await connected();
    const mismatches: Mismatch[] = [];
    igor.onMismatch((mismatch) => mismatches.push(mismatch));
    const counted = igor.count();
    server.socket.reply({ streamId: 1, data: 7, close: true });
    server.socket.reply({ action: "unheard_of", data: 7 });
    server.socket.reply({ action: "toString", data: 7 });
    server.socket.reply({ action: "igor.missed", data: { told: 1 } });
    const broken = failure(igor.count());
    server.socket.reply({ streamId: 2, error: "no", code: 500, close: true });
    expect((await broken).code).toBe("internal");
    expect(mismatches).toEqual([]);
    expect(await counted).toBe(7);
  });

  it("tells the console while nobody listens", async () => {
    const error = vi.spyOn(console, "error").mockImplementation(() => {});
    const igor = await connected();
    const off = igor.onMismatch(() => {});
    server.socket.reply({ action: "told", data: 1 });
    expect(error).not.toHaveBeenCalled();
    off();
    off();
    server.socket.reply({ action: "told", data: { at: 1 } });
    server.socket.reply({ action: "told", data: 1 });
    expect(error.mock.calls.flat()).toEqual([
      "igor: the event of `told` is not of its type: `who` is missing, where a string is expected",
      "igor: the event of `told` is not of its type: it is `1`, where an object with `who`, `at` is expected",
    ]);
  });

  it("tells of what is nested deeper than it can look", async () => {
    const igor = await connected();
    const mismatches: Mismatch[] = [];
    igor.onMismatch((mismatch) => mismatches.push(mismatch));
    const nested = `{"who":"","at":1,"next":`.repeat(100_000);
    server.socket.raw(`{"n":1,"action":"told","data":${nested}null${"}".repeat(100_000)}}`);
    expect(mismatches[0]?.got).toBe("one that is nested too deep");
    expect(igor.status).toBe("open");
  });
});
