// Deadlines and cancels, and what becomes of the work in a real Rust program.

import { expect, it } from "vitest";
import { connectTalk, happened, startTalk } from "./talk.js";

/** Far more than any answer takes. */
const minuteMs = 60_000;

it("an action knows what its caller has left for it", async () => {
  const { igor } = await connectTalk(await startTalk());
  expect(await igor.left()).toBe(null);
  const left = await igor.left({ timeoutMs: minuteMs });
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(minuteMs);
});

it("the callers deadline ends the call and drops its work", async () => {
  const { igor } = await connectTalk(await startTalk());
  await expect(igor.hold({ timeoutMs: 20 })).rejects.toMatchObject({ code: "deadline_exceeded" });
  await happened(igor, "hold");
});

it("an actions own deadline ends the call and drops its work", async () => {
  const { igor } = await connectTalk(await startTalk());
  await expect(igor.holdShort()).rejects.toMatchObject({ code: "deadline_exceeded" });
  await happened(igor, "hold_short");
});

it("whichever way a call is cancelled its guards run", async () => {
  const { igor } = await connectTalk(await startTalk());
  const held = igor.hold();
  await igor.echo("");
  held.cancel();
  await expect(held).rejects.toMatchObject({ code: "cancelled" });
  await happened(igor, "hold", 1);

  const aborter = new AbortController();
  const aborted = igor.hold({ signal: aborter.signal });
  await igor.echo("");
  aborter.abort();
  await expect(aborted).rejects.toMatchObject({ code: "cancelled" });
  await happened(igor, "hold", 2);

  for await (const item of igor.endless()) if (item === 3) break;
  await happened(igor, "endless");
});

it("a client that closes leaves no work behind", async () => {
  const backend = await startTalk(1);
  const [{ igor: ada }, { igor: ben }] = [await connectTalk(backend), await connectTalk(backend)];
  const held = ben.hold();
  await ben.echo("");
  ben.close();
  await expect(held).rejects.toMatchObject({ code: "cancelled" });
  await happened(ada, "hold");
});

it("work that must finish outlives its call", async () => {
  const { igor } = await connectTalk(await startTalk());
  const finishing = igor.finish();
  await happened(igor, "finishing");
  finishing.cancel();
  await expect(finishing).rejects.toMatchObject({ code: "cancelled" });
  expect(await igor.noted("finished")).toBe(0);
  await igor.allow(1);
  await happened(igor, "finished");
});

it("a function that blocks sees that nobody waits", async () => {
  const { igor } = await connectTalk(await startTalk());
  const working = igor.work();
  await happened(igor, "working");
  working.cancel();
  await expect(working).rejects.toMatchObject({ code: "cancelled" });
  await happened(igor, "stopped working");
});
