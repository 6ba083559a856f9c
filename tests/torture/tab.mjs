// A browser's tab in Node: a page that can be loaded again or left, and a storage that outlives it.

import { createContext, runInContext } from "node:vm";

/** The locks of one browser: a name is held by one page, until that lets it go or is gone. */
export class Locks {
  #queues = new Map();

  request(name, { signal }, held, page) {
    return new Promise((resolve, reject) => {
      const queue = this.#queues.get(name) ?? [];
      this.#queues.set(name, queue);
      const entry = { page, begin: () => Promise.resolve(held()).then(resolve, reject).then(() => this.#leave(queue, entry)) };
      signal.addEventListener("abort", () => {
        if (queue[0] === entry) return;
        this.#leave(queue, entry);
        reject(signal.reason);
      });
      queue.push(entry);
      if (queue[0] === entry) entry.begin();
    });
  }

  /** Lets go of everything that a page holds or waits for. */
  forget(page) {
    for (const queue of this.#queues.values())
      for (const entry of queue.filter((one) => one.page === page)) this.#leave(queue, entry);
  }

  #leave(queue, entry) {
    const place = queue.indexOf(entry);
    if (place < 0) return;
    queue.splice(place, 1);
    if (place === 0) queue[0]?.begin();
  }
}

/** One tab. */
export class Tab {
  #items;
  #locks;
  #page;

  constructor(locks, items = []) {
    this.#locks = locks;
    this.#items = new Map(items);
  }

  /** Loads the page, in which the runtime is evaluated; what was loaded before is gone without a word. */
  load(runtime, WebSocket) {
    this.unload();
    const page = (this.#page = { isGone: false, timers: new Set(), sockets: new Set() });
    const storage = {
      getItem: (key) => this.#items.get(key) ?? null,
      setItem: (key, value) => void (page.isGone || this.#items.set(key, value)),
    };
    const later = (run, ms) => {
      if (page.isGone) return undefined;
      const timer = setTimeout(() => void (page.timers.delete(timer), run()), ms);
      page.timers.add(timer);
      return timer;
    };
    class PageSocket extends WebSocket {
      constructor(url, protocols) {
        super(url, protocols);
        page.sockets.add(this);
        this.on("error", () => {});
        this.on("close", () => page.sockets.delete(this));
      }
    }
    const locks = {
      request: (name, options, held) => this.#locks.request(name, options, held, page),
    };
    const window = createContext({
      document: { visibilityState: "visible", addEventListener() {} },
      addEventListener() {},
      navigator: { locks },
      sessionStorage: storage,
      localStorage: storage,
      setTimeout: later,
      clearTimeout,
      WebSocket: PageSocket,
      ...{ AbortController, AbortSignal, TextEncoder, URL, btoa, console, crypto, performance },
    });
    runInContext(runtime, window);
    return window.igor;
  }

  /** The socket is gone, which nobody told the page of before. */
  cut() {
    for (const socket of this.#page.sockets) socket.terminate();
  }

  /** The page is gone, as when a tab is closed or loaded again. */
  unload() {
    if (!this.#page) return;
    this.#page.isGone = true;
    this.#page.timers.forEach(clearTimeout);
    this.cut();
    this.#locks.forget(this.#page);
  }

  /** The tab that a user makes of this one. */
  duplicate() {
    return new Tab(this.#locks, this.#items);
  }
}
