// The chat over a network that fails: who loses it, who gets what, and who reads anything again.

import { setTimeout as sleep } from "node:timers/promises";
import { expect, test } from "vitest";

import { ChatPage, useBrowser } from "./browser.js";
import { Network } from "./network.js";
import { ChatServer } from "./server.js";

/** Half of what the server waits for a page that is away. */
const OUTAGE_MS = 5_000;

const newUser = useBrowser();

/** Ada beside the server, and Ben, who reaches it over the network. */
async function adaAndBen(server: ChatServer, network: Network): Promise<[ChatPage, ChatPage]> {
  const far = await newUser({ network });
  const ben = await ChatPage.enter(far, server, "Ben");
  const near = await newUser({ storageState: await far.storageState() });
  const ada = await ChatPage.enter(near, server, "Ada");
  await ada.say("Can you hear me?");
  await ben.sees("Can you hear me?");
  return [ada, ben];
}

test.each(["broken", "half-open"] as const)("what is said on both sides of a %s network is shown once, in one order", async (outage) => {
  await using server = await ChatServer.start();
  await using network = await Network.start();
  const [ada, ben] = await adaAndBen(server, network);
  const before = ben.asked.length;

  network.fail(outage);
  const isOver = sleep(OUTAGE_MS);
  const [adas, bens] = ["Ada", "Ben"].map((who) => ["one", "two", "three"].map((what) => `${who} says ${what}`));
  for (const text of adas!) await ada.say(text);
  for (const text of bens!) await ben.say(text);
  for (const text of adas!) await ada.sees(text);
  await isOver;
  expect(await ben.lines()).toEqual(["Can you hear me?"]);
  expect(await ben.unsaid.allTextContents()).toEqual(bens);
  network.recover();

  for (const text of [...adas!, ...bens!]) for (const chat of [ada, ben]) await chat.sees(text);
  const shown = await ada.lines();
  expect(await ben.lines()).toEqual(shown);
  expect(shown).toHaveLength(7);
  expect(shown.filter((text) => text.startsWith("Ada"))).toEqual(adas);
  expect(shown.filter((text) => text.startsWith("Ben"))).toEqual(bens);
  await ben.unsaid.first().waitFor({ state: "detached" });
  // It was the session that kept all of it: the page has asked for nothing again.
  const asked = ben.asked.slice(before).filter((action) => action !== "chat.typing");
  expect(new Set(asked)).toEqual(new Set(["igor.hello", "chat.say"]));
  expect([...ada.errors, ...ben.errors]).toEqual([]);
});

test("a page whose session is lost reads what it missed, and then says what it could not", async () => {
  await using server = await ChatServer.start();
  await using network = await Network.start();
  const [ada, ben] = await adaAndBen(server, network);
  network.fail("broken");
  await ben.banner.getByText("Connection lost: the program does not answer.").waitFor();
  await ben.say("And I you.");
  await server.kill();
  await ada.banner.getByText("Connection lost").waitFor();
  await server.restart();
  await ada.say("Now?");
  await ada.sees("Now?");
  network.recover();
  for (const chat of [ada, ben]) await chat.sees("And I you.");
  for (const chat of [ada, ben]) expect(await chat.lines()).toEqual(["Can you hear me?", "Now?", "And I you."]);
  await ada.seesPeople("Ada", "Ben");
});

test("what the server could not keep for a page is read from the history", async () => {
  await using server = await ChatServer.start();
  const context = await newUser();
  // As if the events of these lines had not fitted into what is kept for a page that is away.
  await context.routeWebSocket(/./, (page) => {
    const link = page.connectToServer();
    link.onMessage((message) => {
      const { n, ack } = JSON.parse(String(message)) as { n?: number; ack?: number };
      const isMissed = String(message).includes("missed") && String(message).includes('"chat.said"');
      page.send(isMissed ? JSON.stringify({ n, ack, action: "igor.missed", data: { "chat.said": 1 } }) : message);
    });
  });
  const ben = await ChatPage.enter(context, server, "Ben");
  for (const text of ["heard", "missed", "heard again"]) {
    await ben.say(text);
    await ben.sees(text);
  }
  expect(await ben.lines()).toEqual(["heard", "missed", "heard again"]);
});

test("a page says why there is no connection, also before the first", async () => {
  await using server = await ChatServer.start();
  const context = await newUser();
  await context.routeWebSocket(/./, (page) => page.close({ code: 4429, reason: "10000 clients are here already" }));
  const ben = await ChatPage.open(context, server);
  await ben.banner.getByText("No connection yet: 10000 clients are here already. Trying again…").waitFor();
});

test("a page that is not let in says why, and what to do", async () => {
  await using server = await ChatServer.start();
  const context = await newUser();
  await context.routeWebSocket(/./, (page) => page.close({ code: 4401, reason: "the server does not accept the token" }));
  const ben = await ChatPage.open(context, server);
  await ben.banner
    .getByText("This page is not let in: the server does not accept the token. Open the link that the program printed.")
    .waitFor();
});
