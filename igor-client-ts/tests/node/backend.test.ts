import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, expect, test, vi } from "vitest";
import { Backend } from "../../src/node/backend.js";
import type { BackendExit, StartOptions } from "../../src/node/index.js";
import { cargoRun, startIgor } from "../../src/node/index.js";

const script = fileURLToPath(new URL("program.mjs", import.meta.url));
const long = 60_000;
// Each starts a program, on machines that may have much else to do.
vi.setConfig({ testTimeout: long, hookTimeout: long });
const started: Backend[] = [];

/** Starts the script in a mode, and gathers its log. */
async function start(mode: string, options: Partial<StartOptions> = {}, detail = "0") {
  const log: string[] = [];
  const program = { command: process.execPath, args: [script, mode, detail] };
  const backend = await startIgor({ program, onLog: (line) => log.push(line), readyMs: long, ...options });
  started.push(backend);
  return { backend, log };
}

const failure = (starting: Promise<unknown>): Promise<Error> =>
  starting.then(
    () => new Error("it started"),
    (error: Error) => error,
  );

const nextExit = (backend: Backend): Promise<BackendExit> =>
  new Promise((resolve) => {
    const off = backend.onExit((exit) => (off(), resolve(exit)));
  });

const isRunning = (pid: number): boolean => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

afterEach(async () => {
  await Promise.all(started.splice(0).map((backend) => backend.stop()));
});

test("the token is told over standard input and stands nowhere else", async () => {
  const { backend, log } = await start("serves", { origins: ["app://chat"], idleMs: 1000 });
  const { url, token } = await backend.address();
  expect(url).toBe("ws://127.0.0.1:40000/");
  expect(token).toMatch(/^[\w-]{43}$/);
  expect(log.find((line) => line.startsWith("told"))).toBe("told: token,origins,port,parent,single,idleMs");
  expect(log.join("\n")).not.toContain(token);
  expect(log).toContain("something else");
});

test("no shell reads the arguments", async () => {
  const args = ["two words", "$HOME", "a;b", '"c"', "*"];
  const { log } = await start("serves", { args });
  const [seen] = JSON.parse(log.find((line) => line.startsWith("seen: "))?.slice("seen: ".length) ?? "[]") as [string[]];
  expect(seen.slice(-args.length - 1)).toEqual([...args, "--igor-sidecar"]);
});

test.skipIf(process.platform === "win32")("in development cargo builds the program and runs it", async () => {
  const directory = await mkdtemp(join(tmpdir(), "igor-cargo-"));
  try {
    const cargo = `#!/bin/sh\necho "cargo: $*" >&2\nexec "${process.execPath}" "${script}" serves 0 --igor-sidecar\n`;
    await writeFile(join(directory, "cargo"), cargo, { mode: 0o755 });
    const env = { ...process.env, PATH: `${directory}:${process.env["PATH"]}` };
    const { backend, log } = await start("", { program: cargoRun("my-program"), args: ["--mine"], env });
    expect(log[0]).toBe("cargo: run --quiet --package my-program -- --mine --igor-sidecar");
    await backend.stop();
    expect(log).toContain("asked");
  } finally {
    await rm(directory, { recursive: true });
  }
});

test("a program that fails says why with the last lines of its log", async () => {
  const { message } = await failure(start("fails"));
  expect(message).toContain("ended with code 7");
  expect(message).toContain("  line 30");
  expect(message).not.toContain("line 10\n");
});

test("a program that ends in peace and is no server is told from one that fails", async () => {
  const { message } = await failure(start("", { program: process.execPath, args: ["-e", "", "--"] }));
  expect(message).toContain(`\`${process.execPath}\` ended with code 0 and did not say where it listens`);
});

test("a program that is not there is an error", async () => {
  const { message } = await failure(start("", { program: "/nowhere/at/all" }));
  expect(message).toContain("`/nowhere/at/all` could not be started");
  expect(message).toContain("ENOENT");
});

test("what a program refuses is said in its words", async () => {
  expect((await failure(start("refuses"))).message).toBe("internal: no, because");
});

