// Exact values: bytes, integers and dates in binary frames.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { open } from "../src/index.js";
import type { Call, Caller, Client } from "../src/index.js";
import { BinaryFrame, binaryData, readBinary } from "../src/exact/binary.js";
import { exact } from "../src/exact/exact.js";
import { packData, unpackData } from "../src/exact/values.js";
import { decode } from "../src/codec.js";
import { IgorError } from "../src/error.js";
import { failure } from "./failure.js";
import { server, settled, useFakeServer } from "./fake_server.js";

interface Actions {
  put(data: unknown): Call<unknown>;
  plain(data: unknown): Call<unknown>;
}

useFakeServer();

/** A client that is welcome, of whose actions `put` has exact values. */
async function connected(): Promise<Client<{ told: unknown }> & Actions> {
  const actions = (call: Caller): Actions => ({
    put: (data) => call.value("put", data, undefined),
    plain: (data) => call.value("plain", data, undefined),
  });
  const contract = { hash: "9f2c41d0a5b6e7f8", names: {} };
  const modules = [exact(["put"])];
  const igor = open<{ told: unknown }, Actions>(
    contract,
    actions,
    "ws://127.0.0.1",
    { WebSocket: server.WebSocket },
    modules,
  );
  await settled();
  server.socket.welcome();
  return igor;
}

/** The message of a frame with attachments. */
function message(frame: object, ...attachments: Uint8Array[]): ArrayBuffer {
  return new BinaryFrame(JSON.stringify(frame), attachments).valueOf().buffer;
}

const bytes = (...all: number[]): Uint8Array<ArrayBuffer> => Uint8Array.of(...all);

describe("a call", () => {
  it("carries bytes integers and dates beside its json", async () => {
    const igor = await connected();
    const data = { file: bytes(1, 2), at: new Date(0), sizes: [2n ** 64n - 1n], more: [bytes(3)], $bin: 0 };
    void igor.put(data);
    const [sent] = server.socket.messages.slice(-1);
    expect(sent).toBeInstanceOf(Uint8Array);
    expect(server.socket.texts.at(-1)).toBe(
      '{"n":1,"streamId":1,"action":"put","data":{"file":{"$bin":0},"at":{"$date":"1970-01-01T00:00:00.000Z"},' +
        '"sizes":[{"$big":"18446744073709551615"}],"more":[{"$bin":1}],"$$bin":0},"bin":[2,1]}',
    );
    expect([...(sent as Uint8Array).slice(-3)]).toEqual([1, 2, 3]);
  });

  it("is a text where there is nothing exact in it", async () => {
    const igor = await connected();
    void igor.put({ $bin: 0, none: null });
    void igor.plain({ $bin: 0 });
    expect(server.socket.messages.slice(-2)).toEqual(server.socket.texts.slice(-2));
    expect(server.socket.texts.at(-2)).toContain('"data":{"$bin":0,"none":null}');
  });

  it("has the bytes that it was made with and sends them again", async () => {
    const igor = await connected();
    const file = bytes(1, 2, 3);
    void igor.put(file);
    file.fill(9);
    const first = server.socket.messages.at(-1) as Uint8Array;
    expect([...first.slice(-3)]).toEqual([1, 2, 3]);
    server.socket.drop();
    const socket = await server.reconnected({ received: 0 });
    const again = socket.messages.find((sent) => sent instanceof Uint8Array);
    expect([...(again ?? []).slice(-3)]).toEqual([1, 2, 3]);
  });

  it.each([
    [{ at: [new Date(NaN)] }, "`at[0]` is no date"],
    [{ file: bytes(1), size: NaN }, "`size` is NaN"],
    [{ a: { b: [2 ** 53] } }, "`a.b[0]` is 9007199254740992"],
    [-(2 ** 53), "`data` is -9007199254740992"],
  ])("that_cannot_be_sent_says_where_%#", async (data, why) => {
    const igor = await connected();
    for (const call of [igor.put(data), igor.put([1n, data])])
      expect(await failure(call)).toMatchObject({ code: "unsendable", executed: "no" });
    expect((await failure(igor.put(data))).message).toBe(`unsendable: ${why}`);
  });

  it("that is a circle cannot be sent", async () => {
    const igor = await connected();
    const circle: unknown[] = [1n];
    circle.push(circle);
    expect(await failure(igor.put(circle))).toMatchObject({ code: "unsendable" });
  });

  it("is over the limit with its attachments", async () => {
    const igor = await connected();
    expect(await failure(igor.put(new Uint8Array(1_048_576)))).toMatchObject({ code: "too_large" });
  });

  it("gets an exact result and an exact error", async () => {
    const igor = await connected();
    const result = igor.put(null);
    server.socket.raw(message({ n: 1, streamId: 1, data: { $bin: 0 }, close: true, bin: [2] }, bytes(1, 2)));
    expect(await result).toEqual(bytes(1, 2));
    const failed = failure(igor.put(null));
    server.socket.raw(message({ n: 2, streamId: 2, data: { $big: "7" }, error: "no", code: 450, close: true }));
    expect((await failed).data).toBe(7n);
  });
});

