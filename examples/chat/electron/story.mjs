// The app's story in a real Electron: `npm run story`. It needs one that is installed, or the folder of one in
// `ELECTRON_OVERRIDE_DIST_PATH`. It finds the Rust program by `/proc`, and so runs on Linux.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { _electron } from "playwright-core";

const here = fileURLToPath(new URL(".", import.meta.url));
const executablePath = /** @type {string} */ (createRequire(import.meta.url)("electron"));

const picture = fileURLToPath(new URL("../../../docs/chat.png", import.meta.url));

/** The processes that this one has started. */
const children = (/** @type {number | undefined} */ pid) =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);

/** The number of the Rust program; the app has other children. */
const programOf = (/** @type {number | undefined} */ pid) =>
  children(pid).find((child) => readFileSync(`/proc/${child}/comm`, "utf8").trim() === "example-chat");

for (const transport of ["port", "pipe"]) {
  const env = /** @type {Record<string, string>} */ ({ ...process.env, IGOR_TRANSPORT: transport });
  const app = await _electron.launch({ executablePath, args: [here], cwd: here, env, timeout: 600_000 });
  const page = await app.firstWindow();
  assert.equal(new URL(page.url()).protocol, "app:");
  assert.deepEqual(await page.evaluate(() => ["require", "process", "module"].filter((name) => name in globalThis)), []);

  await page.getByLabel("Your name").fill(`Story ${transport}`);
  await page.keyboard.press("Enter");
  await page.locator("body[data-state=here]").waitFor();

  const say = async (/** @type {string} */ text) => {
    await page.getByLabel("Your line").fill(text);
    await page.keyboard.press("Enter");
    await page.getByRole("log").getByText(text, { exact: true }).last().waitFor();
  };
  await say(`before the crash, over a ${transport}`);

  const chosen = page.waitForEvent("filechooser");
  await page.getByRole("button", { name: "Show a picture" }).click();
  await (await chosen).setFiles(picture);
  await page.locator("#tray").getByText("chat.png is ready").waitFor();
  const words = `a picture, over a ${transport}`;
  await say(words);
  await page.waitForFunction((alt) => [...document.images].findLast((image) => image.alt === alt)?.naturalWidth, words);

  const program = programOf(app.process().pid);
  assert.ok(program, "the Rust program runs");
  process.kill(program, "SIGKILL");
  await page.locator("body[data-state=away]").waitFor();
  await page.locator("body[data-state=here]").waitFor();
  await say(`after it, over a ${transport}`);

  const again = programOf(app.process().pid);
  assert.ok(again && again !== program, "another one runs");
  await app.close();
  for (let tries = 0; tries < 100; tries += 1) {
    try {
      process.kill(again, 0);
    } catch {
      break;
    }
    await wait(100);
    assert.ok(tries < 99, "it ended with the app");
  }
  console.log(`over a ${transport}: it starts, talks, comes back after a crash, and ends with the app`);
}
