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
  it("is_anywhere_below_a_ceiling_that_doubles", () => {
    expect([0, 1, 2, 3, 5, 6, 5000].map((failures) => backoffMs(failures, 5, 0, 1))).toEqual([
      250, 500, 1000, 2000, 8000, 8000, 8000,
    ]);
    expect(backoffMs(5000, 3, 0, 1)).toBe(2000);
    expect(backoffMs(3, 5, 0, 0)).toBe(0);
    expect(backoffMs(3, 5, 0, 0.25)).toBe(500);
  });

  it("never_undercuts_what_the_server_asked_for_nor_what_a_timer_can_hold", () => {
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
  ])("after_%s", (code, expected) => {
    expect(afterClose(code)).toEqual(expected);
  });
});

describe("listeners", () => {
  it("may_be_added_and_removed_while_they_are_told", () => {
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

  it("are_two_when_one_handler_is_added_twice", () => {
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
  it("serves_readers_in_the_order_in_which_they_came", async () => {
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
  it("is_written_as_json_and_not_at_all_where_there_is_none", () => {
    expect(encodeData({ a: [1, null, undefined], b: undefined })).toBe('{"a":[1,null,null]}');
    expect(encodeData(null)).toBe("null");
    expect(encodeData(undefined)).toBeUndefined();
  });

  it.each([
    [NaN, "`data` is NaN"],
    [[[-Infinity]], "`[0][0]` is -Infinity"],
    [{ rooms: [null, { area: Infinity }] }, "`rooms[1].area` is Infinity"],
    [{ id: 1n }, "serialize a BigInt"],
  ])("refuses_%o", (data, text) => {
    expect(() => encodeData(data)).toThrow(text);
    expect(() => encodeData(data)).toThrow(/^unsendable: /);
  });

  it("refuses_a_circle_and_what_cannot_be_written", () => {
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
  it("get_their_data_and_their_numbers_without_being_written_again", () => {
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
  ])("are_not_%j", (message) => {
    expect(() => decode(message)).toThrow(/^bad_frame: /);
  });

  it("may_have_fields_that_this_version_does_not_know_in_any_order", () => {
    expect(decode('{"close":true,"later":[1],"n":1}')).toEqual({ n: 1, close: true, later: [1] });
  });

  it("are_measured_in_bytes", () => {
    expect(isLongerThan("ü".repeat(50), 99)).toBe(true);
    expect(isLongerThan("ü".repeat(50), 100)).toBe(false);
    expect(isLongerThan("u".repeat(101), 100)).toBe(true);
  });
});

describe("errors", () => {
  it.each(Object.entries(codes))("have_the_name_%s_for_%s", (name, number) => {
    expect(errorFromFrame({ error: "why", code: number })).toMatchObject({
      name: "IgorError",
      code: name,
      message: `${name}: why`,
    });
  });

  it("show_only_what_they_know", () => {
    expect(Object.keys(errorFromFrame({ error: "why", code: 500 })).sort()).toEqual(["code", "name"]);
  });
});
