import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    // The binary of Electron is not there; what stands in for it behaves as its documentation says.
    alias: { electron: fileURLToPath(new URL("tests/electron/stand_in.ts", import.meta.url)) },
    include: ["tests/**/*.test.ts"],
    exclude: ["tests/e2e/**"],
    // Finds a test that hangs, also on a machine that is busy; no test waits for it.
    testTimeout: 120_000,
  },
});
