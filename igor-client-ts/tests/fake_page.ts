// A page in memory: its address, its storage and its locks, which outlive a reload as a browser's do.

import { vi } from "vitest";

/** A tab, whose storage a duplicate copies. */
export class FakePage {
  readonly sessionStorage: FakeStorage;
  readonly localStorage = new FakeStorage();
  readonly locks: FakeLocks;
  readonly listeners = new Map<string, (event?: { persisted: boolean }) => void>();
  readonly document = {
    visibilityState: "visible",
    addEventListener: (type: string, listener: () => void, { signal }: { signal: AbortSignal }) => {
      this.listeners.set(type, listener);
      signal.addEventListener("abort", () => this.listeners.delete(type));
    },
  };
  readonly location = {
    origin: "http://127.0.0.1:5678",
    protocol: "http:",
    host: "127.0.0.1:5678",
    pathname: "/room",
    search: "?a=1",
    hash: "",
  };
  readonly history = { state: { page: 1 }, replaceState: vi.fn() };

  constructor(locks = new FakeLocks(), sessionStorage = new FakeStorage()) {
    this.locks = locks;
    this.sessionStorage = sessionStorage;
  }

  /** Makes this the page in which the code under test runs. */
  show(): this {
    const { sessionStorage, localStorage, document, location, history, locks } = this;
    const globals = { sessionStorage, localStorage, document, location, history, navigator: { locks } };
    for (const [name, value] of Object.entries(globals)) vi.stubGlobal(name, value);
    vi.stubGlobal("addEventListener", this.document.addEventListener);
    return this;
  }

  /** The tab that a user makes of this one: the same storage, copied, and the locks of the same browser. */
  duplicate(): FakePage {
    return new FakePage(this.locks, new FakeStorage(this.sessionStorage.items));
  }
}

/** Storage that may be forbidden. */
export class FakeStorage {
  readonly items: Map<string, string>;
  isForbidden = false;

  constructor(items: Iterable<[string, string]> = []) {
    this.items = new Map(items);
  }

  getItem(key: string): string | null {
    if (this.isForbidden) throw new Error("the page may not look at its storage");
    return this.items.get(key) ?? null;
  }

  setItem(key: string, value: string): void {
    if (this.isForbidden) throw new Error("the page may not look at its storage");
    this.items.set(key, value);
  }
}

/** Locks of one browser: a name is held by one, until what it holds it for is done. */
export class FakeLocks {
  isForbidden = false;
  readonly #tails = new Map<string, Promise<void>>();
  readonly #letGo: (() => void)[] = [];

  async request(name: string, { signal }: { signal: AbortSignal }, held: () => Promise<void>): Promise<void> {
    if (this.isForbidden) throw new Error("the page may not use locks");
    const before = this.#tails.get(name) ?? Promise.resolve();
    let done = (): void => {};
    this.#tails.set(name, new Promise((resolve) => (done = resolve)));
    const aborted = new Promise<"aborted">((resolve) =>
      signal.addEventListener("abort", () => resolve("aborted")),
    );
    if ((await Promise.race([before, aborted])) === "aborted") {
      void before.then(done);
      throw new Error("aborted");
    }
    this.#letGo.push(done);
    await held();
    done();
  }

  /** What a browser does when a document is gone. */
  letGo(): void {
    for (const done of this.#letGo.splice(0)) done();
  }
}
