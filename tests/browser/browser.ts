// Chromium as the distribution has it, and the chat's page as its users see it.

import { chromium } from "playwright-core";
import type { Browser, BrowserContext, Locator, Page, WebSocketRoute } from "playwright-core";

import type { ChatServer } from "./server.js";

export const desktop = { width: 1280, height: 800 };
export const phone = { width: 390, height: 780 };

/** Nothing that a test waits for takes longer. */
const WITHIN_MS = 20_000;

/** Starts it, with these arguments besides the usual ones. */
export function launch(...args: string[]): Promise<Browser> {
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

/** A browser of one user; the first page that is opened in it comes by the printed link. */
export async function newUser(browser: Browser, viewport = desktop): Promise<BrowserContext> {
  const context = await browser.newContext({ viewport, reducedMotion: "reduce" });
  context.setDefaultTimeout(WITHIN_MS);
  return context;
}

/** A page's connection, which a test may cut and hold down. */
export class Connection {
  #route: WebSocketRoute | undefined;
  #isDown = false;

  /** Puts itself between the page and the server; before the page is opened. */
  async attach(page: Page): Promise<void> {
    await page.routeWebSocket(/./, async (route) => {
      if (this.#isDown) return route.close({ code: 4503 });
      this.#route = route;
      route.connectToServer();
    });
  }

  async cut(): Promise<void> {
    this.#isDown = true;
    await this.#route?.close({ code: 4503 });
  }

  mend(): void {
    this.#isDown = false;
  }
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
  static async open(context: BrowserContext, server: ChatServer, connection?: Connection): Promise<ChatPage> {
    const isFirst = context.pages().length === 0;
    const chat = new ChatPage(await context.newPage());
    await connection?.attach(chat.page);
    await chat.page.goto(isFirst ? server.link : server.origin);
    return chat;
  }

  /** Opens another page and comes in under this name. */
  static async enter(context: BrowserContext, server: ChatServer, name: string, connection?: Connection): Promise<ChatPage> {
    const chat = await ChatPage.open(context, server, connection);
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
