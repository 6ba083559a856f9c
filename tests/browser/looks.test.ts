// How the chat looks, by day and by night, on a desk and in a hand. The pictures are for eyes: they are kept in the
// directory that `SCREENSHOTS` names, and nowhere without it.

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { ChatPage, desktop, phone, useBrowser } from "./browser.js";
import { sunset, writeImage } from "./image.js";
import { ChatServer } from "./server.js";

const talk: readonly [speaker: number, text: string][] = [
  [1, "Good evening. Is the machine warm yet?"],
  [2, "Warm enough to fry an egg on. I tried."],
  [0, "Ben."],
  [2, "It was a good egg."],
  [3, "I left the new drawings by the window. Please do not let the cat sign them again."],
  [3, "She has lawyers now."],
  [1, "Thunder at nine, says the almanac. Who has the left switch?"],
  [0, "I do. The right one is yours, Victor, and the middle one is nobody's."],
  [0, "Please leave the middle one alone. It has feelings: https://example.org/switches/middle"],
  [2, "Define “alone”"],
  [3, "Ben, step away from the switch."],
  [1, "Everybody ready? On three."],
  [2, "On three, or after three?"],
  [0, "Every single time."],
  [1, "Three."],
  [3, "It blinked. Did you see that? It blinked!"],
  [0, "It lives 🎉"],
];

const banners: readonly [status: string, why: string, words: string][] = [
  ["connecting", "the server has as many clients as it may", "No connection yet: the server has as many clients as it may."],
  ["lost", "the server does not accept the token", "This page is not let in: the server does not accept the token."],
  ["closed", "the client was closed", "This page has ended."],
];

/** Of these a part is read at first, and it takes longer to read the rest than to look. */
const LONG_LINES = 2_000;
const READ_LINES = 300;

/** So many pictures take a busy machine a while. */
const ALL_PICTURES_MS = 180_000;

const newUser = useBrowser();
/** Where somebody wants to have the pictures. */
const kept = process.env["SCREENSHOTS"];
let directory: string;

beforeAll(async () => {
  directory = kept ?? (await mkdtemp(join(tmpdir(), "igor-chat-looks-")));
  await mkdir(directory, { recursive: true });
});

afterAll(async () => {
  if (kept === undefined) await rm(directory, { recursive: true });
  else console.log(`screenshots: ${directory}`);
});

test("every part of the page fits its window", async () => {
  await using server = await ChatServer.start();
  const context = await newUser();
  const ada = await ChatPage.open(context, server);
  await looks(ada, "introduction");
  await ada.introduce("Ada");
  await ada.isIn("lobby");
  const others: ChatPage[] = [];
  for (const name of ["Victor", "Ben", "Mary"]) others.push(await ChatPage.enter(context, server, name));
  const speakers = [ada, ...others];
  const [victor, ben] = others;

  await victor?.joinRoom("cellar");
  await victor?.isIn("cellar");
  await victor?.page.getByRole("button", { name: /^lobby/ }).click();
  await victor?.isIn("lobby");
  await ada.joinRoom("coffee break");
  await ada.isIn("coffee-break");
  await ben?.page.getByRole("button", { name: /^coffee-break/ }).click();
  await ben?.isIn("coffee-break");
  await ada.page.getByRole("button", { name: /^lobby/ }).click();
  await ada.isIn("lobby");
  await ben?.say("There is cake.");
  await ben?.page.getByRole("button", { name: /^lobby/ }).click();
  await ben?.isIn("lobby");

  for (const [speaker, text] of talk) {
    await speakers[speaker]?.say(text);
    await ada.sees(text);
  }
  await looks(ada, "lobby", async () => {
    await ben?.line.fill("");
    await ben?.line.pressSequentially("Hm");
    await ada.page.locator("#writing.is-on").waitFor();
  });

  await ada.page.getByRole("button", { name: "Portrait" }).click();
  await ada.portrait.getByText("A portrait of lobby").waitFor();
  await looks(ada, "portrait");
  await ada.page.keyboard.press("Escape");

  const picture = join(directory, "sunset.png");
  await writeImage(picture, 640, 400, sunset);
  await ben?.drop(picture);
  await ben?.tray.getByText("is ready").waitFor();
  await ben?.say("The view from the tower, before the thunder");
  await ada.seesPicture("The view from the tower, before the thunder");
  await ada.drop(picture);
  await ada.tray.getByText("is ready").waitFor();
  await looks(ada, "picture");
  await ada.tray.getByRole("button").click();

  await ada.joinRoom("Reading room");
  await ada.isIn("reading-room");
  const ballad = join(directory, "ballad.txt");
  await writeFile(ballad, Array.from({ length: LONG_LINES }, (_, at) => `And the wind went round the tower, ${at + 1} times`).join("\n"));
  await ada.readAloud(ballad);
  await ada.sees(`And the wind went round the tower, ${READ_LINES} times`);
  await looks(ada, "reading");
  await ada.reading.getByRole("button").click();
  await ada.page.getByRole("button", { name: /^lobby/ }).click();
  await ada.isIn("lobby");

  await ada.page.setViewportSize(phone);
  for (const [status, why, words] of banners) {
    await ada.page.evaluate(`import("./banner.js").then(({ showStatus }) => showStatus("${status}", "${why}"))`);
    await ada.banner.getByText(words).waitFor();
    await ada.page.screenshot({ path: join(directory, `${status}-phone.png`), animations: "disabled" });
  }

  await server.kill();
  await ada.banner.getByText("Connection lost").waitFor();
  await ada.say("Hello? Is anybody there?");
  await looks(ada, "away");
}, ALL_PICTURES_MS);

/** Takes a picture of the page in each window and light, after doing what has to be done for each. */
async function looks(chat: ChatPage, name: string, prepare = async () => {}): Promise<void> {
  for (const [window, viewport] of Object.entries({ desktop, phone })) {
    await chat.page.setViewportSize(viewport);
    for (const colorScheme of ["light", "dark"] as const) {
      await chat.page.emulateMedia({ colorScheme });
      await prepare();
      const width = await chat.page.evaluate(() => document.documentElement.scrollWidth);
      expect(width, `${name} on ${window}`).toBeLessThanOrEqual(viewport.width);
      await chat.page.screenshot({ path: join(directory, `${name}-${window}-${colorScheme}.png`) });
    }
  }
  await chat.page.setViewportSize(desktop);
}
