// The parts that need no socket: numbers, waits, listeners, text.

import { describe, expect, it, vi } from "vitest";
import { backoffMs } from "../src/backoff.js";
import { afterClose } from "../src/close.js";
import { decode, encodeData, isLongerThan, withData, withNumbers } from "../src/codec.js";
import { Emitter } from "../src/emitter.js";
import { errorFromFrame } from "../src/error.js";
import { codes } from "../src/protocol.js";
import { ItemQueue } from "../src/queue.js";

describe("the wait before coming back", () => {
  it("is anywhere below a ceiling that doubles", () => {
    expect([0, 1, 2, 3, 5, 6, 5000].map((failures) => backoffMs(failures, 5, 0, 1))).toEqual([
      250, 500, 1000, 2000, 8000, 8000, 8000,
    ]);
    expect(backoffMs(5000, 3, 0, 1)).toBe(2000);
    expect(backoffMs(3, 5, 0, 0)).toBe(0);
    expect(backoffMs(3, 5, 0, 0.25)).toBe(500);
  });

  it("never undercuts what the server asked for nor what a timer can hold", () => {
    expect(backoffMs(0, 5, 3000, 0)).toBe(3000);
    expect(backoffMs(0, 5, 1e15, 1)).toBe(2 ** 31 - 1);
  });
});

describe("coming back", () => {
  it.each([
    [1000, "return"],
    [1006, "return"],
    [4400, "renew"],
    [4401, "unauthorized"],
    [4403, "forbidden"],
    [4408, "return"],
    [4409, "session_lost"],
    [4410, "return"],
    [4413, "renew"],
    [4429, "return"],
    [4440, "return"],
    [4441, "return"],
    [4442, "return"],
    [4503, "return"],
  ])("after %s", (code, expected) => {
    expect(afterClose(code)).toEqual(expected);
  });
});

describe("listeners", () => {
  it("may be added and removed while they are told", () => {
    const emitter = new Emitter<{ tick: number }>();
    const seen: string[] = [];
    emitter.on("tick", () => {
      offSecond();
      emitter.on("tick", () => seen.push("late"));
      seen.push("first");
    });
    const offSecond = emitter.on("tick", () => seen.push("second"));
    emitter.emit("tick", 1);
    expect(seen).toEqual(["first"]);
    emitter.emit("tick", 2);
    expect(seen).toEqual(["first", "first", "late"]);
  });

  it("are two when one handler is added twice", () => {
    const emitter = new Emitter<{ tick: number }>();
    const heard = vi.fn();
    const off = emitter.on("tick", heard);
    emitter.on("tick", heard);
    off();
    off();
    emitter.emit("tick", 1);
    expect(heard).toHaveBeenCalledOnce();
  });
});

describe("a queue", () => {
  it("serves readers in the order in which they came", async () => {
    const queue = new ItemQueue<number>();
    const readers = [queue.next(), queue.next(), queue.next()];
    queue.push(1);
    queue.push(2);
    queue.end();
    queue.push(3);
    expect((await Promise.all(readers)).map(({ value }) => value)).toEqual([1, 2, undefined]);
    expect(queue.length).toBe(0);
  });
});

describe("data", () => {
  it("is written as json and not at all where there is none", () => {
    expect(encodeData({ a: [1, null, undefined], b: undefined })).toBe('{"a":[1,null,null]}');
    expect(encodeData(null)).toBe("null");
    expect(encodeData(undefined)).toBeUndefined();
  });

  it.each([
    [NaN, "`data` is NaN"],
    [[[-Infinity]], "`[0][0]` is -Infinity"],
    [{ rooms: [null, { area: Infinity }] }, "`rooms[1].area` is Infinity"],
    [{ id: 1n }, "serialize a BigInt"],
  ])("refuses %o", (data, text) => {
    expect(() => encodeData(data)).toThrow(text);
    expect(() => encodeData(data)).toThrow(/^unsendable: /);
  });

  it("refuses a circle and what cannot be written", () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    expect(() => encodeData(circle)).toThrow(/^unsendable: /);
    const broken = {
      toJSON() {
        throw "no";
      },
    };
    expect(() => encodeData(broken)).toThrow("unsendable: no");
  });
});

describe("frames", () => {
  it("get their data and their numbers without being written again", () => {
    const text = withData('{"streamId":7,"action":"ping"}', '"lobby"');
    expect(withNumbers(text, 5, 0)).toBe('{"n":5,"streamId":7,"action":"ping","data":"lobby"}');
    expect(withNumbers(text, 5, 7)).toBe('{"n":5,"ack":7,"streamId":7,"action":"ping","data":"lobby"}');
    expect(withData('{"streamId":7}', undefined)).toBe('{"streamId":7}');
  });

  it.each([
    "",
    "null",
    "7",
    "[]",
    '"text"',
    '{"close":1}',
    '{"streamId":null}',
    '{"n":"1"}',
    '{"error":{}}',
    new Uint8Array(3),
    undefined,
  ])("are not %j", (message) => {
    expect(() => decode(message)).toThrow(/^bad_frame: /);
  });

  it("may have fields that this version does not know in any order", () => {
    expect(decode('{"close":true,"later":[1],"n":1}')).toEqual({ n: 1, close: true, later: [1] });
  });

  it("are measured in bytes", () => {
    expect(isLongerThan("ü".repeat(50), 99)).toBe(true);
    expect(isLongerThan("ü".repeat(50), 100)).toBe(false);
    expect(isLongerThan("u".repeat(101), 100)).toBe(true);
  });
});

describe("errors", () => {
  it.each(Object.entries(codes))("have the name %s for %s", (name, number) => {
    expect(errorFromFrame({ error: "why", code: number })).toMatchObject({
      name: "IgorError",
      code: name,
      message: `${name}: why`,
    });
  });

  it("show only what they know", () => {
    expect(Object.keys(errorFromFrame({ error: "why", code: 500 })).sort()).toEqual(["code", "name"]);
  });
});
