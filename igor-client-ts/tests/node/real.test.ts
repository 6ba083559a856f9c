import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { MessageChannel } from "node:worker_threads";
import type { MessagePort } from "node:worker_threads";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterEach, describe, expect, test, vi } from "vitest";
import { FoundSocket } from "../../src/desktop/found_socket.js";
import { PortSocket } from "../../src/desktop/port_socket.js";
import type { WebSocketClass } from "../../src/host.js";
import { bridge } from "../../src/node/bridge.js";
import type { Backend, StartOptions } from "../../src/node/index.js";
import { LocalSocket, startIgor } from "../../src/node/index.js";
import { connect, contract, program } from "./real.js";

// Real programs are started, on machines that may have much else to do.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 });

const endings: (() => unknown)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

async function start(options: Partial<StartOptions> = {}): Promise<Backend> {
  const backend = await startIgor({ program, contract, instances: "many", readyMs: 60_000, restarts: { baseMs: 1 }, ...options });
  endings.push(() => backend.stop());
  return backend;
}

/** Sockets as the page of a window has them: each over a port of its own, joined to one of the main process. */
function portClass(backend: Backend): WebSocketClass {
  return class extends FoundSocket {
    constructor() {
      super(async () => {
        await backend.address();
        const { port1, port2 } = new MessageChannel();
        bridge(bridged(port1), new backend.WebSocket("", []));
        return new PortSocket(port2 as never);
      });
    }
  };
}

function bridged(port: MessagePort) {
  return {
    postMessage: (message: unknown) => port.postMessage(message),
    close: () => port.close(),
    listen: (received: (message: unknown) => void, closed: () => void) => {
      port.on("message", received);
      port.on("close", closed);
    },
  };
}

const ways = {
  "over a port": ["port", (backend: Backend) => backend.WebSocket],
  "over a pipe": ["pipe", (backend: Backend) => backend.WebSocket],
  "over a pipe and a MessagePort": ["pipe", portClass],
} as const;

describe.each(Object.entries(ways))("%s", (_, [transport, classOf]) => {
  async function client(options: Partial<StartOptions> = {}) {
    const backend = await start({ transport, ...options });
    const igor = connect(classOf(backend));
    endings.push(() => igor.close());
    return { backend, igor };
  }

  test("calls and their outputs come and go", async () => {
    const { igor } = await client();
    const job = igor.finish();
    const outputs: number[] = [];
    for await (const output of job) outputs.push(output);
    expect([outputs, await job]).toEqual([[1], "finished"]);
    expect(await Promise.all(Array.from({ length: 50 }, () => igor.finish()))).toHaveLength(50);
  });

  test("a program that is started again is found, and the session is said to be new", async () => {
    const { backend, igor } = await client();
    expect(await igor.finish()).toBe("finished");
    const lost = new Promise<string>((resolve) => igor.onSessionLost(resolve));
    const held = igor.hold();
    for await (const _running of held) break;
    const failed = held.then(
      () => undefined,
      (error: unknown) => error,
    );
    process.kill(backend.pid ?? 0, "SIGKILL");
    expect(await lost).toContain("does not know the session");
    expect(await failed).toMatchObject({ code: expect.stringMatching(/session_lost|cancelled/) });
    expect(await igor.finish()).toBe("finished");
  });

  test("a socket is lost and nothing else", async () => {
    const { igor, backend } = await client();
    const sockets: InstanceType<WebSocketClass>[] = [];
    const Watched = class extends classOf(backend) {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    };
    igor.close();
    const watched = connect(Watched);
    endings.push(() => watched.close());
    expect(await watched.finish()).toBe("finished");
    let lost = 0;
    watched.onSessionLost(() => (lost += 1));
    const job = watched.finish();
    for await (const _running of job) break;
    const again = watched.finish();
    sockets[0]?.close(4000, "cut");
    expect([await again, lost]).toEqual(["finished", 0]);
    expect(sockets.length).toBeGreaterThan(1);
    await job.then(
      () => {},
      () => {},
    );
  });
});

test("a window that is gone leaves no socket behind", async () => {
  const backend = await start({ transport: "pipe" });
  const socket = new backend.WebSocket("", []);
  const opened = new Promise<void>((resolve) => socket.addEventListener("open", resolve));
  const closed = new Promise<number>((resolve) => socket.addEventListener("close", ({ code }) => resolve(code)));
  const { port1, port2 } = new MessageChannel();
  bridge(bridged(port1), socket);
  await opened;
  port2.close();
  expect(await closed).toBe(1001);
});

test("a wrong token is told by its close code, and a class that asks comes back", async () => {
  const backend = await start();
  const address = await backend.address();
  const socket = new LocalSocket({ ...address, token: "not-the-token-of-anybody" });
  const code = await new Promise((resolve) => socket.addEventListener("close", (event: { code: number }) => resolve(event.code)));
  expect(code).toBe(4401);
  const found = new FoundSocket(async () => new LocalSocket({ ...address, token: "not-the-token-of-anybody" }));
  const seen = await new Promise((resolve) => found.addEventListener("close", (event: { code: number }) => resolve(event.code)));
  expect(seen).toBe(1006);
});

test("one user has one of it, unless told otherwise", async () => {
  const home = await mkdtemp(join(tmpdir(), "igor-home-"));
  endings.push(() => rm(home, { recursive: true, force: true }));
  const env = { ...process.env, XDG_STATE_HOME: home };
  await start({ instances: "one", env });
  await expect(start({ instances: "one", env })).rejects.toThrow("runs already for this user");
  await start({ instances: "many", env });
});

test("a program that nobody uses ends, and is there again when somebody asks", async () => {
  const backend = await start({ idleMs: 1 });
  if (backend.pid !== undefined) await new Promise<void>((resolve) => backend.onExit(() => resolve()));
  expect(backend.pid).toBeUndefined();
  expect((await backend.address()).url).toContain("ws://127.0.0.1:");
});

test("it ends with a process of Node that is killed", async () => {
  const directory = await mkdtemp(join(tmpdir(), "igor-parent-"));
  endings.push(() => rm(directory, { recursive: true, force: true }));
  const file = join(directory, "parent.mjs");
  const index = fileURLToPath(new URL("../../src/node/index.ts", import.meta.url));
  const text = `import { startIgor } from ${JSON.stringify(index)};
    const backend = await startIgor({ program: ${JSON.stringify(program)}, instances: "many", readyMs: 60_000 });
    console.log(JSON.stringify(await backend.address()));`;
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: directory, loader: "ts" },
    bundle: true,
    format: "esm",
    platform: "node",
    write: false,
  });
  await writeFile(file, outputFiles[0]?.text ?? "");
  const parent = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
  endings.push(() => parent.kill("SIGKILL"));
  const [line] = (await once(parent.stdout, "data")) as [Buffer];
  const socket = new LocalSocket(JSON.parse(line.toString()));
  await new Promise<void>((resolve) => socket.addEventListener("open", () => resolve()));
  const closed = new Promise<void>((resolve) => socket.addEventListener("close", () => resolve()));
  parent.kill("SIGKILL");
  await closed;
});
