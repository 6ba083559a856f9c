// Chromium as the distribution has it, and the chat's page as its users see it.

import { chromium } from "playwright-core";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll } from "vitest";

import type { Network } from "./network.js";
import type { ChatServer } from "./server.js";

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 780 };

/** Nothing that a test waits for takes longer. */
const WITHIN_MS = 90_000;

/**
 * A browser for the tests of a file, with these arguments besides the usual ones.
 *
 * @returns what makes a user of it, who is gone when the test is over
 */
export function useBrowser(...args: string[]): (options?: UserOptions) => Promise<BrowserContext> {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch(args);
  });
  afterEach(async () => {
    for (const context of browser.contexts()) await context.close();
  });
  afterAll(() => browser.close());
  return (options) => newUser(browser, options);
}

function launch(args: string[]): Promise<Browser> {
  return chromium.launch({
    executablePath: process.env["CHROMIUM"] ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...args,
    ],
  });
}

export interface UserOptions {
  viewport?: { width: number; height: number };
  /** Between this user and the server. */
  network?: Network;
  /** What another browser keeps that was let in: so is this one. */
  storageState?: Awaited<ReturnType<BrowserContext["storageState"]>>;
}

/** A browser of one user; the first page that is opened in it comes by the printed link. */
async function newUser(browser: Browser, { viewport = desktop, network, ...kept }: UserOptions = {}): Promise<BrowserContext> {
  const proxy = network && { proxy: network.proxy };
  const context = await browser.newContext({ viewport, reducedMotion: "reduce", ...proxy, ...kept });
  context.setDefaultTimeout(WITHIN_MS);
  return context;
}

/** The page of the chat. */
export class ChatPage {
  readonly page: Page;
  readonly introduction: Locator;
  readonly banner: Locator;
  readonly log: Locator;
  readonly line: Locator;
  readonly people: Locator;
  readonly writing: Locator;
  /** The picture that goes with the next line. */
  readonly tray: Locator;
  /** The text that is read aloud. */
  readonly reading: Locator;
  /** What was written and not said yet. */
  readonly unsaid: Locator;
  readonly portrait: Locator;
  readonly notices: Locator;
  /** What went wrong in the page without being caught. */
  readonly errors: string[] = [];
  /** The actions that the page has asked for, the protocol's own among them. */
  readonly asked: string[] = [];

  constructor(page: Page) {
    this.page = page;
    this.introduction = page.locator("#introduction");
    this.banner = page.locator("#banner");
    this.log = page.getByRole("log");
    this.line = page.getByLabel("Your line");
    this.people = page.locator("#people .name");
    this.writing = page.locator("#writing");
    this.tray = page.locator("#tray");
    this.reading = page.locator("#reading");
    this.unsaid = page.locator("#unsaid li");
    this.portrait = page.locator("#portrait");
    this.notices = page.locator("#notices");
    page.on("pageerror", (error) => this.errors.push(String(error)));
    page.on("websocket", (socket) =>
      socket.on("framesent", ({ payload }) => {
        const { action } = JSON.parse(String(payload)) as { action?: string };
        if (action !== undefined) this.asked.push(action);
      }),
    );
  }

  /** Opens another page in this browser; the link lets in once, what it left behind from then on. */
  static async open(context: BrowserContext, server: ChatServer): Promise<ChatPage> {
    const isFirst = context.pages().length === 0;
    const chat = new ChatPage(await context.newPage());
    await chat.page.goto(isFirst ? server.link : server.origin);
    return chat;
  }

  /** Opens another page and comes in under this name. */
  static async enter(context: BrowserContext, server: ChatServer, name: string): Promise<ChatPage> {
    const chat = await ChatPage.open(context, server);
    await chat.introduce(name);
    await chat.isIn("lobby");
    return chat;
  }

  async introduce(name: string): Promise<void> {
    await this.introduction.getByLabel("Your name").fill(name);
    await this.page.keyboard.press("Enter");
    await this.introduction.waitFor({ state: "hidden" });
  }

  async isIn(room: string): Promise<void> {
    await this.page.getByRole("heading", { level: 1, name: room, exact: true }).waitFor();
    await this.page.locator("body[data-state=here]").waitFor();
  }

  async say(text: string): Promise<void> {
    await this.line.fill(text);
    await this.line.press("Enter");
  }

  /** Waits until the line is shown. */
  async sees(text: string): Promise<void> {
    await this.log.getByText(text, { exact: true }).waitFor();
  }

  /** Drops files from the disk into the room, as the hand does: the browser reads them itself. */
  async drop(...files: string[]): Promise<void> {
    const box = await this.log.boundingBox();
    if (!box) throw new Error("the room is not shown");
    const hand = await this.page.context().newCDPSession(this.page);
    const at = { x: box.x + box.width / 2, y: box.y + box.height / 2 };
    const data = { items: [], files, dragOperationsMask: 1 };
    for (const type of ["dragEnter", "dragOver", "drop"] as const) await hand.send("Input.dispatchDragEvent", { type, ...at, data });
    await hand.detach();
  }

  /** Chooses a file on the disk to be read aloud. */
  async readAloud(file: string): Promise<void> {
    const chooser = this.page.waitForEvent("filechooser");
    await this.page.getByRole("button", { name: "Read a text aloud" }).click();
    await (await chooser).setFiles(file);
  }

  /**
   * Waits until the picture that is described so is shown.
   *
   * @returns its width and height
   */
  async seesPicture(alt: string): Promise<[number, number]> {
    await this.log.getByAltText(alt, { exact: true }).waitFor();
    const size = await this.page.waitForFunction((alt) => {
      const shown = [...document.querySelectorAll<HTMLImageElement>("#log img")].find((image) => image.alt === alt);
      return shown?.complete && shown.naturalWidth > 0 && ([shown.naturalWidth, shown.naturalHeight] as [number, number]);
    }, alt);
    return (await size.jsonValue()) as [number, number];
  }

  /** All lines that are shown, the oldest first. */
  lines(): Promise<string[]> {
    return this.log.locator(".line .text").allTextContents();
  }

  async joinRoom(name: string): Promise<void> {
    await this.page.getByLabel("Name of a new room").fill(name);
    await this.page.keyboard.press("Enter");
  }

  /** Waits until these people are here, in the order of arrival. */
  async seesPeople(...names: string[]): Promise<void> {
    await this.page.waitForFunction(
      (expected) => [...document.querySelectorAll("#people .name")].map((name) => name.textContent).join() === expected,
      names.join(),
    );
  }
}
