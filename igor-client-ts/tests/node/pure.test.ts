import fc from "fast-check";
import { expect, test, vi } from "vitest";
import { bridge } from "../../src/node/bridge.js";
import { FrameReader, opcodes, writeFrame } from "../../src/node/frames.js";
import { readReady } from "../../src/node/ready.js";
import { RestartBudget } from "../../src/node/restarts.js";
import { Tail } from "../../src/node/tail.js";

const restarts = { limit: 3, withinMs: 1000, baseMs: 100, capMs: 300 };

test("the wait doubles with each crash, up to a limit of both", () => {
  const budget = new RestartBudget(restarts);
  expect([0, 1, 2, 3].map((now) => budget.crashed(now))).toEqual([100, 200, 300, undefined]);
});

test("crashes that are long ago do not count", () => {
  const budget = new RestartBudget(restarts);
  expect([0, 1000, 2000, 3000, 4000].map((now) => budget.crashed(now))).toEqual([100, 100, 100, 100, 100]);
  budget.crashed(4001);
  budget.forgive();
  expect(budget.crashed(4002)).toBe(100);
});

test("a tail has the last lines, none too long", () => {
  const tail = new Tail();
  for (let line = 1; line <= 100; line += 1) tail.add(`${line}${"x".repeat(10_000)}`);
  const lines = tail.under("why").split("\n");
  expect(lines).toHaveLength(21);
  expect(lines[1]?.startsWith("  81x")).toBe(true);
  expect(Math.max(...lines.map(({ length }) => length))).toBe(502);
});

test("a line of somebody else's is none", () => {
  for (const line of ["", "null", "1", '"igor"', "[]", "{}", '{"igor":1}', '{"igor":"igor.1"}', "Listening …"])
    expect(readReady(line), line).toBeUndefined();
  expect(() => readReady('{"igor":"igor.2"}')).toThrow("contract_mismatch: the program speaks `igor.2`");
});

/** What a server writes: the same without a mask. */
function fromServer(opcode: number, payload: Uint8Array): Buffer {
  const masked = writeFrame(opcode, payload);
  const headerBytes = masked.length - payload.length - 4;
  const header = Buffer.from(masked.subarray(0, headerBytes));
  header[1] = (header[1] ?? 0) & 0x7f;
  return Buffer.concat([header, payload]);
}

test("frames are read whole, however their bytes come", () => {
  const lengths = fc.oneof(fc.integer({ min: 0, max: 300 }), fc.constantFrom(125, 126, 127, 65_535, 65_536));
  const frames = fc.array(fc.tuple(fc.constantFrom(opcodes.text, opcodes.binary, opcodes.ping), lengths), { maxLength: 5 });
  fc.assert(
    fc.property(frames, fc.array(fc.integer({ min: 1, max: 70_000 }), { minLength: 1 }), (sent, cuts) => {
      const written = sent.map(([opcode, length], index) => fromServer(opcode, Buffer.alloc(length, index)));
      let bytes = Buffer.concat(written);
      const reader = new FrameReader(1 << 20);
      const read = [];
      for (let index = 0; bytes.length > 0; index += 1) {
        const cut = cuts[index % cuts.length] ?? 1;
        read.push(...reader.push(bytes.subarray(0, cut)));
        bytes = bytes.subarray(cut);
      }
      expect(read.map(({ opcode, payload }) => [opcode, payload.length])).toEqual(sent);
      expect(read.every(({ payload }, index) => payload.every((byte) => byte === index))).toBe(true);
    }),
  );
});

test("what a server may not send is refused", () => {
  const tooLong = fromServer(opcodes.text, Buffer.alloc(2000));
  expect(() => new FrameReader(1000).push(tooLong)).toThrow("too_large");
  for (const bytes of [[0x01, 0], [0x80, 0], [0xc1, 0], [0x81, 0x80, 0, 0, 0, 0]])
    expect(() => new FrameReader(1000).push(Buffer.from(bytes)), bytes.join()).toThrow("bad_frame");
});

test("a window that says what is not understood ends its own socket and nothing else", () => {
  const close = vi.fn();
  let say = (_: unknown): void => {};
  const port = { postMessage: () => {}, close: () => {}, listen: (received: typeof say) => void (say = received) };
  bridge(port, { readyState: 1, binaryType: "", send: () => {}, close, addEventListener: () => {} });
  const words = [5, null, undefined, true, [], {}, { open: true }, { close: true }, { close: 5 }, { close: [] }, { close: {} }];
  const closes = [["x", ""], [70_000, ""], [1000.5, ""], [-1, ""], [1000], [1000, 5], [1000, { length: 3 }]];
  for (const word of [...words, ...closes.map((of) => ({ close: of }))]) {
    say(word);
    expect(close, JSON.stringify(word)).toHaveBeenLastCalledWith(1008, "not understood");
  }
  say({ close: [4410, "é".repeat(1000)] });
  expect(close).toHaveBeenLastCalledWith(4410, "é".repeat(40));
});