it("an event holds exact values", async () => {
  const igor = await connected();
  const told: unknown[] = [];
  igor.on("told", (payload) => told.push(payload));
  server.socket.raw(message({ n: 1, action: "told", data: { $date: "2026-01-02T03:04:05Z" } }));
  expect(told).toEqual([new Date("2026-01-02T03:04:05Z")]);
});

it("a binary frame that is wrong ends the session", async () => {
  const igor = await connected();
  server.socket.raw(message({ n: 1, action: "told", data: { $bin: 0 } }));
  expect(server.socket.closedWith).toBe(4400);
  expect(igor.status).toBe("resuming");
});

const value = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    fc.bigInt({ min: -(2n ** 127n), max: 2n ** 127n - 1n }),
    fc.uint8Array({ maxLength: 20 }),
    fc.date({ noInvalidDate: true, min: new Date(0), max: new Date("9999-12-31") }),
    fc.maxSafeInteger(),
    fc.string(),
    fc.constant(null),
    fc.boolean(),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(fc.oneof(fc.string(), fc.constantFrom("$bin", "$big", "$$date", "$", "__proto__")), tie("value"), {
      maxKeys: 4,
    }),
  ),
})).value;

describe("any value", () => {
  it("comes back as it was", () => {
    fc.assert(
      fc.property(value, (data) => {
        const packed = packData({ data, always: 1n });
        if (!packed) throw new Error("it holds an integer");
        const frame = binaryData(packed).map((text) => `{"data":${text}}`);
        const read = readBinary(frame.valueOf().buffer, decode);
        expect(read.data).toEqual({ data, always: 1n });
      }),
    );
  });

  it("is read or refused whatever the bytes are", () => {
    const onlyIgors = (read: () => unknown): void => {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(IgorError);
      }
    };
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), fc.json(), fc.nat(40), (tail, json, bin) => {
        onlyIgors(() => readBinary(tail.slice().buffer, decode));
        const frame = { data: JSON.parse(json.replaceAll('""', '"$bin"')) as unknown, bin: [bin] };
        onlyIgors(() => readBinary(message(frame, tail), decode));
      }),
    );
  });
});

describe("a hostile frame", () => {
  it.each([
    ["is empty", new ArrayBuffer(0), "is shorter than its JSON"],
    ["ends in its length", new ArrayBuffer(3), "is shorter than its JSON"],
    ["promises 4 GiB", bytes(255, 255, 255, 255, 123, 125).buffer, "is shorter than its JSON"],
    ["is not UTF-8", bytes(1, 0, 0, 0, 255).buffer, "is not UTF-8"],
    ["has a length that is none", message({ bin: [-1] }), "has a wrong `bin`"],
    ["has lengths that are none", message({ bin: 1 }), "has a wrong `bin`"],
    ["has too much behind", message({ bin: [1] }, bytes(1, 2)), "does not end with its attachments"],
    ["has too little behind", message({ bin: [3] }, bytes(1, 2)), "does not end with its attachments"],
    ["overflows", message({ bin: [2 ** 53, 2 ** 53] }, bytes(1)), "does not end with its attachments"],
    ["points behind", message({ data: { $bin: 1 }, bin: [1] }, bytes(1)), "has a wrong `$bin`"],
    ["uses bytes twice", message({ data: [{ $bin: 0 }, { $bin: 0 }], bin: [0] }), "has a wrong `$bin`"],
    ["has an integer that is none", message({ data: { $big: "1.5" } }), "has a wrong `$big`"],
    ["has an endless integer", message({ data: { $big: "9".repeat(100_000) } }), "has a wrong `$big`"],
    ["has a date that is none", message({ data: { $date: "today" } }), "has a wrong `$date`"],
    ["has a sign of its own", message({ data: { $set: 1 } }), "has a wrong `$set`"],
    ["has a sign and more", message({ data: { a: 1, $big: "1" } }), "has a wrong `$big`"],
  ])("that_%s_is_refused", (_, buffer, why) => {
    expect(() => readBinary(buffer, decode)).toThrow(`bad_frame: a binary frame of the server ${why}`);
  });

  it("that nests deeply is refused", () => {
    const text = `{"data":${"[".repeat(200_000)}${"]".repeat(200_000)}}`;
    expect(() => readBinary(new BinaryFrame(text, []).valueOf().buffer, decode)).toThrow(IgorError);
  });
});

it("what is unpacked has no sign left", () => {
  expect(unpackData({ $$bin: 0, $$$x: [{ $$: null }] }, [])).toEqual({ $bin: 0, $$x: [{ $: null }] });
});
