// Chromium as the distribution has it, and the chat's page as its users see it.

import { chromium } from "playwright-core";
import type { Browser, BrowserContext, Locator, Page } from "playwright-core";

import type { ChatServer } from "./server.js";

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 780 };

/** Nothing that a test waits for takes longer. */
const WITHIN_MS = 20_000;

export function launch(): Promise<Browser> {
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
    ],
  });
}

/** A browser of one user; the first page that is opened in it comes by the printed link. */
export async function newUser(browser: Browser, viewport = desktop): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
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
  readonly portrait: Locator;
  readonly notices: Locator;
  /** What went wrong in the page without being caught. */
  readonly errors: string[] = [];

  constructor(page: Page) {
    this.page = page;
    this.introduction = page.locator("#introduction");
    this.banner = page.locator("#banner");
    this.log = page.getByRole("log");
    this.line = page.getByLabel("Your line");
    this.people = page.locator("#people .name");
    this.writing = page.locator("#writing");
    this.portrait = page.locator("#portrait");
    this.notices = page.locator("#notices");
    page.on("pageerror", (error) => this.errors.push(String(error)));
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
