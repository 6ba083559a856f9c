// The pulse of one socket: times in, verdicts out.

import { expect, it } from "vitest";
import { SocketPulse } from "../src/pulse.js";

it("speaks after a beat of silence of its own", () => {
  const pulse = new SocketPulse(1000, 0);
  expect(pulse.dueAtMs).toBe(1000);
  expect(pulse.tick(999)).toBe("rest");
  expect(pulse.tick(1000)).toBe("speak");
  pulse.sent(1000);
  expect(pulse.dueAtMs).toBe(2000);
});

it("gives up after two beats of which it could hear all", () => {
  const pulse = new SocketPulse(1000, 0);
  pulse.heard(500);
  pulse.sent(2400);
  expect(pulse.dueAtMs).toBe(2500);
  expect(pulse.tick(2499)).toBe("rest");
  expect(pulse.tick(2500)).toBe("give up");
});

it("asks first where nobody listened and gives up a beat later", () => {
  const pulse = new SocketPulse(1000, 0);
  expect(pulse.tick(60_000)).toBe("ask");
  pulse.sent(60_000);
  expect(pulse.dueAtMs).toBe(61_000);
  expect(pulse.tick(61_000)).toBe("give up");
});

it("goes on with whoever answers", () => {
  const pulse = new SocketPulse(1000, 0);
  expect(pulse.tick(60_000)).toBe("ask");
  pulse.sent(60_000);
  pulse.heard(60_010);
  expect(pulse.tick(61_000)).toBe("speak");
  pulse.sent(61_000);
  expect(pulse.tick(62_000)).toBe("speak");
  pulse.sent(62_000);
  expect(pulse.dueAtMs).toBe(62_010);
});

it("asks too after a shorter sleep because it may have missed what would have come", () => {
  const pulse = new SocketPulse(1000, 0);
  expect(pulse.tick(1900)).toBe("ask");
  pulse.sent(1900);
  expect(pulse.tick(2000)).toBe("rest");
  expect(pulse.tick(2899)).toBe("rest");
  expect(pulse.tick(2900)).toBe("give up");
});

it("asks once for each silence however late its ticks are", () => {
  const pulse = new SocketPulse(1000, 0);
  expect(pulse.tick(60_000)).toBe("ask");
  pulse.sent(60_000);
  expect(pulse.tick(120_000)).toBe("give up");
});

it("takes a timer for late only when it is late by half a beat", () => {
  const pulse = new SocketPulse(1000, 0);
  pulse.sent(1900);
  expect(pulse.tick(2500)).toBe("give up");
});
