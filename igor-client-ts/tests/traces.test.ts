// Traces: what a call says of its trace, and where that stands in its frame.

import { expect, it, vi } from "vitest";
import { exact } from "../src/exact/exact.js";
import { open } from "../src/index.js";
import type { Call, Caller, Client } from "../src/index.js";
import { traces } from "../src/traces/traces.js";
import type { Traced, TracedOptions } from "../src/traces/traces.js";
import { server, settled, useFakeServer } from "./fake_server.js";

interface Actions {
  put(data: unknown, options?: TracedOptions): Call<unknown>;
}

useFakeServer();

/** A client that is welcome, whose calls say their trace. */
async function connected(): Promise<Client<object> & Actions & Traced> {
  const actions = (call: Caller): Actions => ({ put: (data, options) => call.value("put", data, options) });
  const contract = { hash: "9f2c41d0a5b6e7f8", names: {} };
  const modules = [exact(["put"]), traces()];
  const igor = open<object, Actions>(contract, actions, "ws://127.0.0.1", { WebSocket: server.WebSocket }, modules);
  await settled();
  server.socket.welcome();
  return igor as typeof igor & Traced;
}

/** The latest frame, from its data on. */
const data = (): string => server.socket.texts.at(-1)?.replace(/.*"put",?/, "") ?? "";

it("stands behind the data of its call alone", async () => {
  const igor = await connected();
  void igor.put({ a: 1 }, { traceparent: "00-a" });
  expect(data()).toBe('"data":{"a":1},"traceparent":"00-a"}');
  void igor.put({ a: 1 });
  expect(data()).toBe('"data":{"a":1}}');
  void igor.put({ a: 1 }, { timeoutMs: 5000, traceparent: undefined });
  expect(data()).toBe('"deadlineMs":5000,"data":{"a":1}}');
});

it("stands behind null where there is no data", async () => {
  const igor = await connected();
  void igor.put(undefined, { traceparent: "00-a" });
  expect(data()).toBe('"data":null,"traceparent":"00-a"}');
  void igor.put(undefined);
  expect(data()).toBe("}");
});

it("stands in a binary frame too", async () => {
  const igor = await connected();
  void igor.put(Uint8Array.of(1, 2), { traceparent: "00-a" });
  expect(data()).toBe('"data":{"$bin":0},"bin":[2],"traceparent":"00-a"}');
  expect([...(server.socket.messages.at(-1) as Uint8Array).slice(-2)]).toEqual([1, 2]);
});

it("is asked for as a call is made that says none", async () => {
  const igor = await connected();
  const asked: string[] = [];
  igor.traceBy((action) => `00-${asked.push(action)}`);
  void igor.put(1);
  expect(data()).toBe('"data":1,"traceparent":"00-1"}');
  void igor.put(1, { traceparent: "00-own" });
  expect(data()).toBe('"data":1,"traceparent":"00-own"}');
  expect(asked).toEqual(["put"]);
  igor.traceBy(() => undefined);
  void igor.put(1);
  expect(data()).toBe('"data":1}');
});

it("fails no call where it cannot be told", async () => {
  const igor = await connected();
  const logged = vi.spyOn(console, "error").mockImplementation(() => {});
  const thrown = new TypeError("no context");
  igor.traceBy(() => {
    throw thrown;
  });
  void igor.put(1);
  expect(data()).toBe('"data":1}');
  expect(logged.mock.calls.flat()).toContain(thrown);
});

it("is that of its own call whatever is called while its data is written", async () => {
  const igor = await connected();
  const nested = {
    toJSON() {
      void igor.put("inner", { traceparent: "00-inner" });
      return "outer";
    },
  };
  void igor.put(nested, { traceparent: "00-outer" });
  expect(server.socket.texts.slice(-2).map((text) => text.replace(/.*"put",/, ""))).toEqual([
    '"data":"inner","traceparent":"00-inner"}',
    '"data":"outer","traceparent":"00-outer"}',
  ]);
  const broken = { toJSON: () => { throw new Error("broken"); } };
  await expect(igor.put(broken, { traceparent: "00-a" })).rejects.toMatchObject({ code: "unsendable" });
  void igor.put(1);
  expect(data()).toBe('"data":1}');
});

it("goes with a call that is sent again", async () => {
  const igor = await connected();
  server.socket.drop();
  void igor.put(1, { traceparent: "00-a" });
  await server.reconnected();
  expect(data()).toBe('"data":1,"traceparent":"00-a"}');
});
