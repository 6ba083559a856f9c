// Who a client is, what it may call, and how often, as a real Rust program decides.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";
import { afterEach, expect, it } from "vitest";
import { WebSocket } from "ws";
import type { Call, Client, ConnectOptions } from "../../src/index.js";
import { pathOf } from "../program.js";
import { connectTalk, happened, startTalk } from "./talk.js";

it("a guard refuses by the actions own error until it lets through", async () => {
  const { igor } = await connectTalk(await startTalk());
  expect(await igor.pass().result()).toEqual({ ok: false, error: { price: 3 } });
  await igor.pay();
  expect(await igor.pass().result()).toEqual({ ok: true, value: true });
});

it("a call over the rate says when to try again", async () => {
  const { igor } = await connectTalk(await startTalk());
  await Promise.all([igor.rare(), igor.rare()]);
  const refused = await igor.rare().catch((error: unknown) => error);
  expect(refused).toMatchObject({ code: "overloaded", retryAfterMs: expect.any(Number) });
});

it("a call beside which no other may run makes room when it ends", async () => {
  const { igor } = await connectTalk(await startTalk());
  const first = igor.alone();
  await happened(igor, "alone");
  await expect(igor.alone()).rejects.toMatchObject({ code: "overloaded" });
  first.cancel();
  await expect(first).rejects.toMatchObject({ code: "cancelled" });
  // Its place is free a moment after it was dropped.
  for (let isRefused = true; isRefused; ) {
    const next = igor.alone();
    const refused = next.catch((error: unknown) => error);
    isRefused = (await Promise.race([refused, happened(igor, "alone", 2)])) !== undefined;
    next.cancel();
  }
});

it("a layer sees every call and may refuse it", async () => {
  const { igor } = await connectTalk(await startTalk());
  await igor.echo("hello");
  expect(await igor.noted("echoed")).toBe(1);
  await expect(igor.closed()).rejects.toMatchObject({ code: "forbidden", message: expect.stringContaining("closed for the night") });
});

/** What the client has that the program writes. */
interface Who {
  who: { amI(): Call<string>; secret(): Call<string> };
}

type ConnectWho = (url: string, options: ConnectOptions) => Client<object> & Who;

const endings: (() => unknown)[] = [];
afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** Starts a program that finds out itself who its clients are, and gives its client, under any name. */
async function startWho(): Promise<(name?: string) => Client<object> & Who> {
  const folder = await mkdtemp(join(tmpdir(), "igor-who-"));
  endings.push(() => rm(folder, { recursive: true }));
  await writeFile(join(folder, "package.json"), '{ "type": "module" }');
  const path = join(folder, "igor-client.js");
  const started = spawn(pathOf("who-server"), [path], { stdio: ["pipe", "pipe", "ignore"] });
  endings.push(() => started.stdin.end()); // It ends then.
  const [address] = (await once(createInterface(started.stdout), "line")) as [string];
  const { connect } = (await import(pathToFileURL(path).href)) as { connect: ConnectWho };
  return (name) => {
    const igor = connect(`ws://${address}/`, { WebSocket, name });
    endings.push(() => igor.close());
    return igor;
  };
}

it("the program knows its clients and lets each call what it may", async () => {
  const connect = await startWho();
  const [ann, bert] = [connect("ann"), connect("bert")];
  expect([await ann.who.amI(), await bert.who.amI()]).toEqual(["ann", "bert"]);
  expect(await ann.who.secret()).toBe("the key is under the mat");
  await expect(bert.who.secret()).rejects.toMatchObject({ code: "forbidden", message: expect.stringContaining("may not call `who.secret`") });
});

it("whom the program does not know is told so for good", async () => {
  const nobody = (await startWho())();
  await expect(nobody.who.amI()).rejects.toMatchObject({ code: "unauthorized", message: expect.stringContaining("say who you are") });
  expect(nobody.status).toBe("lost");
});
