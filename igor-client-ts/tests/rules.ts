// The rules of the session layer in the hands of a test, which can take one away:
//
//   vi.mock("../src/rules.js", async () => (await import("./rules.js")).rules);

import type * as constants from "../src/rules.js";

/** The name of a rule. */
export type Rule = keyof typeof constants;

/** What the code under test reads instead of its constants. */
export const rules: Record<Rule, boolean> = {
  dropsDuplicates: true,
  closesOnGap: true,
  keepsUntilAcked: true,
  fencesOldSocket: true,
  raisesAttempt: true,
  storesKeyFirst: true,
  awaitsWelcome: true,
  heedsGoodbye: true,
  keepsPage: true,
};

/** Runs something without a rule. */
export async function without<Done>(rule: Rule, run: () => Done): Promise<Awaited<Done>> {
  rules[rule] = false;
  try {
    return await run();
  } finally {
    rules[rule] = true;
  }
}
