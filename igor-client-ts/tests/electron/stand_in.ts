// What stands in for the module `electron`: the part of it that is used, behaving as its documentation says.

import { EventEmitter } from "node:events";
import { isAbsolute } from "node:path";
import { MessageChannel } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";

type Handler = (event: { senderFrame: Frame | null }, ...args: unknown[]) => unknown;

const handlers = new Map<string, Handler>();
let isReady = false;
let becomeReady = (): void => {};
let ready = new Promise<void>(() => {});

function needsReady(what: string): void {
  if (!isReady) throw new Error(`${what} cannot be called before the app is ready`);
}

class App extends EventEmitter {
  whenReady(): Promise<void> {
    return ready;
  }

  /** Asks whether the app may end, and ends it unless somebody says no. */
  quit(): void {
    for (const asked of ["before-quit", "will-quit"]) {
      let isPrevented = false;
      this.emit(asked, { preventDefault: () => (isPrevented = true) });
      if (isPrevented) return;
    }
    this.emit("quit");
  }
}

export const app = new App();

export const ipcMain = {
  handle(channel: string, handler: Handler): void {
    if (handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    handlers.set(channel, handler);
  },
};

interface Registration {
  type: string;
  filePath: string;
  id?: string;
}

export class Session {
  readonly preloads: Registration[] = [];
  permits: ((permission: string) => boolean) | undefined;

  registerPreloadScript(script: Registration): string {
    needsReady("registerPreloadScript");
    if (!isAbsolute(script.filePath)) throw new Error("preload script must have absolute path");
    if (this.preloads.some(({ id }) => id === script.id)) throw new Error("a preload of this id is there");
    this.preloads.push(script);
    return script.id ?? "random";
  }

  setPermissionRequestHandler(handler: (contents: null, permission: string, answer: (may: boolean) => void) => void): void {
    this.permits = (permission) => {
      let may = false;
      handler(null, permission, (answer) => (may = answer));
      return may;
    };
  }

  setPermissionCheckHandler(_: unknown): void {}
}

export const session = { defaultSession: new Session() };

type Serve = (request: Request) => Promise<Response>;

export const schemes: Record<string, { privileges?: object; serve?: Serve }> = {};

export const protocol = {
  registerSchemesAsPrivileged(all: { scheme: string; privileges: object }[]): void {
    if (isReady) throw new Error("protocol.registerSchemesAsPrivileged should be called before app is ready");
    for (const { scheme, privileges } of all) schemes[scheme] = { privileges };
  },
  handle(scheme: string, serve: Serve): void {
    needsReady("protocol.handle");
    schemes[scheme] = { ...schemes[scheme], serve };
  },
};

/** A port of the main process: it keeps its messages until it is started. */
export class MessagePortMain extends EventEmitter {
  readonly inner: MessagePort;

  constructor(inner: MessagePort) {
    super();
    this.inner = inner;
    inner.on("close", () => this.emit("close"));
  }

  start(): void {
    this.inner.on("message", (data: unknown) => this.emit("message", { data, ports: [] }));
  }

  postMessage(message: unknown): void {
    this.inner.postMessage(message);
  }

  close(): void {
    this.inner.close();
  }
}

export class MessageChannelMain {
  readonly port1: MessagePortMain;
  readonly port2: MessagePortMain;

  constructor() {
    const { port1, port2 } = new MessageChannel();
    this.port1 = new MessagePortMain(port1);
    this.port2 = new MessagePortMain(port2);
  }
}

/** A frame with a page: its preload sees `ipcRenderer` and `contextBridge`, its page sees `world`. */
export class Frame {
  readonly origin: string;
  readonly world = new World();
  readonly listeners = new EventEmitter();
  #isDestroyed = false;

  constructor(origin: string) {
    this.origin = origin;
  }

  destroy(): void {
    this.#isDestroyed = true;
  }

  isDestroyed(): boolean {
    return this.#isDestroyed;
  }

  /** A message for the preload, whose ports become those of a page. */
  postMessage(channel: string, message: unknown, ports: MessagePortMain[] = []): void {
    const event = { ports: ports.map(({ inner }) => inner) };
    setImmediate(() => this.listeners.emit(channel, event, structuredClone(message)));
  }
}

/** The page's own global. */
class World extends EventTarget {
  [name: string]: unknown;

  postMessage(data: unknown, _to: string, ports: unknown): void {
    setImmediate(() => this.dispatchEvent(Object.assign(new Event("message"), { data, source: this, ports })));
  }
}

/** The frame whose scripts run now. */
let current = new Frame("about:blank");

export const contextBridge = {
  /** What crosses to the page is copied; a function becomes another that copies what it takes and gives. */
  exposeInMainWorld(name: string, api: unknown): void {
    if (name in current.world) throw new Error(`Cannot bind an API on top of an existing property on the window object`);
    if (typeof api !== "function") throw new Error("this stand-in carries functions alone");
    current.world[name] = async (...args: unknown[]) => structuredClone(await api(...structuredClone(args)));
  },
};

export const ipcRenderer = {
  /** Whatever the handler throws arrives as a mere `Error` with its text. */
  async invoke(channel: string, ...args: unknown[]): Promise<unknown> {
    const handler = handlers.get(channel);
    if (!handler) throw new Error(`Error invoking remote method '${channel}': Error: No handler registered for '${channel}'`);
    const senderFrame = asking;
    try {
      return structuredClone(await handler({ senderFrame }, ...structuredClone(args)));
    } catch (error) {
      throw new Error(`Error invoking remote method '${channel}': ${String(error)}`);
    }
  },
  on(channel: string, listener: (event: { ports: unknown[] }, ...args: unknown[]) => void): void {
    current.listeners.on(channel, listener);
  },
};

/** The frame that an `invoke` comes from; `null` for one that is gone. */
let asking: Frame | null = current;

/** Loads a page: its frame's preload runs from now on, with the page's global in the place of this one's. */
export function load(frame: Frame): void {
  current = asking = frame;
}

/** As a frame that has gone elsewhere in the meantime. */
export function leave(): void {
  asking = null;
}

/** An app that was just launched. */
export function relaunch(): void {
  handlers.clear();
  app.removeAllListeners();
  session.defaultSession = new Session();
  for (const scheme of Object.keys(schemes)) delete schemes[scheme];
  isReady = false;
  ready = new Promise((resolve) => (becomeReady = resolve));
}

export function makeReady(): void {
  isReady = true;
  becomeReady();
}
