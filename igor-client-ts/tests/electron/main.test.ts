import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { desktop } from "../../src/desktop/desktop.js";
import { startIgor } from "../../src/electron/main.js";
import type { ElectronOptions } from "../../src/electron/main.js";
import { exposeIgor } from "../../src/electron/preload.js";
import type { Backend } from "../../src/node/backend.js";
import { LocalSocket } from "../../src/node/socket.js";
import { connect, contract, program } from "../node/real.js";
import { Frame, app, leave, load, makeReady, relaunch, session } from "./stand_in.js";

const preload = fileURLToPath(import.meta.url);
const own = "app://chat";
// Real programs are started, on machines that may have much else to do.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const endings: (() => unknown)[] = [];

beforeEach(relaunch);

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
  vi.unstubAllGlobals();
});

async function start(options: Partial<ElectronOptions> = {}): Promise<Backend> {
  makeReady();
  const backend = await startIgor({
    program,
    contract,
    instances: "many",
    readyMs: 60_000,
    restarts: { baseMs: 1 },
    origins: [own],
    preload,
    ...options,
  });
  endings.push(() => backend.stop());
  return backend;
}

/** Loads a page of this origin, with its preload. */
function page(origin: string): Frame {
  const frame = new Frame(origin);
  load(frame);
  vi.stubGlobal("postMessage", frame.world.postMessage.bind(frame.world));
  exposeIgor();
  return frame;
}

/** What the page itself does: its global stands in the place of this one's. */
function connected({ world }: Frame) {
  vi.stubGlobal("igorWindow", world["igorWindow"]);
  vi.stubGlobal("addEventListener", (type: string, listener: (event: object) => void) =>
    world.addEventListener(type, (event) => listener({ ...fields(event), source: globalThis })),
  );
  vi.stubGlobal("removeEventListener", () => {});
  vi.stubGlobal("WebSocket", PageSocket);
  const igor = connect(undefined, [desktop()]);
  endings.push(() => igor.close());
  return igor;
}

const fields = (event: Event) => {
  const { data, ports } = event as MessageEvent;
  return { data, ports };
};

/** The page's own `WebSocket`, which Node has not everywhere: it goes where it is told, with the token it is given. */
class PageSocket extends LocalSocket {
  constructor(url: string, protocols: string[]) {
    const token = protocols.find((protocol) => protocol.startsWith("igor.token."))?.slice("igor.token.".length) ?? "";
    super({ url, token: Buffer.from(token, "base64url").toString() });
  }
}

describe.each(["port", "pipe"] as const)("over a %s", (transport) => {
  test("a page finds the program by itself", async () => {
    await start({ transport });
    const igor = connected(page(own));
    expect(await igor.finish()).toBe("finished");
  });

  test("a page finds the program again after a restart, and is told that its session is new", async () => {
    const backend = await start({ transport });
    const igor = connected(page(own));
    expect(await igor.finish()).toBe("finished");
    const lost = new Promise<string>((resolve) => igor.onSessionLost(resolve));
    await backend.restart();
    expect(await igor.finish()).toBe("finished");
    expect(await lost).toContain("does not know the session");
  });

  test("a page of another origin is told nothing", async () => {
    await start({ transport });
    for (const origin of ["https://evil.example", "null", "app://chat.evil", "app://"]) {
      const ask = page(origin).world["igorWindow"] as () => Promise<unknown>;
      await expect(ask(), origin).rejects.toThrow("forbidden: `" + origin + "` is not a page of this app");
    }
  });

  test("a frame that is gone is told nothing", async () => {
    await start({ transport });
    const frame = page(own);
    const ask = frame.world["igorWindow"] as () => Promise<unknown>;
    leave();
    await expect(ask()).rejects.toThrow("forbidden: `a frame that is gone`");
    load(frame);
    frame.destroy();
    await expect(ask()).rejects.toThrow("forbidden");
  });
});

test("the page of a pipe never sees the token", async () => {
  await start({ transport: "pipe" });
  const ask = page(own).world["igorWindow"] as () => Promise<object>;
  expect(Object.keys(await ask())).toEqual(["port"]);
});

test("a page has a function and no value", async () => {
  await start();
  const { world } = page(own);
  expect(Object.keys(world)).toEqual(["igorWindow"]);
  expect(typeof world["igorWindow"]).toBe("function");
});

test("the preload is registered for every frame", async () => {
  await start();
  expect(session.defaultSession.preloads).toEqual([{ type: "frame", filePath: preload, id: "igor" }]);
});

test("an app without origins, and one without a preload, are refused before anything is started", async () => {
  await expect(start({ origins: [] })).rejects.toThrow("`origins` is empty");
  await expect(start({ preload: "/nowhere" })).rejects.toThrow("there is no preload at `/nowhere`");
});

test("the app waits for the program's end, and then quits", async () => {
  const backend = await start();
  const quit = new Promise<void>((resolve) => app.on("quit", resolve));
  const { url, token } = await backend.address();
  const socket = new LocalSocket({ url, token });
  await new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()));
  let isClosed = false;
  socket.addEventListener("close", () => (isClosed = true));
  app.quit();
  await quit;
  expect([isClosed, backend.pid]).toEqual([true, undefined]);
});

test("in a browser the module does nothing", () => {
  const target = { WebSocket: LocalSocket };
  expect(desktop()({ target } as never)).toEqual({});
  expect(target.WebSocket).toBe(LocalSocket);
});
