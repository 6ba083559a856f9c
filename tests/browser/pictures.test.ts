// Pictures: dropped into a room from the disk, and seen there by others, through the server's mount.

import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

import { ChatPage, useBrowser } from "./browser.js";
import { noise, sunset, writeImage } from "./image.js";
import { ChatServer } from "./server.js";

/** How much a slow line takes in a second. */
const SLOWLY_BYTES = 200_000;

const newUser = useBrowser();

/** What a user has on the disk. */
let disk: string;
const file = (name: string) => join(disk, name);

beforeAll(async () => {
  disk = await mkdtemp(join(tmpdir(), "igor-pictures-"));
  await writeImage(file("sunset.png"), 320, 240, sunset);
  await writeImage(file("large.png"), 1_500, 1_500, noise);
  await writeImage(file("too-large.png"), 1_800, 1_800, noise);
  await writeFile(file("words.txt"), "A picture is worth a thousand of these.");
  await writeFile(file("words.png"), "These only say that they are a picture.");
  await writeFile(file("drawing.svg"), "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>");
});

afterAll(() => rm(disk, { recursive: true }));

test("a picture that is dropped into a room is seen there by others, and after a reload", async () => {
  await using server = await ChatServer.start();
  const context = await newUser();
  const ada = await ChatPage.enter(context, server, "Ada");
  const ben = await ChatPage.enter(context, server, "Ben");
  await ada.drop(file("sunset.png"));
  await ada.tray.getByText("sunset.png is ready").waitFor();
  await ada.say("Thunder at nine");
  await ben.sees("Thunder at nine");
  for (const chat of [ada, ben]) expect(await chat.seesPicture("Thunder at nine")).toEqual([320, 240]);
  expect(await ada.tray.isVisible()).toBe(false);

  // Without a word it is a line, too.
  await ben.drop(file("sunset.png"));
  await ben.tray.getByText("sunset.png is ready").waitFor();
  await ben.line.press("Enter");
  await ada.seesPicture("A picture that Ben shows without a word");

  for (const chat of [ada, ben]) {
    await chat.page.reload();
    await chat.isIn("lobby");
    expect(await chat.seesPicture("Thunder at nine")).toEqual([320, 240]);
    await chat.seesPicture("A picture that Ben shows without a word");
  }
  // No name of a user's is ever one in the mount.
  const kept = await readdir(server.pictures);
  expect(kept).toHaveLength(2);
  for (const name of kept) expect(name).toMatch(/^[0-9a-f]{32}\.png$/);
  expect([...ada.errors, ...ben.errors]).toEqual([]);
});

test("what cannot be shown is refused with the reason, and what was written stays", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  await ada.line.fill("Look!");
  for (const [name, why] of [
    ["words.txt", "Only pictures can be shown: PNG, JPG, GIF, WEBP, AVIF."],
    ["drawing.svg", "Only pictures can be shown: PNG, JPG, GIF, WEBP, AVIF."],
    ["too-large.png", "That picture is too large: 8 MiB at most."],
    ["words.png", "No browser can show this picture."],
  ] as const) {
    await ada.drop(file(name));
    await ada.notices.getByText(why).last().waitFor();
    await ada.tray.waitFor({ state: "hidden" });
  }
  await ada.drop(file("sunset.png"), file("large.png"));
  await ada.notices.getByText("One picture at a time, please.").waitFor();
  expect(await ada.line.inputValue()).toBe("Look!");
  expect(await readdir(server.pictures)).toEqual([]);
  expect(ada.errors).toEqual([]);
});

test("an upload shows how far it is, and is given up when the picture is removed", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  const line = await ada.page.context().newCDPSession(ada.page);
  const limit = (uploadThroughput: number) =>
    line.send("Network.emulateNetworkConditions", { offline: false, latency: 0, downloadThroughput: -1, uploadThroughput });
  const isUnderWay = () =>
    ada.page.waitForFunction(() => {
      const bar = document.querySelector<HTMLProgressElement>("#tray-progress");
      return bar !== null && bar.value > 0.05 && bar.value < 1;
    });

  await line.send("Network.enable");
  await limit(SLOWLY_BYTES);
  await ada.drop(file("large.png"));
  await isUnderWay();
  await ada.line.fill("It is coming.");
  await ada.line.press("Enter"); // Nothing is said before it has arrived.
  await ada.tray.getByRole("button", { name: "Remove the picture" }).click();
  await ada.tray.waitFor({ state: "hidden" });
  await limit(-1);
  await ada.line.press("Enter");
  await ada.sees("It is coming.");
  expect(await ada.lines()).toEqual(["It is coming."]);
  expect(await ada.log.getByRole("img").count()).toBe(0);

  await ada.drop(file("large.png"));
  await ada.tray.getByText("large.png is ready").waitFor();
  await ada.say("Here it is.");
  expect(await ada.seesPicture("Here it is.")).toEqual([1_500, 1_500]);
  // Whatever was on its way is not there.
  expect((await readdir(server.pictures)).filter((name) => !name.startsWith("."))).toHaveLength(1);
});

test("a picture whose link is no longer good gets another", async () => {
  await using server = await ChatServer.start();
  const context = await newUser();
  const ada = await ChatPage.enter(context, server, "Ada");
  await ada.drop(file("sunset.png"));
  await ada.tray.getByText("sunset.png is ready").waitFor();
  // As after an hour, or for a link that was made before the program was started anew.
  const links: string[] = [];
  await context.route(/\/files\/pictures\/.*\?/, (route) => {
    links.push(route.request().url());
    return links.length === 1 ? route.continue({ url: route.request().url().replace(/.$/, "") }) : route.continue();
  });
  await ada.say("Still there?");
  await ada.seesPicture("Still there?");
  expect(links.length).toBeGreaterThan(1);
});

test("a picture comes by the button and by the clipboard, too", async () => {
  await using server = await ChatServer.start();
  const ada = await ChatPage.enter(await newUser(), server, "Ada");
  const chosen = ada.page.waitForEvent("filechooser");
  await ada.page.getByRole("button", { name: "Show a picture" }).click();
  await (await chosen).setFiles(file("sunset.png"));
  await ada.tray.getByText("sunset.png is ready").waitFor();
  await ada.say("Chosen");
  await ada.seesPicture("Chosen");

  await ada.page.evaluate(async () => {
    const canvas = new OffscreenCanvas(30, 20);
    canvas.getContext("2d")?.fillRect(0, 0, 9, 9);
    const clipboardData = new DataTransfer();
    clipboardData.items.add(new File([await canvas.convertToBlob()], "image.png", { type: "image/png" }));
    document.querySelector("#text")?.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true }));
  });
  await ada.tray.getByText("image.png is ready").waitFor();
  await ada.say("Pasted");
  expect(await ada.seesPicture("Pasted")).toEqual([30, 20]);
});
