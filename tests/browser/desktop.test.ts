// The chat's page as a desktop window has it: built elsewhere, under a policy, finding its program by asking.

import { createServer } from "node:http";
import type { Server } from "node:http";
import { readFile, mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { startIgor } from "../../igor-client-ts/src/node/index.js";
import { contentSecurityPolicy } from "../../igor-client-ts/src/electron/policy.js";
import { contract } from "../../examples/chat/ui/igor-client.js";
import { ChatPage, useBrowser } from "./browser.js";
import { binary } from "./server.js";

const ui = fileURLToPath(new URL("../../examples/chat/ui/", import.meta.url));
const types: Record<string, string> = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml" };

const newUser = useBrowser();
let pages: Server;
let origin = "";
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  pages = createServer((request, response) => {
    const name = request.url === "/" ? "index.html" : (request.url ?? "").slice(1);
    readFile(join(ui, name)).then(
      (text) => {
        const headers = { "content-type": types[extname(name)] ?? "", "content-security-policy": contentSecurityPolicy };
        response.writeHead(200, headers).end(text);
      },
      () => response.writeHead(404).end(),
    );
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => pages.once("listening", resolve));
  origin = `http://127.0.0.1:${(pages.address() as AddressInfo).port}`;
});

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

afterAll(() => pages.close());

test("the page finds its program, also when that was started again at another port", async () => {
  const directory = await mkdtemp(join(tmpdir(), "igor-desktop-"));
  endings.push(() => rm(directory, { recursive: true, force: true }));
  const args = ["--data", join(directory, "chat.sqlite"), "--quiet", "100000"];
  const start = async () => {
    const backend = await startIgor({ program: binary, args, origins: [origin], contract, instances: "many", readyMs: 60_000 });
    endings.push(() => backend.stop());
    return backend;
  };
  let backend = await start();
  const before = await backend.address();

  const context = await newUser();
  const page = await context.newPage();
  // In the place of the preload: one function, which asks.
  await page.exposeFunction("igorWindow", () => backend.address());
  const chat = new ChatPage(page);
  await page.goto(origin);
  await chat.introduce("Ada");
  await chat.isIn("lobby");
  await chat.say("before");
  await chat.sees("before");

  await backend.stop();
  await page.locator("body[data-state=away]").waitFor();
  backend = await start();
  expect(await backend.address()).not.toEqual(before);
  await chat.isIn("lobby");
  await chat.say("after");
  await chat.sees("after");
  expect(chat.errors).toEqual([]);
});

test("the policy lets the page reach its program and nothing else", async () => {
  const context = await newUser();
  const page = await context.newPage();
  await page.goto(origin);
  const refused = (url: string) =>
    page.evaluate((to) => {
      const violated = new Promise((resolve) => addEventListener("securitypolicyviolation", () => resolve(true), { once: true }));
      const socket = new WebSocket(to);
      const tried = new Promise((resolve) => socket.addEventListener("error", () => setTimeout(() => resolve(false))));
      return Promise.race([violated, tried]);
    }, url);
  expect(await refused("ws://127.0.0.1:9")).toBe(false);
  expect(await refused("ws://localhost:9")).toBe(true);
  expect(await refused("wss://evil.example")).toBe(true);
});
