// Files of the program in a window: under the page's own origin, where no policy has to name a port.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Core } from "../../src/core.js";
import { desktop } from "../../src/desktop/desktop.js";
import { registerScheme, servePages } from "../../src/electron/scheme.js";
import { files } from "../../src/files/files.js";
import type { Files } from "../../src/files/files.js";
import { startIgor } from "../../src/node/index.js";
import type { Backend } from "../../src/node/index.js";
import { failure } from "../failure.js";
import { contract, program } from "../node/real.js";
import { makeReady, relaunch, schemes } from "./stand_in.js";

// Real programs are started, on machines that may have much else to do.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const origin = "app://chat";
let directory: string;
let backend: Backend | undefined;

beforeEach(async () => {
  relaunch();
  directory = await mkdtemp(join(tmpdir(), "igor-files-"));
});

afterEach(async () => {
  vi.unstubAllGlobals();
  await backend?.stop();
  await rm(directory, { recursive: true });
});

/** An app whose program has a mount; what its page asks of its own scheme goes to the main process. */
async function start(transport: "port" | "pipe"): Promise<Backend> {
  registerScheme(origin);
  makeReady();
  const args = ["files", directory];
  backend = await startIgor({ program, args, contract, transport, instances: "many", readyMs: 60_000 });
  servePages({ origin, directory, backend });
  return backend;
}

/** What the window's handler answers to a page of this origin. */
async function ask(url: string, init: RequestInit = {}, initiatorOrigin: string | undefined = origin): Promise<Response> {
  const request = Object.assign(new Request(url, init), { initiatorOrigin });
  return (await schemes["app"]?.serve?.(request)) as Response;
}

/** The files as a page of the app has them. */
function page(): Files<"notes"> {
  vi.stubGlobal("location", { protocol: "app:", host: "chat" });
  vi.stubGlobal("igorWindow", () => Promise.reject(new Error("files need no socket")));
  vi.stubGlobal("fetch", (url: URL, init: RequestInit) => ask(url.href, init));
  const core = { target: {} } as unknown as Core;
  desktop()(core);
  return (files()(core) as { files: Files<"notes"> }).files;
}

describe.each(["port", "pipe"] as const)("over a %s", (transport) => {
  test("a page writes, reads, links and deletes files of its program", async () => {
    const { token } = await (await start(transport)).address();
    const notes = page();
    const told: unknown[] = [];
    const note = new Blob(["words, and a picture"]);
    const tag = await notes.upload("notes", "a b/c.txt", note, { onProgress: (it) => told.push(it) });
    expect(told.at(-1)).toEqual({ doneBytes: 20, totalBytes: 20 });
    expect(await (await notes.download("notes", "a b/c.txt")).text()).toBe("words, and a picture");
    expect(await failure(notes.upload("notes", "a b/c.txt", "other", { ifNoneMatch: "*" }))).toMatchObject({ data: { status: 412 } });

    const link = await notes.url("notes", "a b/c.txt");
    expect(link).toMatch(/^app:\/\/chat\/files\/notes\/a%20b\/c\.txt\?/);
    expect(link).not.toContain(token);
    const part = await ask(link, { headers: { range: "bytes=11-" } });
    expect([part.status, await part.text()]).toEqual([206, "a picture"]);
    expect(part.headers.get("content-security-policy")).toContain("sandbox");

    const unchanged = await ask(link, { headers: { "if-none-match": tag } });
    expect([unchanged.status, await unchanged.text()]).toEqual([304, ""]);
    await notes.delete("notes", "a b/c.txt", { ifMatch: tag });
    expect(await failure(notes.download("notes", "a b/c.txt"))).toMatchObject({ data: { status: 404 } });
  });
});

test("pages of other origins have no file", async () => {
  await start("port");
  await page().upload("notes", "a.txt", "words");
  for (const other of ["https://evil.example", "null", "app://chat.evil"]) expect((await ask(`${origin}/files/notes/a.txt`, {}, other)).status, other).toBe(403);
  // An Electron that does not say who asks: then the page itself says it of all that changes anything.
  const request = new Request(`${origin}/files/notes/a.txt`, { method: "DELETE", headers: { origin: "https://evil.example" } });
  expect((await schemes["app"]?.serve?.(request))?.status).toBe(403);
});

test("nothing of the program is under the app's origin but its files", async () => {
  await start("port");
  for (const path of ["/igor/metrics", "/igor/schema.json", "/igor/token", "/igor/link/..%2fmetrics", "/files/../igor/metrics"])
    expect((await ask(`${origin}${path}`)).status, path).toBe(404);
});

test("a program that is gone is a bad gateway", async () => {
  await (await start("port")).stop();
  expect((await ask(`${origin}/files/notes/a.txt`)).status).toBe(502);
});
