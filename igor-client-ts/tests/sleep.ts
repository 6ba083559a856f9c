// A machine that sleeps.

import { vi } from "vitest";

/** Lets time pass in which no timer runs. `vi.restoreAllMocks()` undoes it. */
export function sleep(ms: number): void {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + ms);
}
