import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/e2e/**"],
    // A test that hangs is a bug found, not a wait.
    testTimeout: 10_000,
  },
});
