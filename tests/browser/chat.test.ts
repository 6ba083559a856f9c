// The chat as two people use it, through every layer: page, client, wire, server, actions, file.

import { expect, test } from "vitest";

import { ChatPage, phone, useBrowser } from "./browser.js";
import { ChatServer } from "./server.js";

const newUser = useBrowser();

/** Two pages in the lobby. */
async function adaAndBen(server: ChatServer): Promise<[ChatPage, ChatPage]> {
  const context = await newUser();
  return [await ChatPage.enter(context, server, "Ada"), await ChatPage.enter(context, server, "Ben")];
}

test("a line said in one page appears in the other", async () => {
  await using server = await ChatServer.start();
  const [ada, ben] = await adaAndBen(server);
  await ada.say("Is anybody in the tower?");
  await ben.sees("Is anybody in the tower?");
  await ben.say("Only the bats and I.");
  await ada.sees("Only the bats and I.");
  expect(await ada.log.locator(".line.mine").count()).toBe(1);
  expect([...ada.errors, ...ben.errors]).toEqual([]);
});

test("everybody sees who is here, who comes and who goes", async () => {
  await using server = await ChatServer.start();
  const [ada, ben] = await adaAndBen(server);
  await ada.seesPeople("Ada", "Ben");
  await ben.seesPeople("Ada", "Ben");
  for (const chat of [ada, ben]) {
    await chat.joinRoom("cellar");
    await chat.isIn("cellar");
  }
  await ada.seesPeople("Ada", "Ben");
  await ben.page.getByRole("button", { name: "Leave" }).click();
  await ben.isIn("lobby");
  await ada.seesPeople("Ada");
});

test("a page that is closed leaves when its grace is over", async () => {
  await using server = await ChatServer.start();
  const [ada, ben] = await adaAndBen(server);
  await ada.seesPeople("Ada", "Ben");
  await ben.page.close();
  await ada.seesPeople("Ada");
});

test("who is writing is shown, until the line is said or nothing comes", async () => {
  await using server = await ChatServer.start();
  const [ada, ben] = await adaAndBen(server);
  const isShown = () => ada.page.locator("#writing.is-on", { hasText: "Ben is writing" });
  await ben.line.pressSequentially("Hm");
  await isShown().waitFor();
  await ben.line.press("Enter");
  await ada.sees("Hm");
  await isShown().waitFor({ state: "detached" });
  await ben.line.pressSequentially("well");
  await isShown().waitFor();
  await isShown().waitFor({ state: "detached" });
});

test("rooms are opened, found by others, and keep their lines to themselves", async () => {
  await using server = await ChatServer.start();
  const [ada, ben] = await adaAndBen(server);
  await ada.joinRoom("The Cellar!");
  await ada.isIn("the-cellar");
  await ada.say("Mind the steps.");
  await ada.sees("Mind the steps.");
  await ben.page.getByRole("button", { name: "the-cellar 1 here" }).click();
  await ben.isIn("the-cellar");
  await ben.sees("Mind the steps.");
  await ben.page.getByRole("button", { name: "lobby" }).click();
  await ben.isIn("lobby");
  expect(await ben.log.getByText("Mind the steps.").count()).toBe(0);
  await ada.say("It is colder here.");
  await ben.page.getByRole("button", { name: "the-cellar 1 unread" }).waitFor();
});

test("a reload keeps the name, the room and what was said", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  await ada.joinRoom("attic");
  await ada.isIn("attic");
  await ada.say("Dust.");
  await ada.sees("Dust.");
  await ada.page.reload();
  await ada.isIn("attic");
  await ada.sees("Dust.");
  await ada.seesPeople("Ada");
  expect(await ada.introduction.isVisible()).toBe(false);
});

test("pages say that the server is away, recover by themselves, and the history is kept", async () => {
  await using server = await ChatServer.start();
  const [ada, ben] = await adaAndBen(server);
  await ada.say("Remember this.");
  await ben.sees("Remember this.");

  await server.kill();
  for (const chat of [ada, ben]) {
    await chat.banner.getByText("Connection lost").waitFor();
  }
  await ada.say("Said into the void");
  await ada.unsaid.getByText("Said into the void").waitFor();

  await server.restart();
  for (const chat of [ada, ben]) {
    await chat.banner.waitFor({ state: "hidden" });
    await chat.isIn("lobby");
    expect(await chat.introduction.isVisible()).toBe(false);
  }
  await ben.sees("Said into the void");
  await ben.say("I heard that.");
  await ada.sees("I heard that.");

  const cid = await ChatPage.enter(ada.page.context(), server, "Cid");
  await cid.sees("Remember this.");
  expect([...ada.errors, ...ben.errors]).toEqual([]);
});

