// Who a real browser lets knock at the server, and whom the server lets in: pages that are not its own know the token
// here, and where the server is, and still hear nothing from it.

import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import type { Frame, Page } from "playwright-core";
import { expect, test } from "vitest";

import { ChatPage, useBrowser } from "./browser.js";
import { ChatServer } from "./server.js";

/** A name that an attacker has pointed at this machine. */
const rebound = "rebound.example";

const newUser = useBrowser(`--host-resolver-rules=MAP ${rebound} 127.0.0.1`);

/** Somebody's site on another port of this machine. */
class Site implements AsyncDisposable {
  readonly #server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end("<!doctype html><title>Cats</title>");
  });

  static async start(): Promise<Site> {
    const site = new Site();
    site.#server.listen(0, "127.0.0.1");
    await once(site.#server, "listening");
    return site;
  }

  at(host: string): string {
    return `http://${host}:${(this.#server.address() as AddressInfo).port}/`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

/** Opens a socket from a page with the token, says hello, and tells the server's first word. */
function knock(page: Page | Frame, url: string, token: string): Promise<string> {
  return page.evaluate(
    ([url, token]) =>
      new Promise<string>((resolve) => {
        const shown = btoa(token).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
        const socket = new WebSocket(url, ["igor.1", `igor.token.${shown}`]);
        const word = crypto.getRandomValues(new Uint32Array(4)).join("-").padEnd(43, "-");
        const data = { session: word, key: word, page: word, attempt: 1, contract: "", ring: 1_000_000 };
        socket.onopen = () => socket.send(JSON.stringify({ action: "igor.hello", data }));
        socket.onmessage = (message) => resolve(String(JSON.parse(String(message.data)).action));
        socket.onclose = (closed) => resolve(`closed with ${closed.code}`);
      }),
    [url, token] as const,
  );
}

/** Opens a socket as pages of the ancestor do, which can show no token, calls something, and tells the first word. */
function knockAsAncestor(page: Page, url: string): Promise<string> {
  return page.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(url);
        socket.onopen = () => socket.send(JSON.stringify({ streamId: 1, action: "chat.rooms" }));
        socket.onmessage = (message) => resolve(String(message.data));
        socket.onclose = (closed) => resolve(`closed with ${closed.code}`);
      }),
    url,
  );
}

/** What a page can read of the server by other means: nothing, if all is well. */
function read(page: Page | Frame, origin: string): Promise<string[]> {
  return page.evaluate(async (origin) => {
    const json = { "content-type": "application/json" };
    const body = JSON.stringify({ code: "guess" });
    const attempts = [
      fetch(origin),
      fetch(`${origin}/igor/token`, { method: "POST", headers: json, body }),
      fetch(`${origin}/igor/token`, { method: "POST", body }),
    ];
    const texts: string[] = [];
    for (const attempt of attempts) {
      const text = await attempt.then((response) => response.text()).catch(() => undefined);
      if (text !== undefined) texts.push(text);
    }
    return texts;
  }, origin);
}

/** Where the own page of a server keeps its token. */
function keptOf(server: ChatServer): string {
  return `igor.token ${server.origin.replace("http", "ws")}/`;
}

/** The token of the server, which its own page was given, and where its socket is. */
async function tokenOf(server: ChatServer): Promise<[url: string, token: string]> {
  const own = await ChatPage.open(await newUser(), server);
  await own.introduction.waitFor();
  const token = await own.page.waitForFunction((kept) => localStorage.getItem(kept), keptOf(server));
  const url = server.origin.replace("http", "ws");
  // What is shown to the hostile pages below is right.
  expect(await knock(own.page, url, String(await token.jsonValue()))).toBe("igor.welcome");
  return [url, String(await token.jsonValue())];
}

/** Waits until the server has logged that it refused this: so it was the gate, and not the browser. */
async function isRefused(server: ChatServer, what: string): Promise<void> {
  await expect.poll(() => server.log, { timeout: 90_000 }).toMatch(new RegExp(`refused at the gate.*${what}`));
}

test("the own page is let in at the first click of the link, and after a reload", async () => {
  await using server = await ChatServer.start();
  const own = await ChatPage.enter(await newUser(), server, "Ada");
  expect(new URL(own.page.url()).hash).toBe("");
  await own.page.reload();
  await own.isIn("lobby");
});

test("a link that was used is no way in for another browser", async () => {
  await using server = await ChatServer.start();
  await ChatPage.enter(await newUser(), server, "Ada");
  const late = await ChatPage.open(await newUser(), server);
  await isRefused(server, "no token, or a wrong one");
  expect(await late.page.evaluate((kept) => localStorage.getItem(kept), keptOf(server))).toBeNull();
});

test("a page that offers no subprotocol shows no token, and hears nothing", async () => {
  await using server = await ChatServer.start();
  await using site = await Site.start();
  const [url] = await tokenOf(server);
  const own = await (await newUser()).newPage();
  await own.goto(server.origin);
  expect(await knockAsAncestor(own, url)).toBe("closed with 4401");
  await own.goto(site.at("localhost"));
  expect(await knockAsAncestor(own, url)).toBe("closed with 1006");
  await isRefused(server, "not an origin.*localhost:");
});

test("a page on another port hears nothing", async () => {
  await using server = await ChatServer.start();
  await using site = await Site.start();
  const [url, token] = await tokenOf(server);
  const page = await (await newUser()).newPage();
  for (const host of ["127.0.0.1", "localhost"]) {
    await page.goto(site.at(host));
    expect(await knock(page, url, token)).toBe("closed with 1006");
    expect(await read(page, server.origin)).toEqual([]);
    await isRefused(server, `not an origin.*${host}:`);
  }
});

test("a page from a file hears nothing", async () => {
  await using server = await ChatServer.start();
  const [url, token] = await tokenOf(server);
  const directory = await mkdtemp(join(tmpdir(), "igor-hostile-"));
  try {
    const file = join(directory, "cats.html");
    await writeFile(file, "<!doctype html><title>Cats</title>");
    const page = await (await newUser()).newPage();
    await page.goto(pathToFileURL(file).href);
    expect(await knock(page, url, token)).toBe("closed with 1006");
    expect(await read(page, server.origin)).toEqual([]);
    await isRefused(server, "not an origin.*(null|file://)");
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("a sandboxed frame of a page on another port hears nothing", async () => {
  await using server = await ChatServer.start();
  await using site = await Site.start();
  const [url, token] = await tokenOf(server);
  const page = await (await newUser()).newPage();
  await page.goto(site.at("127.0.0.1"));
  await page.setContent('<iframe sandbox="allow-scripts" srcdoc="<title>Cats</title>"></iframe>');
  const frame = page.frames()[1];
  if (!frame) throw new Error("no frame");
  await frame.waitForLoadState();
  expect(await frame.evaluate(() => origin)).toBe("null");
  expect(await knock(frame, url, token)).toBe("closed with 1006");
  expect(await read(frame, server.origin)).toEqual([]);
  await isRefused(server, "not an origin.*null");
});

test("a page whose name was pointed at this machine hears nothing, although its browser believes it to be at home", async () => {
  await using server = await ChatServer.start();
  const [, token] = await tokenOf(server);
  const page = await (await newUser()).newPage();
  const origin = server.origin.replace("127.0.0.1", rebound);
  const response = await page.goto(origin);
  expect(response?.status()).toBe(421);
  expect(await knock(page, origin.replace("http", "ws"), token)).toBe("closed with 1006");
  expect(new Set(await read(page, origin))).toEqual(new Set(["Misdirected Request"]));
  await isRefused(server, `not a host.*${rebound}`);
});
