// Deadlines and cancels, and what becomes of the work in a real Rust program.

import { expect, it } from "vitest";
import { connectTalk, happened, startTalk } from "./talk.js";

/** Far more than any answer takes. */
const minuteMs = 60_000;

it("an_action_knows_what_its_caller_has_left_for_it", async () => {
  const { igor } = await connectTalk(await startTalk());
  expect(await igor.left()).toBe(null);
  const left = await igor.left({ timeoutMs: minuteMs });
  expect(left).toBeGreaterThan(0);
  expect(left).toBeLessThanOrEqual(minuteMs);
});

it("the_callers_deadline_ends_the_call_and_drops_its_work", async () => {
  const { igor } = await connectTalk(await startTalk());
  await expect(igor.hold({ timeoutMs: 20 })).rejects.toMatchObject({ code: "deadline_exceeded" });
  await happened(igor, "hold");
});

it("an_actions_own_deadline_ends_the_call_and_drops_its_work", async () => {
  const { igor } = await connectTalk(await startTalk());
  await expect(igor.holdShort()).rejects.toMatchObject({ code: "deadline_exceeded" });
  await happened(igor, "hold_short");
});

it("whichever_way_a_call_is_cancelled_its_guards_run", async () => {
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

it("a_client_that_closes_leaves_no_work_behind", async () => {
  const backend = await startTalk(1);
  const [{ igor: ada }, { igor: ben }] = [await connectTalk(backend), await connectTalk(backend)];
  const held = ben.hold();
  await ben.echo("");
  ben.close();
  await expect(held).rejects.toMatchObject({ code: "cancelled" });
  await happened(ada, "hold");
});

it("work_that_must_finish_outlives_its_call", async () => {
  const { igor } = await connectTalk(await startTalk());
  const finishing = igor.finish();
  await happened(igor, "finishing");
  finishing.cancel();
  await expect(finishing).rejects.toMatchObject({ code: "cancelled" });
  expect(await igor.noted("finished")).toBe(0);
  await igor.allow(1);
  await happened(igor, "finished");
});

it("a_function_that_blocks_sees_that_nobody_waits", async () => {
  const { igor } = await connectTalk(await startTalk());
  const working = igor.work();
  await happened(igor, "working");
  working.cancel();
  await expect(working).rejects.toMatchObject({ code: "cancelled" });
  await happened(igor, "stopped working");
});