test("a long call shows its progress and can be cancelled", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  for (let line = 1; line <= 40; line++) {
    await ada.say(`Line ${line}`);
    await ada.sees(`Line ${line}`);
  }
  const bar = ada.portrait.locator("progress");
  const passes = (share: number) =>
    ada.page.waitForFunction((share) => (document.querySelector<HTMLProgressElement>("#portrait-progress")?.value ?? 0) > share, share);

  await ada.page.getByRole("button", { name: "Portrait" }).click();
  await passes(0);
  const early = Number(await bar.getAttribute("value"));
  await passes(early);
  await ada.portrait.getByRole("button", { name: "Cancel" }).click();
  await ada.notices.getByText("The portrait stays unfinished.").waitFor();
  await ada.portrait.waitFor({ state: "hidden" });

  await ada.page.getByRole("button", { name: "Portrait" }).click();
  await ada.portrait.getByText("A portrait of lobby").waitFor();
  await ada.portrait.getByText("40", { exact: true }).first().waitFor();
  await ada.page.keyboard.press("Escape");
  await ada.portrait.waitFor({ state: "hidden" });
});

test("the server asks before a long piece of work", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  for (let line = 1; line <= 61; line++) await ada.say(`Line ${line}`);
  await ada.sees("Line 61");
  const question = ada.page.locator("#question");
  const asked = question.getByText("61 lines were said in lobby. Paint them all?");
  const paint = ada.page.getByRole("button", { name: "Portrait" });

  await paint.click();
  await asked.waitFor();
  await question.getByRole("button", { name: "No" }).click();
  await ada.notices.getByText("The portrait stays unfinished.").waitFor();
  await ada.portrait.waitFor({ state: "hidden" });

  // A page that no longer wants the portrait is asked nothing more.
  await paint.click();
  await asked.waitFor();
  await ada.page.evaluate(() => document.querySelector<HTMLDialogElement>("#portrait")?.close());
  await question.waitFor({ state: "hidden" });

  await paint.click();
  await asked.waitFor();
  await question.getByRole("button", { name: "Yes" }).click();
  await ada.portrait.getByText("A portrait of lobby").waitFor();
});

test("a second question waits for the answer to the first, or is taken back", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  const question = ada.page.locator("#question");
  // As the page asks what the server requests; three requests are there at once. A text: the page imports it, not we.
  const answers = ada.page.evaluate(`import("./question.js").then(({ confirm }) => {
    const { signal } = new AbortController();
    return Promise.all([confirm("One?", signal), confirm("Two?", AbortSignal.timeout(0)), confirm("Three?", signal)]);
  })`);
  await question.getByText("One?").waitFor();
  await question.getByRole("button", { name: "Yes" }).click();
  await question.getByText("Three?").waitFor();
  await question.getByRole("button", { name: "Yes" }).click();
  expect(await answers).toEqual([true, false, true]);
  await question.waitFor({ state: "hidden" });
});

test("older lines are read when they are looked for", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  for (let line = 1; line <= 75; line++) await ada.say(`Line ${line}`);
  await ada.sees("Line 75");
  await ada.page.reload();
  await ada.sees("Line 75");
  expect(await ada.log.getByText("Line 1", { exact: true }).count()).toBe(0);
  await ada.page.waitForFunction(() => {
    const log = document.querySelector("#log");
    log?.scrollTo(0, -log.scrollHeight);
    return document.querySelector("#beginning")?.textContent === "This is where lobby begins.";
  });
  await ada.sees("Line 1");
  const shown = await ada.lines();
  expect(shown).toEqual(Array.from({ length: 75 }, (_, index) => `Line ${index + 1}`));
});

test("Igor says something when a room falls silent", async () => {
  await using server = await ChatServer.start({ quietSeconds: 1 });
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  await ada.say("Well.");
  await ada.log.locator(".line.igor").waitFor();
});

test("what is refused is said kindly and nothing that was written is lost", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.open(await newUser(), server);
  await ada.introduction.getByLabel("Your name").fill("  ");
  await ada.page.keyboard.press("Enter");
  await ada.introduction.getByText("A letter or two, please.").waitFor();
  await ada.introduce("Ada");
  await ada.isIn("lobby");
  await ada.say("a".repeat(2_001));
  await ada.notices.getByText("That is too long: 2000 characters at most.").waitFor();
  expect((await ada.line.inputValue()).length).toBe(2_001);
});

test("what somebody writes stays text", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "<b>Ada</b>");
  const text = "<img src=x onerror=alert(1)> https://example.org/a?b=c.";
  await ada.say(text);
  await ada.sees(text);
  expect(await ada.log.locator("img").count()).toBe(0);
  expect(await ada.log.getByRole("link").getAttribute("href")).toBe("https://example.org/a?b=c");
});

test("on a phone the rooms are in a drawer", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser({ viewport: phone }), server, "Ada");
  const drawer = ada.page.locator("#rooms");
  expect(await drawer.isVisible()).toBe(false);
  await ada.page.getByRole("button", { name: "Rooms" }).click();
  await drawer.waitFor();
  await ada.page.keyboard.press("Escape");
  await drawer.waitFor({ state: "hidden" });
  const isScrollable = await ada.page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
  expect(isScrollable).toBe(false);
});
