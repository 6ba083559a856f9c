// A server in memory: sockets that tests open, feed and cut by hand.

import { afterEach, beforeEach, vi } from "vitest";
import type { WebSocketClass, WebSocketLike } from "../src/host.js";
import type { WelcomeData, WireFrame } from "../src/protocol.js";
import { connect } from "./fixtures/generated.js";
import type { Igor } from "./fixtures/generated.js";
import type { ConnectOptions } from "../src/index.js";

/** The server of the test that runs; see `useFakeServer`. */
export let server: FakeServer;

/** Gives each test of a file a server of its own, in time that stands still. */
export function useFakeServer(): void {
  beforeEach(() => {
    vi.useFakeTimers();
    server = new FakeServer();
  });
  afterEach(() => {
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
    vi.useRealTimers();
  });
}

/** One direction of numbers each, for as long as a page goes on. */
interface FakeLink {
  sent: number;
  received: number;
}

type Listener = (event: { data: unknown; code: number; reason: string }) => void;

/** One socket, seen from the server. */
export class FakeSocket implements WebSocketLike {
  readyState = 0;
  binaryType = "blob";
  /** What the client sent, in order. */
  readonly sent: WireFrame[] = [];
  /** The same as it stood on the wire. */
  readonly messages: (string | Uint8Array)[] = [];
  /** Its JSON. */
  readonly texts: string[] = [];
  /** With what the client closed it. */
  closedWith: number | undefined;
  readonly url: string;
  readonly protocols: string[];
  readonly #listeners = new Map<string, Listener[]>();
  readonly #links: Map<unknown, FakeLink>;

  constructor(url: string, protocols: string[], links = new Map<unknown, FakeLink>()) {
    this.url = url;
    this.protocols = protocols;
    this.#links = links;
  }

  send(message: string | Uint8Array): void {
    const text = typeof message === "string" ? message : jsonOf(message);
    const frame = JSON.parse(text) as WireFrame;
    this.messages.push(message);
    this.texts.push(text);
    this.sent.push(frame);
    if (frame.action === "igor.hello" && !this.hello["resume"]) this.#begin();
    this.#link.received = Math.max(this.#link.received, frame.n ?? 0);
  }

  close(code?: number): void {
    this.readyState = 2;
    this.closedWith ??= code;
  }

  addEventListener(type: string, listener: (event: never) => void): void {
    const listeners = this.#listeners.get(type) ?? [];
    this.#listeners.set(type, [...listeners, listener as Listener]);
  }

  /** Answers the handshake. */
  accept(): this {
    this.readyState = 1;
    this.#fire("open", {});
    return this;
  }

  /** Answers handshake and hello; a page that wants to go on does. */
  welcome(data: Partial<WelcomeData> = {}): this {
    if (this.readyState === 0) this.accept();
    const resumed = data.resumed ?? this.hello["resume"] !== undefined;
    if (!resumed && this.hello["resume"]) this.#begin();
    const { received } = this.#link;
    this.say({ action: "igor.welcome", data: { ...welcomeData(this.hello), resumed, received, ...data } });
    return this;
  }

  /** Sends a frame as it is. */
  say(frame: WireFrame): void {
    this.raw(JSON.stringify(frame));
  }

  /** Sends a frame with the next number. */
  reply(frame: WireFrame): void {
    this.say({ n: ++this.#link.sent, ...frame });
  }

  /** Sends anything. */
  raw(data: unknown): void {
    this.#fire("message", { data });
  }

  /** Ends it, as a lost network or with a code. */
  drop(code = 1006, reason = ""): void {
    this.readyState = 3;
    this.#fire("close", { code, reason });
  }

  /** The data of the hello. */
  get hello(): Record<string, unknown> {
    return this.sent[0]?.data as Record<string, unknown>;
  }

  /** What the client sent of an action. */
  calls(action: string): WireFrame[] {
    return this.sent.filter((frame) => frame.action === action);
  }

  get #link(): FakeLink {
    return this.#links.get(this.hello["page"]) ?? this.#begin();
  }

  #begin(): FakeLink {
    const link = { sent: 0, received: 0 };
    this.#links.set(this.hello["page"], link);
    return link;
  }

  #fire(type: string, event: Partial<{ data: unknown; code: number; reason: string }>): void {
    for (const listener of this.#listeners.get(type) ?? [])
      listener({ data: undefined, code: 0, reason: "", ...event });
  }
}

/** All sockets of one test. */
export class FakeServer {
  readonly sockets: FakeSocket[] = [];
  readonly WebSocket: WebSocketClass;

  constructor() {
    const { sockets } = this;
    const links = new Map<unknown, FakeLink>();
    this.WebSocket = class extends FakeSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols, links);
        sockets.push(this);
      }
    };
  }

  /** The latest socket. */
  get socket(): FakeSocket {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("the client has opened no socket");
    return socket;
  }

  /** A client that has made its first socket. */
  async connecting(options: ConnectOptions = {}): Promise<Igor> {
    const igor = connect("ws://127.0.0.1:5678", { WebSocket: this.WebSocket, ...options });
    await settled();
    return igor;
  }

  /** A client that is welcome. */
  async connected(data: Partial<WelcomeData> = {}): Promise<Igor> {
    const igor = await this.connecting();
    this.socket.welcome(data);
    await settled();
    return igor;
  }

  /** Lets the client make its next socket. */
  async attempted(): Promise<FakeSocket> {
    const { length } = this.sockets;
    for (let ms = 0; this.sockets.length === length; ms += 50) {
      if (ms > 60_000) throw new Error("the client did not come back");
      await vi.advanceTimersByTimeAsync(50);
    }
    return this.socket;
  }

  /** Lets the client come back, and welcomes it. */
  async reconnected(data: Partial<WelcomeData> = {}): Promise<FakeSocket> {
    return (await this.attempted()).welcome(data);
  }
}

/** What a server with all defaults says. */
export function welcomeData(hello: Record<string, unknown>): WelcomeData {
  return {
    clientId: "c1",
    session: String(hello["session"]),
    key: "the-next-key",
    epoch: "the-epoch",
    resumed: false,
    received: 0,
    graceMs: 10_000,
    beatMs: 5000,
    limits: { messageBytes: 1_048_576, openCalls: 1024, credit: 256, ringFrames: 4096, ringBytes: 1_048_576 },
    contract: String(hello["contract"]),
  };
}

/** The JSON of a binary message. */
function jsonOf(message: Uint8Array): string {
  const { buffer, byteOffset } = message;
  const length = new DataView(buffer, byteOffset).getUint32(0, true);
  return new TextDecoder().decode(message.subarray(4, 4 + length));
}

/** Runs everything that is ready to run. */
export async function settled(): Promise<void> {
  await vi.advanceTimersByTimeAsync(0);
}
