// The same clients in a page of headless Chromium; the time is that of the page's own thread.

import { build } from "esbuild";
import { chromium } from "playwright-core";

/** A browser, and what measures a client in a new page of it. */
export async function launch() {
  const [{ text: script }] = (
    await build({
      entryPoints: [new URL("work.mjs", import.meta.url).pathname],
      bundle: true,
      minify: true,
      format: "iife",
      globalName: "work",
      platform: "browser",
      write: false,
    })
  ).outputFiles;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      // The page is made here and comes from no address, so that the browser would ask whether it may reach this machine.
      "--disable-features=LocalNetworkAccessChecks",
    ],
  });
  return {
    measure: (name, port, calls, events) => measure(browser, script, name, port, { calls, events }),
    close: () => browser.close(),
  };
}

async function measure(browser, script, name, port, totals) {
  const page = await browser.newPage();
  // The page has the origin of its server, which igor checks; nothing of it is fetched.
  await page.route("**/*", (route) => route.fulfill({ contentType: "text/html", body: "<!doctype html>" }));
  await page.goto(`http://127.0.0.1:${port}/`);
  await page.addScriptTag({ content: script });
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Performance.enable");
  await page.evaluate(async ([name, port]) => {
    window.client = await work.start(name, port, WebSocket);
  }, [name, port]);
  const found = {};
  for (const [kind, total] of Object.entries(totals)) {
    const run = (count) => page.evaluate(([kind, count]) => window.client[kind](count), [kind, count]);
    await run(total / 4);
    const before = await threadSeconds(devtools);
    const wallMs = await run(total);
    const cpu = ((await threadSeconds(devtools)) - before) * 1e6;
    found[kind] = { cpu: cpu / total, wall: (wallMs * 1000) / total };
  }
  await page.close();
  return found;
}

async function threadSeconds(devtools) {
  const { metrics } = await devtools.send("Performance.getMetrics");
  return metrics.find(({ name }) => name === "ThreadTime").value;
}
