// A text that is read aloud: sent line by line, with its progress, while others listen, some of them slowly.

import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { BrowserContext, CDPSession } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";

import { ChatPage, useBrowser } from "./browser.js";
import { Network } from "./network.js";
import { ChatServer } from "./server.js";

/** More than what may be on its way to the program at once. */
const verses = Array.from({ length: 300 }, (_, at) => `Verse ${at + 1}`);
const rhymes = Array.from({ length: 40 }, (_, at) => `Rhyme ${at + 1}`);

const newUser = useBrowser();

/** What a user has on the disk. */
let disk: string;
const file = (name: string) => join(disk, name);

beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), "igor-texts-"));
  await writeFile(file("ballad.txt"), `${verses.join("\r\n\r\n")}\r\n`);
  await writeFile(file("rhymes.txt"), rhymes.join("\n"));
  await writeFile(file("endless.txt"), ["One", "Two", "a".repeat(2_001), "Four"].join("\n"));
  await writeFile(file("novel.txt"), "x".repeat(257 * 1024));
});

afterAll(() => rm(disk, { recursive: true }));

/** Waits until more than this part of the text was read. */
async function hasRead(chat: ChatPage, share: number): Promise<void> {
  await chat.page.waitForFunction((share) => (document.querySelector<HTMLProgressElement>("#reading-progress")?.value ?? 0) > share, share);
}

/** Ada, and Ben beside her, who has a browser of his own. */
async function adaAndBen(server: ChatServer, network?: Network): Promise<[ChatPage, ChatPage]> {
  const first: BrowserContext = await newUser(network && { network });
  const ada = await ChatPage.enter(first, server, "Ada");
  const ben = await ChatPage.enter(await newUser({ storageState: await first.storageState() }), server, "Ben");
  return [ada, ben];
}

test("a text is read aloud to everybody, and shows how far it is", async () => {
  await using server = await ChatServer.start();
  const [ada, ben] = await adaAndBen(server);
  await ada.readAloud(file("ballad.txt"));
  await ada.reading.getByText("Reading ballad.txt aloud in lobby").waitFor();
  await hasRead(ada, 0);
  const early = Number(await ada.reading.locator("progress").getAttribute("value"));
  expect(early).toBeLessThan(1);
  await hasRead(ada, early);
  // Meanwhile both can talk.
  await ben.say("How many verses are there?");
  await ada.sees("How many verses are there?");
  await ada.say("All of them.");
  await ben.sees("All of them.");
  await ada.page.getByRole("button", { name: "Read a text aloud" }).click();
  await ada.notices.getByText("One text at a time, please.").waitFor();

  for (const chat of [ada, ben]) {
    await chat.sees("Verse 300");
    expect((await chat.lines()).filter((text) => text.startsWith("Verse"))).toEqual(verses);
  }
  await ada.reading.waitFor({ state: "hidden" });
  expect([...ada.errors, ...ben.errors]).toEqual([]);
});

test("reading is stopped in the middle, and the rest stays unread", async () => {
  await using server = await ChatServer.start();
  const [ada, ben] = await adaAndBen(server);
  await ada.readAloud(file("ballad.txt"));
  await hasRead(ada, 0);
  await ada.reading.getByRole("button", { name: "Stop reading" }).click();
  await ada.notices.getByText("The rest of ballad.txt stays unread.").waitFor();
  await ada.reading.waitFor({ state: "hidden" });
  // The next text is read when the program has left the first.
  await ada.readAloud(file("rhymes.txt"));
  await ada.sees("Rhyme 40");
  await ada.say("Enough.");
  await ben.sees("Enough.");
  const said = (await ben.lines()).filter((text) => text !== "Enough.");
  const first = said.slice(0, -rhymes.length);
  expect(first.length).toBeLessThan(verses.length);
  expect(first).toEqual(verses.slice(0, first.length));
  expect(said.slice(-rhymes.length)).toEqual(rhymes);
});

test("a line that cannot be said is named, and those before it were said", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  await ada.readAloud(file("endless.txt"));
  await ada.notices.getByText("Line 3: That is too long: 2000 characters at most.").waitFor();
  await ada.reading.waitFor({ state: "hidden" });
  expect(await ada.lines()).toEqual(["One", "Two"]);
  await ada.readAloud(file("novel.txt"));
  await ada.notices.getByText("That text is too long: 256 KiB at most.").waitFor();
});

test("reading goes on over a lost connection, each line once and in order", async () => {
  await using server = await ChatServer.start();
  await using network = await Network.start();
  const [ada, ben] = await adaAndBen(server, network);
  const before = ada.asked.length;
  await ada.readAloud(file("ballad.txt"));
  await hasRead(ada, 0);
  network.fail("broken");
  await ada.banner.getByText("Connection lost").waitFor();
  network.recover();
  for (const chat of [ada, ben]) {
    await chat.sees("Verse 300");
    expect(await chat.lines()).toEqual(verses);
  }
  expect(ada.asked.slice(before).filter((action) => action !== "igor.hello")).toEqual(["chat.read_aloud"]);
});

/** Lets a page stand still, as one does whose script is busy, until it is let go. */
async function standStill(chat: ChatPage, wake: () => Promise<void>): Promise<CDPSession> {
  const hand = await chat.page.context().newCDPSession(chat.page);
  await hand.send("Debugger.enable");
  const still = new Promise<void>((resolve) => hand.once("Debugger.paused", () => resolve()));
  await hand.send("Debugger.pause"); // At the next thing that it does.
  await wake();
  await still;
  return hand;
}

/** How many lines a page shows that stands still. */
async function shownBy(hand: CDPSession): Promise<unknown> {
  const expression = "document.querySelectorAll('#log .line').length";
  return (await hand.send("Runtime.evaluate", { expression })).result.value;
}

test("a tab that stands still delays no other, and misses nothing", async () => {
  await using server = await ChatServer.start();
  const [ada, ben] = await adaAndBen(server);
  await ada.say("Listen.");
  await ben.sees("Listen.");
  const hand = await standStill(ben, () => ada.say("Are you asleep?"));
  const before = await shownBy(hand);
  await ada.readAloud(file("rhymes.txt"));
  await ada.sees("Rhyme 40");
  await ada.page.getByRole("button", { name: "Portrait" }).click();
  await ada.portrait.getByText("A portrait of lobby").waitFor();
  // All of that was while the other showed nothing new.
  expect(await shownBy(hand)).toBe(before);

  await hand.send("Debugger.resume");
  await hand.detach();
  await ben.sees("Rhyme 40");
  expect(await ben.lines()).toEqual(["Listen.", "Are you asleep?", ...rhymes]);
  await ben.say("I was only resting my eyes.");
  await ada.sees("I was only resting my eyes.");
  expect([...ada.errors, ...ben.errors]).toEqual([]);
});
