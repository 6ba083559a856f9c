// The chat's page as a desktop window has it: built elsewhere, under a policy, finding its program by asking.

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { readFile, mkdtemp, rm } from "node:fs/promises";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { forward, isForwarded } from "../../igor-client-ts/src/node/forward.js";
import { startIgor } from "../../igor-client-ts/src/node/index.js";
import type { Backend } from "../../igor-client-ts/src/node/index.js";
import { contentSecurityPolicy } from "../../igor-client-ts/src/electron/policy.js";
import { contract } from "../../examples/chat/ui/igor-client.js";
import { ChatPage, useBrowser } from "./browser.js";
import { sunset, writeImage } from "./image.js";
import { binary } from "./server.js";

const ui = fileURLToPath(new URL("../../examples/chat/ui/", import.meta.url));
const types: Record<string, string> = { ".css": "text/css", ".html": "text/html", ".js": "text/javascript", ".svg": "image/svg+xml" };

const newUser = useBrowser();
let pages: Server;
let origin = "";
let backend: Backend;
const endings: (() => unknown)[] = [];

beforeAll(async () => {
  // What the handler of the app's own scheme does in a window.
  pages = createServer((request, response) => {
    if (isForwarded(new URL(request.url ?? "", origin).pathname)) return void handOn(request, response);
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

async function ownDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "igor-desktop-"));
  endings.push(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Starts the program, with its files in this directory. */
async function start(directory: string): Promise<void> {
  const args = ["--data", join(directory, "chat.sqlite"), "--quiet", "100000"];
  const started = await startIgor({ program: binary, args, origins: [origin], contract, instances: "many", readyMs: 60_000 });
  endings.push(() => started.stop());
  backend = started;
}

/** A page in its window. */
async function enter(): Promise<ChatPage> {
  const page = await (await newUser()).newPage();
  // In the place of the preload: one function, which asks.
  await page.exposeFunction("igorWindow", () => backend.address());
  const chat = new ChatPage(page);
  await page.goto(origin);
  await chat.introduce("Ada");
  await chat.isIn("lobby");
  return chat;
}

async function handOn(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = "", url = "", headers } = request;
  const body = method === "GET" ? null : await buffer(request);
  const asked = new Request(new URL(url, origin), { method, headers: headers as Record<string, string>, body });
  const answered = await forward(asked, await backend.address());
  response.writeHead(answered.status, Object.fromEntries(answered.headers)).end(Buffer.from(await answered.arrayBuffer()));
}

test("the page finds its program, also when that was started again at another port", async () => {
  const directory = await ownDirectory();
  await start(directory);
  const before = await backend.address();
  const chat = await enter();
  await chat.say("before");
  await chat.sees("before");

  await backend.stop();
  await chat.page.locator("body[data-state=away]").waitFor();
  await start(directory);
  expect(await backend.address()).not.toEqual(before);
  await chat.isIn("lobby");
  await chat.say("after");
  await chat.sees("after");
  expect(chat.errors).toEqual([]);
});

test("a picture is shown, which the page has from its own origin and without a token", async () => {
  const directory = await ownDirectory();
  await start(directory);
  await writeImage(join(directory, "sunset.png"), 320, 240, sunset);
  const chat = await enter();
  const asked: string[] = [];
  chat.page.on("request", (request) => asked.push(request.url(), JSON.stringify(request.headers())));
  await chat.drop(join(directory, "sunset.png"));
  await chat.tray.getByText("sunset.png is ready").waitFor();
  await chat.say("Look");
  expect(await chat.seesPicture("Look")).toEqual([320, 240]);
  const { token, url } = await backend.address();
  expect(asked.filter((text) => text.includes(token) || text.includes(new URL(url).host))).toEqual([]);
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
