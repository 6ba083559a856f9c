// Traces, from the page to an action of a real Rust program.

import { expect, it } from "vitest";
import { connectTalk, startTalk } from "./talk.js";

const own = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
const general = "00-11111111111111111111111111111111-2222222222222222-00";

it("an action knows the trace that its caller said", async () => {
  const { igor } = await connectTalk(await startTalk());
  expect(await igor.trace()).toBe(null);
  expect(await igor.trace({ traceparent: own })).toBe(own);
  igor.traceBy((action) => (action === "talk.trace" ? general : undefined));
  expect(await igor.trace()).toBe(general);
  expect(await igor.trace({ traceparent: own })).toBe(own);
});

it("what is no trace is none and the call runs", async () => {
  const { igor } = await connectTalk(await startTalk());
  for (const odd of ["", "00", own.toUpperCase(), `${own}-00`, own.replace("00-", "ff-"), '","data":7,"x":"', "é"]) {
    expect(await igor.trace({ traceparent: odd }), odd).toBe(null);
  }
});

it("a trace goes with an input and over a lost socket", async () => {
  const { igor, network } = await connectTalk(await startTalk());
  igor.traceBy(() => general);
  expect(await igor.sum([40, 2])).toBe(42);
  network.fail();
  const late = igor.trace({ traceparent: own });
  network.recover();
  expect(await late).toBe(own);
});
