// The pulse of one socket: times in, verdicts out.

import { expect, it } from "vitest";
import { SocketPulse } from "../src/pulse.js";

it("speaks_after_a_beat_of_silence_of_its_own", () => {
  const pulse = new SocketPulse(1000, 0);
  expect(pulse.dueAtMs).toBe(1000);
  expect(pulse.tick(999)).toBe("rest");
  expect(pulse.tick(1000)).toBe("speak");
  pulse.sent(1000);
  expect(pulse.dueAtMs).toBe(2000);
});

it("gives_up_after_two_beats_of_which_it_could_hear_all", () => {
  const pulse = new SocketPulse(1000, 0);
  pulse.heard(500);
  pulse.sent(2400);
  expect(pulse.dueAtMs).toBe(2500);
  expect(pulse.tick(2499)).toBe("rest");
  expect(pulse.tick(2500)).toBe("give up");
});

it("asks_first_where_nobody_listened_and_gives_up_a_beat_later", () => {
  const pulse = new SocketPulse(1000, 0);
  expect(pulse.tick(60_000)).toBe("ask");
  pulse.sent(60_000);
  expect(pulse.dueAtMs).toBe(61_000);
  expect(pulse.tick(61_000)).toBe("give up");
});

it("goes_on_with_whoever_answers", () => {
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

it("asks_too_after_a_shorter_sleep_because_it_may_have_missed_what_would_have_come", () => {
  const pulse = new SocketPulse(1000, 0);
  expect(pulse.tick(1900)).toBe("ask");
  pulse.sent(1900);
  expect(pulse.tick(2000)).toBe("rest");
  expect(pulse.tick(2899)).toBe("rest");
  expect(pulse.tick(2900)).toBe("give up");
});

it("asks_once_for_each_silence_however_late_its_ticks_are", () => {
  const pulse = new SocketPulse(1000, 0);
  expect(pulse.tick(60_000)).toBe("ask");
  pulse.sent(60_000);
  expect(pulse.tick(120_000)).toBe("give up");
});

it("takes_a_timer_for_late_only_when_it_is_late_by_half_a_beat", () => {
  const pulse = new SocketPulse(1000, 0);
  pulse.sent(1900);
  expect(pulse.tick(2500)).toBe("give up");
});
