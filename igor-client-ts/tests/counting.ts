// Events that count, and who hears them.

import type { WireFrame } from "../src/protocol.js";
import type { Igor } from "./fixtures/generated.js";

/** The frame of an event. */
export function event(counter: number): WireFrame {
  return { action: "counter_increment", data: { counter } };
}

/** What a client hears from now on, one after the other. */
export function heard(igor: Igor): number[] {
  const counters: number[] = [];
  igor.on("counter_increment", ({ counter }) => counters.push(counter));
  return counters;
}