test("a program that does not say where it listens is given up and ended", async () => {
  const { message } = await failure(start("silent", { readyMs: 1500 }));
  expect(message).toContain("did not say in 1500 ms where it listens");
});

test("a program of another contract is refused by an error that says both", async () => {
  const { message } = await failure(start("serves", { contract: { hash: "theirs" } }));
  expect(message).toMatch(/^contract_mismatch: .* has the contract `ours`, .* was generated for `theirs`/);
  await start("serves", { contract: { hash: "ours" } });
});

test("it is asked to end first", async () => {
  const { backend, log } = await start("serves", { end: { askedMs: long } });
  await backend.stop();
  expect(log).toContain("asked");
  expect(log).not.toContain("closed");
});

test("its input ends when asking did not help", async () => {
  const { backend, log } = await start("until its input ends", { end: { askedMs: 100, inputMs: long } });
  await backend.stop();
  expect(log.slice(-2)).toEqual(["asked", "closed"]);
});

test.skipIf(process.platform === "win32")("it is terminated when the end of its input did not help", async () => {
  const end = { askedMs: 100, inputMs: 100, terminatedMs: long };
  const { backend, log } = await start("until SIGTERM", { end });
  await backend.stop();
  expect(log).toContain("terminated");
});

test("it is killed when nothing helped", async () => {
  const { backend } = await start("stays", { end: { askedMs: 50, inputMs: 50, terminatedMs: 50 } });
  const pid = backend.pid ?? 0;
  expect(isRunning(pid)).toBe(true);
  await backend.stop();
  expect(isRunning(pid)).toBe(false);
  expect((await failure(backend.address())).message).toBe("cancelled: the program was stopped");
});

test("a program that crashes comes back at the same port with another token", async () => {
  const { backend } = await start("serves", { restarts: { baseMs: 1 } });
  const before = await backend.address();
  const exit = nextExit(backend);
  process.kill(backend.pid ?? 0, "SIGKILL");
  expect(await exit).toMatchObject({ signal: "SIGKILL", restartsInMs: 1 });
  const after = await backend.address();
  expect(after.url).toBe(before.url);
  expect(after.token).not.toBe(before.token);
});

test("a program that crashes again and again is given up, and may be tried again", async () => {
  const { backend } = await start("leaves", { restarts: { limit: 2, baseMs: 1 } }, "9");
  const exits: BackendExit[] = [];
  const givenUp = new Promise<void>((resolve) => {
    backend.onExit((exit) => {
      exits.push(exit);
      if (exit.restartsInMs === undefined) resolve();
    });
  });
  await givenUp;
  expect(exits.map(({ restartsInMs }) => restartsInMs)).toEqual([1, 2, undefined]);
  const { message } = await failure(backend.address());
  expect(message).toContain("ended with code 9");
  expect(message).toContain("  told: ");
  expect((await backend.restart()).url).toContain("ws://127.0.0.1:");
});

test("a program that ended well is started again when it is asked for, and not before", async () => {
  const { backend } = await start("leaves");
  if (backend.pid !== undefined) expect(await nextExit(backend)).toMatchObject({ code: 0, restartsInMs: undefined });
  expect(backend.pid).toBeUndefined();
  expect((await backend.address()).url).toContain("ws://127.0.0.1:");
});

test("whoever restarts twice has the second one", async () => {
  const { backend } = await start("serves");
  const [first, second] = await Promise.all([backend.restart(), backend.restart()]);
  expect(first).toEqual(second);
  expect(await backend.address()).toEqual(second);
});

test("stopping ends the wait before a restart", async () => {
  const { backend } = await start("serves", { restarts: { baseMs: long, capMs: long } });
  const exit = nextExit(backend);
  process.kill(backend.pid ?? 0, "SIGKILL");
  await exit;
  const asked = failure(backend.address());
  await backend.stop();
  expect((await asked).message).toBe("cancelled: the program was stopped");
});

test.skipIf(process.platform === "win32")("the place of a pipe is private, and gone in the end", async () => {
  const { backend } = await start("serves", { transport: "pipe" });
  const directory = dirname((await backend.address()).pipe ?? "");
  expect(existsSync(directory)).toBe(true);
  await backend.stop();
  expect(existsSync(directory)).toBe(false);
});
