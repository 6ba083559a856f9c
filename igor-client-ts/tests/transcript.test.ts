// The golden transcript of a session: it begins, its socket is lost, it goes on, its server is started anew. A hello
// begins a new socket. What stands there as the client's is what the client must say, byte for byte.

import { readFileSync } from "node:fs";
import { afterEach, expect, it, vi } from "vitest";
import type { WireFrame } from "../src/protocol.js";
import { FakeServer, settled } from "./fake_server.js";

interface GoldenFrame {
  name: string;
  direction: "client" | "server";
  text: string;
  frame: WireFrame;
}

const file = new URL("../../tests/golden/resume.json", import.meta.url);
const frames = JSON.parse(readFileSync(file, "utf8")) as GoldenFrame[];

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

it("says what the transcript says", async () => {
  vi.useFakeTimers();
  const { session, key, page } = frames[0]?.frame.data as Record<string, string>;
  const random = [page, session, key];
  vi.spyOn(crypto, "getRandomValues").mockImplementation((bytes) => {
    (bytes as Uint8Array).set(Buffer.from(random.shift() ?? "", "base64url"));
    return bytes;
  });

  const server = new FakeServer();
  const igor = await server.connecting();
  const seen: unknown[] = [];
  igor.on("chat.said", ({ line }) => seen.push(line));
  igor.onMissed((missed) => seen.push(missed));
  igor.onSessionLost((why) => seen.push(why));
  let history: ReturnType<typeof igor.chat.history> | undefined;
  const keep = (value: PromiseLike<unknown>): void => void value.then((done) => seen.push(done));
  /** What the user of the client does just before a frame. */
  const acts: Record<string, () => void> = {
    "hello of a new page": () => keep(igor.chat.say("lobby", "hello")),
    "call that arrives": () => (history = igor.chat.history("lobby")),
    "call that is lost with the socket": () => keep(igor.ping()),
    cancel: () => history?.cancel(),
    "hello to a server that was started anew": () => keep(igor.ping()),
  };

  for (const { name, direction, text, frame } of frames) {
    const isHello = frame.action === "igor.hello";
    if (isHello && server.socket.texts.length > 0) server.socket.drop();
    acts[name]?.();
    while (isHello && server.socket.readyState === 3) await vi.advanceTimersByTimeAsync(50);
    if (isHello) server.socket.accept();
    if (direction === "server") server.socket.raw(text);
    else expect(said(server), name).toBe(text);
    await settled();
  }
  expect(said(server)).toBeUndefined();

  const line = { who: "ann", text: "hello" };
  expect(seen).toEqual([line, line, { "chat.said": 17 }, null, "the server does not know the session", null]);
  await expect(history?.toArray()).rejects.toThrow("cancelled: the caller cancelled");
});

/** The next text of the client. */
function said({ socket }: FakeServer): string | undefined {
  const index = heard.get(socket) ?? 0;
  heard.set(socket, index + 1);
  return socket.texts[index];
}

const heard = new Map<unknown, number>();
