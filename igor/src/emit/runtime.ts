// Every number and address that this side chooses by itself, in one place. Each holds until the caller or the server
// says otherwise; each is a constant of its own, so that a bundler can put the number where it is used.

/** Where a program listens when nobody said anything else. */
const address = "ws://127.0.0.1:5678/";

/** Calls that may be open at once; a welcome replaces it. */
const openCalls = 1024;

/** The largest message; a welcome replaces it. */
const messageBytes = 1_048_576;

/** What the numbers before a frame can take of the limit of a message, in bytes. */
const numbersBytes = 48;

/** The items of one call that may be on their way or unread. */
const windowItems = 256;

/** The events that one `events()` loop may be behind. */
const behindEvents = 1024;

/** Frames that are kept until they are acknowledged. */
const ringFrames = 4096;

/** Characters that are kept until they are acknowledged. The hello announces them as bytes, which are never fewer. */
const ringChars = 1_048_576;

/** Characters of all open calls, sent or waiting. */
const openChars = 16_777_216;

/** How often a call that may run twice is sent again. */
const resends = 2;

/** How long a server keeps the session of a client that is away; a welcome replaces it. */
const graceMs = 10_000;

/** The time between two signs of life; a welcome replaces it. */
const beatMs = 5_000;

/** Received frames after which an ack goes alone. */
const ackFrames = 32;

/** Received characters after which an ack goes alone. */
const ackChars = 65_536;

/** The time from opening a socket to its welcome. */
const welcomeMs = 10_000;

/** The time to exchange a code for a token. */
const exchangeMs = 5_000;

/** The time a reloaded page waits for its predecessor to let go of the session. */
const handoverMs = 1_000;

/** The ceiling of the first wait before coming back. */
const backoffBaseMs = 250;

/** How often that ceiling doubles: up to eight seconds. */
const backoffDoublings = 5;

/** The same while the server may keep the session, which a longer wait could outlast: up to two seconds. */
const keptDoublings = 3;

/** A connection that held this long was a good one: the next wait is short again. */
const steadyMs = 5_000;

/** The longest wait that a timer can hold; a longer one would fire at once. */
const longestTimerMs = 2_147_483_647;

// What surrounds the client: a page, a worker or Node. Everything here may be missing, so nothing
// outside this file touches a global that only some of them have.

/** What the client asks of a socket; a browser's `WebSocket` and the one of `ws` both fit. */
interface WebSocketLike {
  readonly readyState: number;
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number; reason: string }) => void): void;
}

/** The ready state of an open one. */
const openState = 1;

/** The class of such a socket. */
type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

/** The part of a storage that is used. */
interface KeyedStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The part of Web Locks that is used. */
interface LockSource {
  request(name: string, options: { signal: AbortSignal }, held: () => Promise<void>): Promise<unknown>;
}

interface ListenerSource {
  addEventListener(
    type: string,
    listener: (event: { persisted?: boolean }) => void,
    options: { signal: AbortSignal },
  ): void;
}

interface HostGlobals extends Partial<ListenerSource> {
  readonly WebSocket?: WebSocketClass;
  readonly document?: ListenerSource & { readonly visibilityState: string };
  readonly location?: {
    readonly origin: string;
    readonly protocol: string;
    readonly host: string;
    readonly hash: string;
    readonly pathname: string;
    readonly search: string;
  };
  readonly history?: {
    readonly state: unknown;
    replaceState(state: unknown, unused: string, url: string): void;
  };
  readonly navigator?: { readonly locks?: LockSource };
  readonly sessionStorage?: KeyedStorage;
  readonly localStorage?: KeyedStorage;
  readonly reportError?: (error: unknown) => void;
}

/** The globals of this place, each of which may be missing. */
const host: HostGlobals = globalThis as unknown as HostGlobals;

/** Whether this is a page, and not a worker or Node. */
function isPage(): boolean {
  return host.document !== undefined;
}

/** Reads a value of the page; outside of one, or where the page forbids it, there is none. */
function readStored(storage: "sessionStorage" | "localStorage", key: string): string | undefined {
  try {
    return (isPage() && host[storage]?.getItem(key)) || undefined;
  } catch {
    return undefined; // A sandboxed frame may not even look at its storage.
  }
}

/** Keeps a value for the page where that is possible. */
function store(storage: "sessionStorage" | "localStorage", key: string, value: string): void {
  try {
    if (isPage()) host[storage]?.setItem(key, value);
  } catch {
    // Storage may be full or forbidden; then the value lives as long as this program.
  }
}

/**
 * Watches the page: calls `woken` when it is likely to have its network back, and `restored` when a page that was
 * left is shown again as it was, until the signal aborts.
 */
function watchPage(woken: () => void, restored: () => void, signal: AbortSignal): void {
  const { document } = host;
  host.addEventListener?.("online", woken, { signal });
  host.addEventListener?.("pageshow", ({ persisted }) => persisted && restored(), { signal });
  document?.addEventListener("visibilitychange", () => document.visibilityState === "visible" && woken(), { signal });
}

/** Says that a handler of the user's threw, in the way of the place, and goes on. */
function report(error: unknown): void {
  (host.reportError ?? console.error)(error);
}

/** Random bytes as unpadded base64url. */
function randomText(bytes: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** Bytes as unpadded base64url, the only alphabet that a subprotocol and an id share. */
function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

// The words of the wire: frames, codes and close codes, exactly as PROTOCOL.md has them.

/** The subprotocol that a server of this protocol version answers with. */
const subprotocol = "igor.1";

/** What stands before the token in the second offered subprotocol. */
const tokenPrefix = "igor.token.";

/** What the actions begin with that belong to the protocol itself. */
const ownPrefix = "igor.";

/** The first frame of a socket. */
const helloAction = "igor.hello";

/** The answer to it. */
const welcomeAction = "igor.welcome";

/** The server goes away. */
const goodbyeAction = "igor.goodbye";

/** In the place of events that are missing. */
const missedAction = "igor.missed";

/** Every code that travels, with its number on the wire. */
const codes = {
  /** Not JSON, not an object, or a field of the wrong kind. */
  bad_frame: 400,
  /** No token, or a wrong one. */
  unauthorized: 401,
  /** A guard refused, or the name is somebody else's. */
  forbidden: 403,
  /** No such action. */
  unknown_action: 404,
  /** The caller's or the action's deadline passed. */
  deadline_exceeded: 408,
  /** This name means something else on the other side. */
  contract_mismatch: 409,
  /** Over the limit of a frame. */
  too_large: 413,
  /** The data does not fit the action's parameters. */
  bad_data: 422,
  /** Too many open calls, or a full queue. */
  overloaded: 429,
  /** The action's own typed error. */
  action_failed: 450,
  /** A value that the wire cannot hold. */
  unsendable: 452,
  /** The caller cancelled. */
  cancelled: 499,
  /** A panic or an unexpected error; the id in the text is in the server's log too. */
  internal: 500,
  /** The server drains. */
  shutting_down: 503,
} as const;

/**
 * Why something failed: the closed set that both languages share.
 *
 * `session_lost` never travels. It is raised here, for a call whose session ended before its answer came.
 */
type Code = keyof typeof codes | "session_lost";

/** One frame, in either direction; which fields stand together is told by PROTOCOL.md. */
interface WireFrame {
  /** The number of a reliable frame, from 1 in each direction. */
  n?: number;
  /** The highest number received without a gap. */
  ack?: number;
  /** A call's number, or the id of a process. */
  streamId?: number | string;
  action?: string;
  /** How many more items may be sent. */
  credit?: number | undefined;
  deadlineMs?: number | undefined;
  data?: unknown;
  error?: string;
  code?: number;
  /** True on the last frame of a stream. */
  close?: boolean;
  cancel?: boolean;
  /** True on a beat that asks for an answer at once. */
  beat?: boolean;
  retryAfterMs?: number;
}

/** What a client says first. */
interface HelloData {
  session: string;
  key: string;
  page: string;
  attempt: number;
  contract: string;
  name: string | undefined;
  /** The size of this side's replay ring, in bytes. */
  ring: number;
  /** Where the page stands; on each of its sockets but the first. */
  resume: PageStanding | undefined;
}

/** Where a page stands that wants to go on. */
interface PageStanding {
  /** The server that it was last welcome at, if it ever was. */
  epoch: string | undefined;
  /** The highest number that it has received without a gap. */
  received: number;
  /** The lowest number that it can still send. */
  have: number;
}

/** What the server allows, told in its welcome. */
interface ServerLimits {
  messageBytes: number;
  openCalls: number;
  credit: number;
  ringFrames: number;
  ringBytes: number;
}

/** What names a contract: one short hash for the whole, and one for each action and event. */
interface Contract {
  readonly hash: string;
  readonly names: Readonly<Record<string, string>>;
}

/** What the server says last. */
interface GoodbyeData {
  /** How long it wants to be left alone. */
  retryAfterMs: number;
  /** The last call that it has begun; it runs none behind it. */
  lastCall: number;
}

/** What the server says first. */
interface WelcomeData {
  clientId: string;
  session: string;
  key: string;
  /** Random for each start of the server. */
  epoch: string;
  /** Whether the page goes on where it was. */
  resumed: boolean;
  /** Why it does not. */
  reason?: string;
  /** The highest number that the server has received without a gap. */
  received: number;
  /** How long the server keeps the session while the client is away. */
  graceMs: number;
  /** How long either side is silent at most. */
  beatMs: number;
  limits: ServerLimits;
  /** The hash, or the whole table where the client's hash is another. */
  contract: string | Contract;
}

// The rules of the session layer that tests take away, one at a time, to see that each is needed. Nothing else writes
// them: they are constants, which a bundler folds away.

/** A frame that was received before is dropped. */
const dropsDuplicates: boolean = true;

/** A missing number closes the socket. */
const closesOnGap: boolean = true;

/** What was sent is kept until it is acknowledged. */
const keepsUntilAcked: boolean = true;

/** A socket that was given up says nothing more. */
const fencesOldSocket: boolean = true;

/** Every socket of a session has a higher attempt. */
const raisesAttempt: boolean = true;

/** The new key is stored before its welcome is acknowledged. */
const storesKeyFirst: boolean = true;

/** Nothing follows a page's later hellos before their welcome. */
const awaitsWelcome: boolean = true;

/** What a server that says goodbye has not begun waits for the next one. */
const heedsGoodbye: boolean = true;

/** All sockets of a page say that they are of this page. */
const keepsPage: boolean = true;

// How long to wait before coming back: a pure function of what happened.


/**
 * The wait before the next attempt, in milliseconds: anywhere below a ceiling that doubles with every failure, so
 * many times at most.
 *
 * The full width of jitter, because all clients of a restarted server lose it in the same moment. The server's
 * own `retryAfterMs` is added, never undercut.
 */
function backoffMs(failures: number, doublings: number, retryAfterMs: number, random: number): number {
  return Math.min(retryAfterMs + random * backoffBaseMs * 2 ** Math.min(failures, doublings), longestTimerMs);
}

// Why a socket is closed, and whether coming back makes sense.


/** This side has nothing more to say. */
const closeDone = 1000;

/** A frame broke the protocol; the session is over. */
const closeProtocol = 4400;

/** The token is missing or wrong; coming back with it is pointless. */
const closeUnauthorized = 4401;

/** A guard refused; coming back is pointless. */
const closeForbidden = 4403;

/** The hello, or its welcome, came too late. */
const closeHelloLate = 4408;

/** Another socket has taken this session over. */
const closeSuperseded = 4409;

/** This client was closed and will not come back; the session is over. */
const closeGone = 4410;

/** A message was over the limit; the session is over. */
const closeTooLarge = 4413;

/** A numbered frame is missing. */
const closeGap = 4440;

/** Nothing was heard for two beats. */
const closeBeatsLost = 4442;

/**
 * What to do after a socket was closed.
 *
 * - `return`: come back with the same session.
 * - `renew`: come back, but the session is over.
 * - a code: stay away; why is told by the close itself.
 */
type AfterClose = "return" | "renew" | Code;

/** Unless its close code is one of these, a socket is lost and its session is not. */
const afterCloses: Readonly<Record<number, AfterClose>> = {
  [closeProtocol]: "renew",
  [closeTooLarge]: "renew",
  [closeUnauthorized]: "unauthorized",
  [closeForbidden]: "forbidden",
  [closeSuperseded]: "session_lost",
};

/** What a close code says about coming back. */
function afterClose(code: number): AfterClose {
  return afterCloses[code] ?? "return";
}

// How the contract of this client differs from the server's, in words.


/** Each name that is not the same on both sides, with what is different about it; a mere hash is that of the same. */
function differences(ours: Contract, theirs: Contract | string): Map<string, string> {
  const found = new Map<string, string>();
  if (typeof theirs === "string") return found;
  for (const name of Object.keys({ ...ours.names, ...theirs.names })) {
    const client = ours.names[name];
    const server = theirs.names[name];
    const what = !server ? "is missing on the server" : !client ? "is missing in this client" : "differs";
    if (client !== server) found.set(name, `\`${name}\` ${what}`);
  }
  return found;
}

// Typed listeners: who is told what, in the order in which they came.


interface Listener {
  /** Nobody, once it does not listen any more. */
  handler: ((payload: unknown) => void) | undefined;
}

/** Calls the handlers of a name with what is emitted under it. `Payloads` says what belongs to each name. */
class Emitter<Payloads> {
  /** Each list is replaced when it changes: whoever is told of something is told of it by the list of then. */
  readonly #listeners = new Map<keyof Payloads, readonly Listener[]>();

  /** Listens until the function that it returns is called. The same handler may be added twice. */
  on<Name extends keyof Payloads>(name: Name, handler: (payload: Payloads[Name]) => void): () => void {
    const own: Listener = { handler: handler as (payload: unknown) => void };
    this.#listeners.set(name, [...this.#of(name), own]);
    return () => {
      own.handler = undefined;
      this.#listeners.set(name, this.#of(name).filter((listener) => listener !== own));
    };
  }

  /**
   * Calls every handler of the name, at once and in order. One that throws is reported and the others are called
   * all the same. Who is added meanwhile hears the next one; who is removed meanwhile hears nothing more.
   */
  emit<Name extends keyof Payloads>(name: Name, payload: Payloads[Name]): void {
    for (const { handler } of this.#of(name)) {
      try {
        handler?.(payload);
      } catch (error) {
        report(error);
      }
    }
  }

  #of(name: keyof Payloads): readonly Listener[] {
    return this.#listeners.get(name) ?? [];
  }
}

// The one error that Igor throws.


/** What an error may tell besides its code and text. */
interface ErrorDetails {
  action?: string | undefined;
  data?: unknown;
  executed?: "no" | "unknown" | undefined;
  retryAfterMs?: number | undefined;
}

/**
 * The only error that Igor throws. Its message starts with the code, as in ``bad_data: `rooms[2].name` is missing``.
 *
 * ```ts
 * try {
 *   await igor.chat.say("lobby", text);
 * } catch (error) {
 *   if (error instanceof IgorError && error.code === "deadline_exceeded") hint("it took too long");
 * }
 * ```
 */
class IgorError extends Error {
  /** Why it failed, out of a closed set. */
  readonly code: Code;
  /** The action that was called, where the error belongs to one. */
  declare readonly action?: string;
  /** The action's own error where it has one, and the code is `action_failed`; `.result()` hands it out typed. */
  declare readonly data?: unknown;
  /** For a call that got no answer: whether the server may have run it. */
  declare readonly executed?: "no" | "unknown";
  /** How long to wait before trying again, where the server said so. */
  declare readonly retryAfterMs?: number;

  constructor(code: Code, text: string, details: ErrorDetails = {}) {
    super(`${code}: ${text}`);
    this.name = "IgorError";
    this.code = code;
    // What is not known is no property at all, so that a printed error shows only what is.
    for (const [name, detail] of Object.entries(details))
      if (detail !== undefined) (this as Record<string, unknown>)[name] = detail;
  }
}

/** What is to be said of anything that was thrown. */
function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The error that a failure frame tells; a number outside the set is `internal`. */
function errorFromFrame(
  { error = "no reason given", code, data, retryAfterMs }: WireFrame,
  action?: string,
): IgorError {
  const name = Object.entries(codes).find(([, number]) => number === code)?.[0] as Code | undefined;
  return new IgorError(name ?? "internal", error, { action, data, retryAfterMs });
}

// The signs of life of one socket: when to give one, and when the other side is gone. No socket, no timer.

/**
 * What a tick says is to be done.
 *
 * - `rest`: nothing.
 * - `speak`: this side was silent for a beat.
 * - `ask`: nobody listened for a while, because the machine slept or the page was held back: let the other side speak.
 * - `give up`: nothing was heard for two beats, or for one after it was asked for.
 */
type PulseSign = "rest" | "speak" | "ask" | "give up";

/** Counts the silence in both directions. All times are of one clock that only rises. */
class SocketPulse {
  readonly #beatMs: number;
  #sentAtMs: number;
  #heardAtMs: number;
  /** When the other side was asked for a sign, until it gives one. */
  #askedAtMs = 0;

  constructor(beatMs: number, now: number) {
    this.#beatMs = beatMs;
    this.#sentAtMs = this.#heardAtMs = now;
  }

  /** Something was sent. */
  sent(now: number): void {
    this.#sentAtMs = now;
  }

  /** Something was received, whatever it was. */
  heard(now: number): void {
    this.#heardAtMs = now;
    this.#askedAtMs = 0;
  }

  /** When the next tick is due. */
  get dueAtMs(): number {
    return Math.min(this.#sentAtMs + this.#beatMs, this.#silentAtMs);
  }

  /** Judges the silence. Before a late tick nobody listened, so the other side is asked and has a beat to answer. */
  tick(now: number): PulseSign {
    if (now - this.dueAtMs > this.#beatMs / 2 && !this.#askedAtMs) {
      this.#askedAtMs = now;
      return "ask";
    }
    if (now >= this.#silentAtMs) return "give up";
    return now - this.#sentAtMs >= this.#beatMs ? "speak" : "rest";
  }

  /** When the silence of the other side is too long. */
  get #silentAtMs(): number {
    return Math.max(this.#heardAtMs + this.#beatMs, this.#askedAtMs) + this.#beatMs;
  }
}

// Where the token comes from: the caller, the code in the page's address, or an earlier visit.


/** Behind it stands the address of the server: a page may speak to several, and none learns the token of another. */
const tokenKey = "igor.token ";

/** The exchanges that are under way: a code works once, but a page may make two clients in one breath. */
const exchanges: Record<string, Promise<string | undefined>> = {};

/** Finds the token for the server at `url`, if there is one. It never fails: the server says whether one is needed. */
async function findToken(url: string, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined || !isPage()) return given;
  const code = /^#igor=(.+)$/.exec(host.location?.hash ?? "")?.[1];
  const token = code && (await (exchanges[url] ??= exchangeCode(url, code)));
  delete exchanges[url];
  return token || readStored("localStorage", tokenKey + url);
}

/** The subprotocol that carries a token, because a page can set no header on a socket. */
function tokenProtocol(token: string): string {
  return tokenPrefix + base64url(new TextEncoder().encode(token));
}

/** Trades the one-time code for the token, keeps that, and takes the spent code out of the address. */
async function exchangeCode(url: string, code: string): Promise<string | undefined> {
  try {
    const response = await fetch(new URL("/igor/token", url.replace(/^ws/, "http")), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(exchangeMs),
    });
    const token: unknown = response.ok && ((await response.json()) as { token?: unknown } | null)?.token;
    const { location, history } = host;
    if (location && response.status < 500)
      history?.replaceState(history.state, "", location.pathname + location.search);
    if (typeof token !== "string") return undefined;
    store("localStorage", tokenKey + url, token);
    return token;
  } catch {
    return undefined; // The server cannot be reached: the code stays in the address and is tried again with the next socket.
  }
}

// A line of items between one who writes and one who may have to wait for them.


type Next<Item> = IteratorResult<Item, undefined>;

/** What a reader gets once there is nothing more. */
function nothingMore(): Promise<Next<never>> {
  return Promise.resolve({ value: undefined, done: true });
}

/** First in, first out. It has no bound of its own: who pushes looks at `length` and says what happens. */
class ItemQueue<Item> {
  #items: Item[] = [];
  readonly #readers: ((next: Next<Item> | Promise<Next<Item>>) => void)[] = [];
  #ended: { error: IgorError | undefined } | undefined;

  /** How many items nobody has taken. */
  get length(): number {
    return this.#items.length;
  }

  /** Hands the item to who waits longest, or keeps it; whether it was taken. After the end it is dropped. */
  push(item: Item): boolean {
    const reader = this.#readers.shift();
    if (reader) reader({ value: item, done: false });
    else if (!this.#ended) this.#items.push(item);
    return reader !== undefined;
  }

  /** Forgets the oldest items. */
  dropOldest(count: number): void {
    this.#items.splice(0, count);
  }

  /** Ends the line behind what is in it; with an error, readers get that instead of a quiet end. */
  end(error?: IgorError): void {
    if (this.#ended) return;
    this.#ended = { error };
    // Who cancelled wants nothing more, not even what is here already.
    if (error?.code === "cancelled") this.#items = [];
    for (const reader of this.#readers.splice(0)) reader(this.next());
  }

  /** The next item, as soon as there is one. */
  next(): Promise<Next<Item>> {
    if (this.#items.length > 0) return Promise.resolve({ value: this.#items.shift() as Item, done: false });
    if (this.#ended?.error) return Promise.reject(this.#ended.error);
    if (this.#ended) return nothingMore();
    return new Promise((reader) => this.#readers.push(reader));
  }
}

// A result as a value instead of an exception.


/** How an action ended: with its value, or with its own typed error. */
type Result<Value, Failure> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly error: Failure };

/** Makes the action's own error a value. Whatever else went wrong is still thrown. */
function toResult<Value, Failure>(promise: Promise<Value>): Promise<Result<Value, Failure>> {
  return promise.then(
    (value) => ({ ok: true, value }),
    (error: unknown) => {
      // Only an action's own error has data; one that failed with words alone has none that could be typed.
      if (error instanceof IgorError && error.data !== undefined)
        return { ok: false, error: error.data as Failure };
      throw error;
    },
  );
}

// Whether something that came from outside has the fields that it should have.


/** The kinds that fields have to have, as `typeof` calls them. */
type FieldKinds = Readonly<Record<string, string>>;

/** Throws `bad_frame` unless the value is an object. */
function checkObject(value: unknown, what: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new IgorError("bad_frame", `${what} is not an object`);
}

/** Throws `bad_frame` where a field is there and not of this kind. */
function checkField(what: string, kind: string, name: string, field: unknown): void {
  if (field !== undefined && typeof field !== kind)
    throw new IgorError("bad_frame", `${what} has a wrong \`${name}\`: not a ${kind}`);
}

/** Throws `bad_frame` unless the value is an object that has these fields. Others it may have as it likes. */
function checkFields(value: unknown, kinds: FieldKinds, what: string): void {
  checkObject(value, what);
  for (const name in kinds)
    checkField(what, kinds[name] as string, name, (value as Record<string, unknown>)[name] ?? null);
}

// Frames to text and back. Of binary frames this knows only that a module may write and read them.


const ofServer = "a frame of the server";

/** Data or a frame as it is written: text, or what a module makes of it. */
type Written = string | Packed;

/** What is written as more than text. */
interface Packed {
  /** The bytes of the whole message, so far. */
  readonly length: number;
  /** The same with another text. */
  map(change: (text: string) => string): Packed;
  /** The message; that of a text is the text itself. */
  valueOf(): Uint8Array<ArrayBuffer>;
}

/** How data is written and messages are read; a module may stand in the place of either. */
interface Codec {
  /** Writes the data of a frame that belongs to this action; `undefined` for none. Throws `unsendable`. */
  write: (data: unknown, action: string) => Written | undefined;
  /** Reads a message. Throws `bad_frame` for whatever is no frame. */
  read: (message: unknown) => WireFrame;
}

/** Writes a frame. Its fields stay in their order, so whoever makes one names them in that of the protocol. */
const encode: (frame: WireFrame) => string = JSON.stringify;

/** Puts its number and the latest ack before a written frame, which is otherwise the same bytes each time it is sent. */
function withNumbers(frame: Written, n: number, ack: number): Written {
  const numbers = `{"n":${n},${ack ? `"ack":${ack},` : ""}`;
  return changed(frame, (text) => numbers + text.slice(1));
}

/** Puts written data behind a frame whose fields all come before `data`. */
function withData(text: string, data: Written | undefined): Written {
  return data === undefined ? text : changed(data, (json) => `${text.slice(0, -1)},"data":${json}}`);
}

function changed(written: Written, change: (text: string) => string): Written {
  return typeof written === "string" ? change(written) : written.map(change);
}

/**
 * Writes the data of a call, `undefined` for none.
 *
 * Throws `unsendable` for what JSON would refuse, or change without a word.
 */
function encodeData(data: unknown): string | undefined {
  try {
    const text = JSON.stringify(data) as string | undefined;
    // NaN and the infinities become `null`, and an integer that is not exact has 16 digits: most data is not walked.
    const lost = text && /null|(^|[^\d.])\d{16}/.test(text) && findLost(data, "");
    if (lost) throw new IgorError("unsendable", lost);
    return text;
  } catch (error) {
    if (error instanceof IgorError) throw error;
    // A bigint, a circle, or a `toJSON` that threw.
    throw new IgorError("unsendable", textOf(error));
  }
}

/** Says where a number is that JSON has no word for, or that reads as an integer which it may not be. */
function findLost(value: unknown, path: string): string | undefined {
  if (typeof value === "number" && !isExact(value)) return `\`${path || "data"}\` is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const lost = findLost(inner, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

/** Whether a number arrives as it is: no larger than an exact integer, or so large that JSON does not write it as one. */
function isExact(value: number): boolean {
  const size = Math.abs(value);
  return size < 2 ** 53 || (size >= 1e21 && size < Infinity);
}

/** Reads a frame. Throws `bad_frame` for whatever is none. */
function decode(message: unknown): WireFrame {
  let frame: WireFrame;
  try {
    frame = JSON.parse(message as string) as WireFrame; // A binary message is not JSON either.
  } catch {
    throw new IgorError("bad_frame", `${ofServer} is not JSON`);
  }
  checkObject(frame, ofServer);
  // Only the fields that this side reads; and one by one, since to go through a table takes half as long as the JSON.
  checkField(ofServer, "number", "n", frame.n);
  checkField(ofServer, "number", "ack", frame.ack);
  if (typeof frame.streamId !== "string") checkField(ofServer, "number", "streamId", frame.streamId);
  checkField(ofServer, "string", "action", frame.action);
  checkField(ofServer, "number", "credit", frame.credit);
  checkField(ofServer, "string", "error", frame.error);
  checkField(ofServer, "number", "code", frame.code);
  checkField(ofServer, "boolean", "close", frame.close);
  checkField(ofServer, "boolean", "beat", frame.beat);
  checkField(ofServer, "number", "retryAfterMs", frame.retryAfterMs);
  return frame;
}

/** Whether this has more bytes than `limit`; those of a text are counted only where three a character would be too many. */
function isLongerThan(written: Written, limit: number): boolean {
  const { length } = written;
  return length > limit || (length * 3 > limit && new TextEncoder().encode(written as string).length > limit);
}

// Events in a `for await` loop.


/**
 * The events of one name, read in a loop.
 *
 * It listens from the call of `events()` on, until the loop is left, its signal aborts or the client is closed. A
 * loop that is more than 1,024 events behind loses the oldest, and `missed` counts them.
 */
class EventStream<Payload> implements AsyncIterableIterator<Payload> {
  readonly #queue = new ItemQueue<Payload>();
  readonly #left: () => void;
  #missed = 0;

  /** `listen` starts to feed it, and answers with how to stop that. */
  constructor(listen: (push: (payload: Payload) => void, end: (error?: IgorError) => void) => () => void) {
    this.#left = listen(
      (payload) => this.#push(payload),
      (error) => this.#queue.end(error),
    );
  }

  /** How many events were dropped because the loop did not keep up. */
  get missed(): number {
    return this.#missed;
  }

  /** The next event, as soon as there is one. */
  next(): Promise<IteratorResult<Payload, undefined>> {
    return this.#queue.next();
  }

  /** Stops listening; what has not been read is forgotten. */
  return(): Promise<IteratorResult<Payload, undefined>> {
    this.#left();
    this.#queue.end();
    return nothingMore();
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #push(payload: Payload): void {
    if (this.#queue.length >= behindEvents) {
      this.#queue.dropOldest(1);
      this.#missed += 1;
    }
    this.#queue.push(payload);
  }
}

// Who this client is to the server, across sockets and reloads.


/** What names a session. The client makes the first key, the server every later one. */
interface SessionIdentity {
  session: string;
  key: string;
  /** Counts this session's sockets, and only rises. */
  attempt: number;
}

const sessionKey = "igor.session";
const identityKinds = { session: "string", key: "string", attempt: "number" };

/** The sessions that clients of this very page have or wait for; no lock has to tell them apart. */
const claimedHere = new Set<string>();

/**
 * Keeps the identity in the page's `sessionStorage`, which a reload keeps and a duplicated tab copies. A Web Lock
 * tells the two apart: whoever holds it owns the session. Where there are no locks, or no page, the identity lives
 * in memory and nobody else can have it.
 */
class SessionKeeper {
  #identity: SessionIdentity | undefined;
  #isStored = false;
  #isReleased = false;
  #letGo: (() => void) | undefined;

  /** The identity for the next socket, its attempt already written down. */
  async next(): Promise<SessionIdentity> {
    const identity = (this.#identity ??= await this.#begin());
    if (raisesAttempt) identity.attempt += 1;
    this.#write();
    return { ...identity };
  }

  /** Keeps what a welcome said, so that the new key is stored before anything acknowledges it. */
  keep(session: string, key: string): void {
    this.#identity &&= { ...this.#identity, session, key };
    this.#write();
  }

  /** Starts afresh: the server has given this session up. The next socket claims the new one like any other. */
  renew(): void {
    this.#identity &&= fresh();
    this.#write();
    this.forget();
  }

  /** Lets go of the session; the next socket looks for one as that of a page that was just loaded. */
  forget(): void {
    this.#identity = undefined;
    this.#letGo?.();
  }

  /** Lets another client of this page, or its next load, have the session. */
  release(): void {
    this.#isReleased = true;
    this.#letGo?.();
  }

  async #begin(): Promise<SessionIdentity> {
    if (!isPage() || !host.navigator?.locks) return fresh();
    const stored = readIdentity();
    if (stored && claimedHere.has(stored.session)) return fresh();
    const identity = stored && (await this.#claim(stored.session)) ? stored : fresh();
    // A fresh id is nobody's yet: this claim only fails where the page may not use locks at all.
    this.#isStored = identity === stored || (await this.#claim(identity.session));
    return identity;
  }

  /** Takes the lock of a session. A document that is being left may hold it for a moment more, a duplicated tab for ever. */
  async #claim(session: string): Promise<boolean> {
    claimedHere.add(session);
    const letGo = await new Promise<(() => void) | undefined>((resolve) => {
      const signal = AbortSignal.timeout(handoverMs);
      const held = (): Promise<void> => new Promise((release) => resolve(release));
      host.navigator?.locks
        ?.request(`igor.session.${session}`, { signal }, held)
        .catch(() => resolve(undefined));
    });
    this.#letGo = () => {
      claimedHere.delete(session);
      letGo?.();
    };
    if (this.#isReleased || !letGo) this.#letGo();
    return letGo !== undefined;
  }

  #write(): void {
    if (this.#isStored && this.#identity) store("sessionStorage", sessionKey, JSON.stringify(this.#identity));
  }
}

function fresh(): SessionIdentity {
  return { session: randomText(16), key: randomText(32), attempt: 0 };
}

/** The identity that an earlier load of this page left, if it can be read. */
function readIdentity(): SessionIdentity | undefined {
  try {
    const identity: unknown = JSON.parse(readStored("sessionStorage", sessionKey) ?? "");
    checkFields(identity, identityKinds, "the stored session");
    return identity as SessionIdentity;
  } catch {
    return undefined; // There is none, or somebody else wrote there.
  }
}

// The server's first frame, read with care: everything after it trusts what it says.


const welcomeKinds = {
  clientId: "string",
  session: "string",
  key: "string",
  epoch: "string",
  resumed: "boolean",
  received: "number",
  graceMs: "number",
  beatMs: "number",
};
const limitKinds = {
  messageBytes: "number",
  openCalls: "number",
  credit: "number",
  ringFrames: "number",
  ringBytes: "number",
};

/** Reads a welcome. Throws `bad_frame` for another frame, and for a welcome that lacks something. */
function readWelcome({ action, data }: WireFrame): WelcomeData {
  checkFields(action === welcomeAction && data, welcomeKinds, "the welcome");
  const welcome = data as WelcomeData;
  checkField("the welcome", "string", "reason", welcome.reason);
  checkFields(welcome.limits, limitKinds, "`limits` of the welcome");
  if (typeof welcome.contract !== "string")
    checkObject(welcome.contract?.names, "`contract` of the welcome");
  return welcome;
}

// The table of open calls: what was asked, what the server has not been told yet, who gets the answers.


/** How one call is made. */
interface CallOptions {
  /** Cancels the call when it aborts: the server drops its work, the call rejects with `cancelled`. */
  signal?: AbortSignal | undefined;
  /** The time the call may take, in milliseconds; then it rejects with `deadline_exceeded`, on both sides. */
  timeoutMs?: number | undefined;
}

/**
 * What is special about the answers of a call.
 *
 * - `value`: only the result comes.
 * - `idempotent`: only the result comes, and the action may run twice.
 * - `outputs`: something comes before the end, so the server is given a window of credit to begin with.
 */
type CallKind = "value" | "idempotent" | "outputs";

/** Who gets the answers of a call: any number of outputs, then one of the other two, once. */
interface CallReceiver {
  output(data: unknown): void;
  settle(data: unknown): void;
  fail(error: IgorError): void;
}

/** What a call is known by, once it is open. */
interface CallLine {
  /** Where it is open. */
  readonly table: CallTable;
  /** Its number, which its frames carry. */
  readonly id: number;
}

/** What makes a call for a receiver. */
type CallOpener = Pick<CallTable, "open">;

/** Sends a frame as the next one; false if there is no place for it now. */
type SendFrame = (frame: Written) => boolean;

/** Sends what somebody has to say, once there is a place for it; false if there is more, which waits for the next. */
type Speaker = (send: SendFrame) => boolean;

interface OpenCall extends CallLine {
  readonly action: string;
  readonly kind: CallKind;
  readonly receiver: CallReceiver;
  /** The data as it was when the call was made, written once. */
  data: Written | undefined;
  deadlineAtMs?: number;
  /** Whether the session has the call; it has a number then. */
  isSent: boolean;
  /** How many sessions had it and were lost. */
  losses: number;
  /** The credit that the server has not been given yet. */
  credit: number;
  /** Stops its timer and forgets its signal. */
  release?: () => void;
}

const sendNothing: SendFrame = () => false;

/** Knows no socket: it is told how to send while there is one. */
class CallTable {
  /**
   * The last call that the server runs, once it has said goodbye: those behind it are for the next server, whatever
   * this one says of them.
   */
  lastCall: number = Infinity;
  /** The items of one call that may be on their way or unread. */
  windowItems: number = windowItems;
  readonly #codec: Codec;
  #open = new Map<number, OpenCall>();
  /** Who has something to say to the server, in their order; each is at most once in it. */
  readonly #waiting = new Set<Speaker | OpenCall>();
  #lastId = 0;
  #openChars = 0;
  #send = sendNothing;
  #maxOpen: number = openCalls;
  #maxBytes: number = messageBytes;
  #refused: ReadonlyMap<string, string> = new Map();
  #over: [code: Code, text: string] | undefined;

  constructor(codec: Codec) {
    this.#codec = codec;
  }

  /** Makes a call, now or as soon as there is a connection. What stands against it goes to the receiver. */
  open(
    kind: CallKind,
    receiver: CallReceiver,
    action: string,
    data: unknown,
    options?: CallOptions,
  ): CallLine {
    const id = ++this.#lastId;
    // All that is made for a call, but for its texts: what is made for each is most of what a fast one costs.
    const call: OpenCall = {
      table: this,
      id,
      action,
      kind,
      receiver,
      data: undefined,
      isSent: false,
      losses: 0,
      credit: 0,
    };
    this.#open.set(id, call);
    try {
      this.#admit(call, options);
      call.data = this.#codec.write(data, action);
      this.#openChars += call.data?.length ?? 0;
      if (this.#openChars > openChars && this.#open.size > 1)
        throw new IgorError("overloaded", "the open calls hold too much data");
      this.post(call);
    } catch (error) {
      this.#fail(call, error as IgorError); // Nothing else is thrown here.
    }
    return call;
  }

  /**
   * Takes in a frame, if it belongs to a call or asks for one; else answers false. Calls that have ended are forgotten,
   * and what still comes for them is ignored.
   */
  receive(frame: WireFrame): boolean {
    const { streamId, action } = frame;
    if (typeof streamId !== "number") return false;
    const call = streamId > this.lastCall ? undefined : this.#open.get(streamId);
    if (action !== undefined) {
      const error = `no action \`${action}\``;
      const answer = encode({ streamId, error, code: codes.unknown_action, close: true });
      // It waits like a call, and as many as there may be calls; more than that nobody asks who listens to the answers.
      if (this.#waiting.size < openCalls) this.post((send) => send(answer));
    } else if (call && frame.close) {
      this.#forget(call);
      // A map that calls pass through is copied now and then, and a copy that has grown old keeps all later ones and
      // their calls from the small collections of garbage. No way leads from it to one that is made anew.
      if (streamId % 1024 === 0) this.#open = new Map(this.#open);
      if (frame.error === undefined) call.receiver.settle(frame.data ?? null);
      else call.receiver.fail(errorFromFrame(frame, call.action));
    } else if (call?.kind === "outputs" && frame.data !== undefined) {
      call.receiver.output(frame.data);
    }
    return true;
  }

  /** Sends what has waited, and from now on everything at once. */
  connect(send: SendFrame): void {
    this.lastCall = Infinity;
    this.#send = send;
    this.flush();
  }

  /** Sends of what has waited as much as there is a place for. */
  flush(): void {
    for (const who of this.#waiting) {
      if (!this.#hear(who)) return;
      this.#waiting.delete(who);
    }
  }

  /** Lets somebody speak, now or behind those that wait. What waits for a session that is lost is not said any more. */
  post(who: Speaker | OpenCall): void {
    if (this.#waiting.size > 0 || !this.#hear(who)) this.#waiting.add(who);
  }

  /** Gives the server more credit for a call. */
  grant({ id }: CallLine, credit: number): void {
    const call = this.#open.get(id);
    if (!call) return;
    call.credit += credit;
    this.post(call);
  }

  /** Ends a call from this side, and lets the server hear of it if it has the call. */
  cancel({ id }: CallLine, code: Code = "cancelled", text = "the caller cancelled"): void {
    const call = this.#open.get(id);
    if (!call) return;
    this.#fail(call, new IgorError(code, text));
    if (call.isSent) this.post((send) => send(encode({ streamId: id, cancel: true })));
  }

  /** Holds to what the welcome said: the server's limits, and the names that mean something else there, with why. */
  agree(limits: ServerLimits, refused: ReadonlyMap<string, string>): void {
    this.#maxOpen = limits.openCalls;
    this.#maxBytes = limits.messageBytes;
    this.windowItems = Math.min(windowItems, limits.credit);
    this.#refused = refused;
    // Those behind the first hello were sent before this was known, and what they answer may be of another type.
    for (const call of this.#open.values()) this.#refuse(call);
  }

  /** The connection is gone; what was sent belongs to the session, and everything else waits for the next connection. */
  disconnect(): void {
    this.#send = sendNothing;
    this.#refused = new Map(); // The next server may be the right one again.
  }

  /** The server refused the socket and ran nothing that was sent on it: all of that waits again. */
  requeue(): void {
    this.#waiting.clear();
    for (const call of this.#open.values()) {
      call.isSent = false;
      this.#waiting.add(call);
    }
  }

  /** The session is gone: nobody knows what became of the calls that it had. Those that may run twice wait again. */
  lose(why: string): void {
    for (const call of this.#open.values()) {
      if (!call.isSent || call.id > this.lastCall) continue;
      if (call.kind !== "idempotent" || call.losses >= resends) this.#fail(call, new IgorError("session_lost", why));
      else call.losses += 1;
    }
    this.requeue();
  }

  /** The client is over: ends every call for this reason, and every later one at once. */
  end(...over: [code: Code, text: string]): void {
    this.#send = sendNothing;
    this.#over = over;
    for (const call of this.#open.values()) this.#fail(call, new IgorError(...over));
  }

  /**
   * Throws what stands against a call, and lets its signal and its deadline end it. The server has the deadline too;
   * the clock here is for when it cannot answer.
   */
  #admit(call: OpenCall, { signal, timeoutMs = Infinity }: CallOptions = {}): void {
    if (this.#over) throw new IgorError(...this.#over);
    if (signal?.aborted) throw new IgorError("cancelled", "its signal was aborted");
    if (!(timeoutMs > 0)) throw new IgorError("deadline_exceeded", `\`timeoutMs\` is ${timeoutMs}`);
    if (this.#open.size > this.#maxOpen)
      throw new IgorError("overloaded", `${this.#maxOpen} calls are open already`);
    if (!signal && timeoutMs > longestTimerMs) return; // As most are: nothing is made that had to be given back.
    const aborted = (): void => this.cancel(call, "cancelled", "its signal was aborted");
    signal?.addEventListener("abort", aborted);
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (timeoutMs <= longestTimerMs) {
      call.deadlineAtMs = performance.now() + timeoutMs;
      timer = setTimeout(
        () => this.cancel(call, "deadline_exceeded", `no answer within ${timeoutMs} ms`),
        timeoutMs,
      );
    }
    call.release = () => {
      signal?.removeEventListener("abort", aborted);
      clearTimeout(timer);
    };
  }

  /** Lets somebody speak; false if there is more, which has to wait. */
  #hear(who: Speaker | OpenCall): boolean {
    return typeof who === "function" ? who(this.#send) : this.#transmit(who);
  }

  /** Sends what the server has not heard of a call; false if that has to wait. */
  #transmit(call: OpenCall): boolean {
    const frame = call.isSent ? encode({ streamId: call.id, credit: call.credit }) : this.#firstFrame(call);
    // What the connection cannot carry is refused before it has a number.
    if (this.#refuse(call)) return true;
    if (isLongerThan(frame, this.#maxBytes - numbersBytes))
      return this.#fail(call, new IgorError("too_large", `the call is over the limit of ${this.#maxBytes} bytes`));
    if (!this.#send(frame)) return false;
    call.isSent = true;
    call.credit = 0;
    return true;
  }

  /** Ends a call whose action means something else on the server; what differs, if it does. */
  #refuse(call: OpenCall): string | undefined {
    const different = this.#refused.get(call.action);
    if (different) this.cancel(call, "contract_mismatch", different);
    return different;
  }

  /** The frame that makes a call; written by hand, which takes half as long as `encode`. */
  #firstFrame({ id, action, kind, data, deadlineAtMs }: OpenCall): Written {
    let text = `{"streamId":${id},"action":${JSON.stringify(action)}`;
    if (kind === "outputs") text += `,"credit":${this.windowItems}`;
    if (deadlineAtMs) text += `,"deadlineMs":${Math.max(1, Math.ceil(deadlineAtMs - performance.now()))}`;
    return withData(`${text}}`, data);
  }

  /** Ends a call with an error; true, for it has nothing more to say. */
  #fail(call: OpenCall, error: IgorError): true {
    this.#forget(call);
    const details: ErrorDetails = {
      action: call.action,
      executed: call.isSent || call.losses > 0 ? "unknown" : "no",
    };
    call.receiver.fail(Object.assign(error, details));
    return true;
  }

  #forget(call: OpenCall): void {
    this.#open.delete(call.id);
    this.#waiting.delete(call);
    this.#openChars -= call.data?.length ?? 0;
    call.release?.();
  }
}

// One end of a session, without I/O: what was sent and is not yet acknowledged, and what was received.


/** What a received number says about its frame; at the second gap at a place coming back has not helped. */
type FrameVerdict = "deliver" | "drop" | "gap" | "gap again";

/** Where one end stands. */
interface LinkStanding {
  /** The highest number that it has received without a gap. */
  readonly received: number;
  /** The lowest number that it can still send. */
  readonly have: number;
}

/**
 * Numbers, acks and the ring of one end. It outlives its sockets: after a `resume` it goes on where the other end
 * stands, under the same numbers.
 */
class SessionLink {
  /** What was sent and is not acknowledged, the oldest first. */
  #ring!: Written[];
  #ringChars!: number;
  /** The number of the oldest in the ring, or the next to be given. */
  #have!: number;
  #received!: number;
  /** What was received when a number was missing. */
  #gapAt: number | undefined;
  #untoldFrames!: number;
  #untoldChars!: number;

  constructor() {
    this.restart();
  }

  /** Begins again at 1 in both directions. */
  restart(): void {
    this.#ring = [];
    this.#have = 1;
    this.#gapAt = undefined;
    this.#ringChars = this.#received = this.#untoldFrames = this.#untoldChars = 0;
  }

  /**
   * Gives a frame the next number and keeps it; answers with what is to be written. Nothing: the ring has no place for
   * it now. An empty ring takes a frame of any length.
   */
  push(frame: Written): Written | undefined {
    const { length } = this.#ring;
    const chars = this.#ringChars + frame.length;
    if (length > 0 && (length >= ringFrames || chars > ringChars)) return undefined;
    this.#ringChars = chars;
    this.#ring.push(frame);
    const numbered = this.#numbered(frame, length);
    if (!keepsUntilAcked) this.acknowledge(this.#have + length);
    return numbered;
  }

  /** The other end has everything up to `n`. False: it cannot have, because that was never sent. */
  acknowledge(n: number): boolean {
    const count = n + 1 - this.#have;
    if (count <= 0) return true; // Most frames say nothing new.
    if (count > this.#ring.length) return false;
    for (const frame of this.#ring.splice(0, count)) {
      this.#have += 1;
      this.#ringChars -= frame.length;
    }
    return true;
  }

  /** Judges the number of a frame, and counts it when it is the next one. Its characters are never more than its bytes. */
  receive(n: number, chars: number): FrameVerdict {
    if (n <= this.#received) return dropsDuplicates ? "drop" : "deliver";
    if (closesOnGap && n !== this.#received + 1) {
      const isSame = this.#gapAt === this.#received;
      this.#gapAt = this.#received;
      return isSame ? "gap again" : "gap";
    }
    this.#received = n;
    this.#untoldFrames += 1;
    this.#untoldChars += chars;
    return "deliver";
  }

  /** The ack for a frame that is about to go. */
  tellReceived(): number {
    this.#untoldFrames = this.#untoldChars = 0;
    return this.#received;
  }

  /** Whether the next ack goes alone: the sender's ring is to be free again before it is full. */
  isAckDue(sender: ServerLimits): boolean {
    return (
      this.#untoldFrames >= Math.min(ackFrames, sender.ringFrames / 4) ||
      this.#untoldChars >= Math.min(ackChars, sender.ringBytes / 4)
    );
  }

  /** Where this end stands. */
  standing(): LinkStanding {
    return { received: this.#received, have: this.#have };
  }

  /**
   * Goes on with another end that has received everything up to `received`; answers with what is to be written again.
   * Nothing: the other end stands where it cannot be, and nothing has changed.
   */
  resume(received: number): Written[] | undefined {
    if (received + 1 < this.#have || !this.acknowledge(received)) return undefined;
    return this.#ring.map((frame, index) => this.#numbered(frame, index));
  }

  #numbered(frame: Written, index: number): Written {
    return withNumbers(frame, this.#have + index, this.tellReceived());
  }
}

// The outputs of one call on their way to a reader, and the credit that the server has to send more.


/**
 * What happens when the window is full and nobody reads.
 *
 * - `drop_oldest`: outputs beside a result are a courtesy, and whoever only awaits the result must not stall it.
 * - `wait`: the stream is the reply, so nothing is dropped and the server waits for its reader.
 */
type Overflow = "drop_oldest" | "wait";

/**
 * Holds at most a window of items, and gives the server credit in halves of it: single credits would cost a frame
 * each, whole windows would make the server wait.
 */
class OutputQueue<Item> {
  /** The line of the call; it is there when the first item comes. */
  line!: CallLine;
  readonly #overflow: Overflow;
  readonly #items = new ItemQueue<Item>();
  /** Items that are gone from here, and for which the server has no new credit yet. */
  #taken = 0;
  #isRead = false;

  constructor(overflow: Overflow) {
    this.#overflow = overflow;
  }

  /** Takes in an item. False: the server had no credit for it, and it is not kept. */
  push(item: Item): boolean {
    if (this.#items.length >= this.line.table.windowItems) return false;
    if (this.#items.push(item)) this.#taken += 1;
    this.#flow();
    return true;
  }

  /** Ends the call, with `cancelled` unless another code is given. */
  cancel(code?: Code, text?: string): void {
    this.line.table.cancel(this.line, code, text);
  }

  /** Ends it behind the items that are here; after an error its reader throws. */
  end(error?: IgorError): void {
    this.#items.end(error);
  }

  /** Reads it. There is one reader at a time; `left` is called when it goes before the end. */
  read(left: () => void): AsyncIterator<Item, undefined> {
    if (this.#isRead) throw new IgorError("forbidden", "this call has a reader already");
    this.#isRead = true;
    let isGone = false;
    return {
      next: () => {
        if (isGone) return nothingMore();
        if (this.#items.length > 0) this.#taken += 1;
        const next = this.#items.next();
        this.#flow();
        return next;
      },
      return: () => {
        isGone = true;
        // The reply itself is read once; of a courtesy the next reader gets what is still here.
        if (this.#overflow === "drop_oldest") this.#isRead = false;
        left();
        this.#flow();
        return nothingMore();
      },
    };
  }

  #flow(): void {
    const most = this.line.table.windowItems;
    const half = Math.ceil(most / 2);
    if (this.#overflow === "drop_oldest" && !this.#isRead && this.#items.length >= most) {
      this.#items.dropOldest(half);
      this.#taken += half;
    }
    if (this.#taken < half) return;
    this.line.table.grant(this.line, this.#taken);
    this.#taken = 0;
  }
}

// One socket from hello to close: the welcome, the order of frames, acks and beats.


/** Why a socket is closed whose server has received more than there was. */
const neverSent = "the server acknowledged too much";

/** Why a socket ended. */
interface SocketEnd {
  readonly code: number;
  readonly why: string;
  /** The server's refusal, where it answered the hello with one. */
  readonly refusal?: WireFrame | undefined;
}

/** What a socket tells its owner; `ended` comes once, and last. */
interface ClientSocketListener {
  /** The hello is sent; the welcome is on its way. */
  greeted(): void;
  welcomed(welcome: WelcomeData): void;
  received(frame: WireFrame): void;
  ended(end: SocketEnd): void;
}

/** A socket for a link, which goes on when the socket has ended. */
class ClientSocket {
  readonly #socket: WebSocketLike;
  readonly #codec: Codec;
  readonly #link: SessionLink;
  readonly #listener: ClientSocketListener;
  /** Both are there from the welcome on. */
  #pulse: SocketPulse | undefined;
  #limits!: ServerLimits;
  #isOver = false;
  #owesAck = false;
  #timer: ReturnType<typeof setTimeout>;

  constructor(
    socket: WebSocketLike,
    codec: Codec,
    hello: HelloData,
    link: SessionLink,
    listener: ClientSocketListener,
  ) {
    this.#link = link;
    this.#listener = listener;
    this.#socket = socket;
    this.#codec = codec;
    socket.binaryType = "arraybuffer";
    socket.addEventListener("open", () => {
      if (this.#isOver) return;
      this.write(encode({ action: helloAction, data: hello }));
      listener.greeted();
    });
    // What was given up is silent, even if it still hears something.
    socket.addEventListener("message", ({ data }) => {
      if (!fencesOldSocket || !this.#isOver) this.#receive(data);
    });
    socket.addEventListener("close", ({ code, reason }) =>
      this.#end({ code, why: reason || `closed with ${code}` }),
    );
    // A close follows every error and says no less; but in Node an error that nobody listens to ends the program.
    socket.addEventListener("error", () => {});
    this.#timer = setTimeout(() => this.close(closeHelloLate, "no welcome"), welcomeMs);
  }

  /** Writes a frame as it is; on a socket that is not open it is dropped, because its close will be told. */
  write(frame: Written): void {
    this.#pulse?.sent(performance.now());
    if (this.#socket.readyState === openState)
      this.#socket.send(frame.valueOf() as string | Uint8Array<ArrayBuffer>);
  }

  /** Tells the server what was received, in a frame of its own that may say more. */
  acknowledge(more?: WireFrame): void {
    this.write(encode({ ack: this.#link.tellReceived(), ...more }));
  }

  /** Looks whether the other side is still there, as a timer does that may have been held back. */
  wake(): void {
    if (this.#pulse) this.#beat(this.#pulse);
  }

  /** Closes the socket and tells the owner why. */
  close(code: number, why: string, refusal?: WireFrame): void {
    if (this.#isOver) return;
    this.#socket.close(code, why.slice(0, 40)); // A reason may be 123 bytes long.
    this.#end({ code, why, refusal });
  }

  #receive(data: unknown): void {
    this.#pulse?.heard(performance.now());
    let frame: WireFrame;
    let welcome: WelcomeData | undefined;
    try {
      frame = this.#codec.read(data);
      if (!this.#pulse && frame.error === undefined) welcome = readWelcome(frame);
    } catch (error) {
      return this.close(closeProtocol, textOf(error));
    }
    if (this.#pulse) this.#take(frame, (data as string).length ?? (data as ArrayBuffer).byteLength);
    else if (welcome) this.#begin(welcome);
    else this.close(closeDone, frame.error ?? "", frame);
  }

  #begin(welcome: WelcomeData): void {
    this.#limits = welcome.limits;
    this.#pulse = new SocketPulse(Math.min(Math.max(welcome.beatMs, 1), longestTimerMs / 2), performance.now());
    this.#listener.welcomed(welcome);
    this.#beat(this.#pulse);
  }

  #take(frame: WireFrame, chars: number): void {
    if (!this.#link.acknowledge(frame.ack ?? 0)) return this.close(closeProtocol, neverSent);
    const verdict = frame.n === undefined ? "deliver" : this.#link.receive(frame.n, chars);
    if (verdict === "drop") return;
    if (verdict !== "deliver")
      return this.close(verdict === "gap" ? closeGap : closeProtocol, "a frame of the server is missing");
    // From here, and not from a timer: browsers hold back the timers of a page in the background.
    if (frame.beat) this.acknowledge();
    this.#listener.received(frame);
    if (this.#owesAck || !this.#link.isAckDue(this.#limits)) return;
    this.#owesAck = true;
    // What came in one turn has one ack, and none where what was said meanwhile carried it.
    void Promise.resolve().then(() => {
      this.#owesAck = false;
      if (this.#link.isAckDue(this.#limits)) this.acknowledge();
    });
  }

  /** Does what the pulse says, and looks again when it says so. */
  #beat(pulse: SocketPulse): void {
    if (this.#isOver) return;
    const sign = pulse.tick(performance.now());
    if (sign === "give up") return this.close(closeBeatsLost, "nothing heard for two beats");
    if (sign === "speak") this.acknowledge();
    if (sign === "ask") this.acknowledge({ beat: true });
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#beat(pulse), Math.ceil(pulse.dueAtMs - performance.now()));
  }

  #end(end: SocketEnd): void {
    if (this.#isOver) return;
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#listener.ended(end);
  }
}

// Keeps a client in touch with its server: finds token and session, opens sockets, comes back after a loss.


/**
 * How the connection is.
 *
 * - `connecting`: there was none yet; the reason told beside it is that of the last attempt.
 * - `open`: it stands.
 * - `resuming`: it is lost, and being looked for; the reason is that of the loss, then of the last attempt.
 * - `lost`: it will not come back; the reason is told beside it.
 * - `closed`: `close()` was called.
 */
type Status = "connecting" | "open" | "resuming" | "lost" | "closed";

/** Where a server is, and what opens its gate. */
interface Address {
  readonly url: string;
  readonly token: string | undefined;
}

/** Where a connection goes, as whom, and how it is written. */
interface ConnectionTarget extends Codec {
  /** What makes its sockets. */
  WebSocket: WebSocketClass;
  readonly contract: Contract;
  readonly name: string | undefined;
  /** Where the server is now; asked before each socket. */
  address: () => Promise<Address>;
}

/** What a connection tells. */
interface ConnectionNews {
  status: [status: Status, why: string | undefined];
  /** The session is gone that the server had; the calls that it had have failed. */
  sessionLost: string;
  /** It will not come back; with the error where it is `lost`. */
  over: IgorError | undefined;
}

/** One client's way to its server, over as many sockets as it takes. */
class ClientConnection {
  /** How it is; nobody else writes it. */
  status: Status = "connecting";
  /** That it will not come back, and the error if it is `lost`; nobody else writes it. */
  over: { readonly error: IgorError | undefined } | undefined;
  readonly #target: ConnectionTarget;
  readonly #calls: CallTable;
  readonly #news: Pick<Emitter<ConnectionNews>, "emit">;
  /** Takes a frame that belongs to no call. */
  readonly #other: (frame: WireFrame) => void;
  readonly #session = new SessionKeeper();
  readonly #link = new SessionLink();
  readonly #end = new AbortController();
  #page = randomText(16);
  /** Whether the server can have heard nothing of this page. */
  #isFirst = true;
  /** Whether the server may have something of this session, so that something can be lost. */
  #isKept = false;
  /** What the server said last. */
  #welcome: Partial<WelcomeData> = {};
  #socket: ClientSocket | undefined;
  /** What the latest frame acknowledged. */
  #ack: number | undefined;
  /** Runs while there is no socket and none is on its way. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Runs from the loss of a socket to the next welcome. */
  #grace: ReturnType<typeof setTimeout> | undefined;
  /** Whether the session is given up with the next failure. */
  #isOverdue = false;
  #failures = 0;
  #retryAfterMs = 0;
  #openedAtMs = Infinity;

  constructor(
    target: ConnectionTarget,
    calls: CallTable,
    news: Pick<Emitter<ConnectionNews>, "emit">,
    other: (frame: WireFrame) => void,
  ) {
    this.#target = target;
    this.#calls = calls;
    this.#news = news;
    this.#other = other;
    watchPage(
      () => this.#wake(),
      () => this.#reload(),
      this.#end.signal,
    );
    void this.#connect();
  }

  get clientId(): string | undefined {
    return this.#welcome.clientId;
  }

  /** Ends it for good: no socket, no timer, no call is left. */
  close(): void {
    this.#stop("closed", "cancelled", "the client was closed");
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { contract, name } = this.#target;
    const { session, key, attempt } = await this.#session.next();
    const { url, token } = await this.#target.address();
    if (this.over) return;
    const protocols = token === undefined ? [subprotocol] : [subprotocol, tokenProtocol(token)];
    const resume = this.#isFirst ? undefined : { epoch: this.#welcome.epoch, ...this.#link.standing() };
    const hello: HelloData = {
      session,
      key,
      page: keepsPage ? this.#page : randomText(16),
      attempt,
      contract: contract.hash,
      name,
      ring: ringChars,
      resume,
    };
    try {
      // Asked for as late as the address: a module puts its own there, once this has begun.
      const made = new this.#target.WebSocket(url, protocols);
      const socket: ClientSocket = new ClientSocket(made, this.#target, hello, this.#link, {
        greeted: () => this.#greeted(socket),
        welcomed: (welcome) => this.#welcomed(socket, welcome, resume),
        received: (frame) => this.#received(frame),
        ended: (end) => this.#ended(end, resume),
      });
      this.#socket = socket;
    } catch (error) {
      // The class refused the address as such, and would again.
      this.#stop("lost", "forbidden", `no way to \`${url}\`: ${textOf(error)}`);
    }
  }

  /** The first hello of a page may be followed by its calls at once, which saves them a round trip. */
  #greeted(socket: ClientSocket): void {
    if (!awaitsWelcome || this.#isFirst) this.#serve(socket);
    this.#isFirst = false;
  }

  /** Lets calls be sent over this socket. */
  #serve(socket: ClientSocket): void {
    this.#isKept = true;
    this.#ack = undefined; // In another session numbers begin again.
    this.#calls.connect((frame) => {
      const numbered = this.#link.push(frame);
      if (numbered) socket.write(numbered);
      return numbered !== undefined;
    });
  }

  /** The server answered a hello that said where the page stands, or that of a page that stands nowhere yet. */
  #welcomed(socket: ClientSocket, welcome: WelcomeData, resume: PageStanding | undefined): void {
    const { session, key, resumed, received, reason, limits, contract } = welcome;
    if (resume && !resumed) this.#forget(reason);
    const again = resume ? this.#link.resume(received) : [];
    if (!again) return socket.close(closeProtocol, neverSent);
    // In this order: the ack makes the old key invalid, so the new one must be stored by then.
    if (storesKeyFirst) this.#session.keep(session, key);
    socket.acknowledge();
    if (!storesKeyFirst) this.#session.keep(session, key);
    for (const frame of again) socket.write(frame);
    const different = differences(this.#target.contract, contract);
    if (different.size > 0)
      console.warn(`igor: the server is of another version: ${[...different.values()].join(", ")}`);
    this.#endGrace();
    this.#welcome = welcome;
    this.#openedAtMs = performance.now();
    this.#retryAfterMs = 0;
    this.#calls.agree(limits, different);
    this.#serve(socket);
    if (!this.over) this.#change("open");
  }

  #received(frame: WireFrame): void {
    if (frame.action === goodbyeAction) {
      const { retryAfterMs, lastCall } = (frame.data ?? {}) as GoodbyeData;
      this.#waitFor(retryAfterMs);
      if (heedsGoodbye) this.#calls.lastCall = lastCall;
    } else if (!this.#calls.receive(frame)) {
      this.#other(frame);
    }
    // A new ack may have made a place. Else whoever waits would write his frame, which may be large, again in vain.
    if (frame.ack !== this.#ack) this.#calls.flush();
    this.#ack = frame.ack;
  }

  #ended({ code, why, refusal }: SocketEnd, resume: PageStanding | undefined): void {
    this.#socket = undefined;
    this.#calls.disconnect();
    if (performance.now() - this.#openedAtMs >= steadyMs) this.#failures = 0;
    this.#openedAtMs = Infinity;
    if (refusal) return this.#refused(refusal, why, resume);
    const after = afterClose(code);
    if (after === "renew") this.#renew(why);
    else if (after !== "return") return this.#stop("lost", after, why);
    this.#retry(why);
  }

  /** The server answered the hello with an error, and has run nothing that stood behind it. */
  #refused(refusal: WireFrame, why: string, resume: PageStanding | undefined): void {
    const { code } = errorFromFrame(refusal);
    if (!resume) {
      this.#isFirst = true;
      this.#isKept = false;
      this.#link.restart();
      this.#calls.requeue();
    }
    if (code === "unauthorized" || code === "forbidden") {
      this.#session.renew(); // So that the next load of this page does not meet the same refusal.
      return this.#stop("lost", code, why);
    }
    this.#waitFor(refusal.retryAfterMs);
    this.#retry(why);
  }

  /** Notes how long the server wants to be left alone. */
  #waitFor(retryAfterMs: unknown): void {
    // By its size alone: below zero it would take away from the wait, and all clients would be back at once.
    if (typeof retryAfterMs === "number") this.#retryAfterMs = Math.abs(retryAfterMs);
  }

  #retry(why: string): void {
    if (this.#isOverdue) this.#renew(why);
    if (this.over) return;
    const doublings = this.#isKept ? keptDoublings : backoffDoublings;
    this.#timer = setTimeout(
      () => void this.#connect(),
      backoffMs(this.#failures++, doublings, this.#retryAfterMs, Math.random()),
    );
    const { graceMs: keptMs = graceMs, beatMs: silentMs = beatMs } = this.#welcome;
    const lostMs = Math.min(keptMs + 2 * silentMs, longestTimerMs);
    const lateAtMs = performance.now() + lostMs + silentMs;
    if (this.#isKept) this.#grace ??= setTimeout(() => this.#expire(lateAtMs), lostMs);
    this.#change(this.status === "open" ? "resuming" : this.status, why);
  }

  /** The server has had no welcome for so long that it has not kept the session. */
  #expire(lateAtMs: number): void {
    const why = "the server was out of reach";
    // A late timer: the machine slept, and the server may have slept with it. Then one attempt is made first.
    const hasSlept = performance.now() > lateAtMs;
    this.#isOverdue = !hasSlept;
    if (this.#socket) this.#socket.close(closeDone, why);
    else if (!hasSlept) this.#renew(why);
    this.#isOverdue = hasSlept;
    if (hasSlept) this.#wake();
  }

  /** What woke the page may have brought its network back, or may have taken its socket. */
  #wake(): void {
    if (this.#timer !== undefined) void this.#connect();
    else this.#socket?.wake();
  }

  /** A page that was left and is shown again: as if it was loaded anew, because another may have had its session. */
  #reload(): void {
    const why = "the page was left";
    this.#socket?.close(closeDone, why);
    this.#page = randomText(16);
    this.#isFirst = true;
    this.#session.forget();
    this.#forget(why);
    this.#wake();
  }

  /** Gives the session up: the next socket has another. */
  #renew(why: string): void {
    this.#session.renew();
    this.#forget(why);
  }

  /** The server has nothing of this page any more, or never will be asked for it. */
  #forget(why = "no reason given"): void {
    const hadSession = this.#welcome.epoch;
    this.#isKept = false;
    delete this.#welcome.epoch;
    this.#endGrace();
    this.#link.restart();
    this.#calls.lose(why);
    if (hadSession) this.#news.emit("sessionLost", why);
  }

  #endGrace(): void {
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#isOverdue = false;
  }

  #stop(status: "lost" | "closed", code: Code, text: string): void {
    if (this.status === "closed") return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#endGrace();
    this.#end.abort();
    this.#session.release();
    this.#calls.end(code, text);
    this.over ??= { error: status === "lost" ? new IgorError(code, text) : undefined };
    this.#news.emit("over", this.over.error);
    this.#change(status, text);
    this.#socket?.close(closeGone, "");
  }

  #change(status: Status, why?: string): void {
    this.status = status;
    this.#news.emit("status", [status, why]);
  }
}

// A call with one result at its end.


/**
 * A call on its way. Await it for its value; loop over it for its outputs; do both, in any order, or neither.
 *
 * ```ts
 * const line = await igor.chat.say("lobby", "hello");
 *
 * const job = igor.chat.readAloud("lobby", lines);
 * for await (const said of job) bar.value = said;
 * const read = await job;
 * ```
 *
 * The outputs are a courtesy beside the value: when nobody loops and 256 of them wait, the oldest half is dropped,
 * so that `await` alone never stalls. Leaving the loop does not end the call; `cancel()` does. A call that nobody
 * awaits raises no unhandled rejection.
 */
class Call<Value, Output = never, Failure = never>
  extends Promise<Value>
  implements AsyncIterable<Output>
{
  readonly #outputs = new OutputQueue<Output>("drop_oldest");

  constructor(calls: CallOpener, kind: CallKind, action: string, data: unknown, options?: CallOptions) {
    let settle!: (value: unknown) => void;
    let reject!: (error: IgorError) => void;
    super((...settlers) => ([settle, reject] = settlers as [typeof settle, typeof reject]));
    const outputs = this.#outputs;
    const receiver: CallReceiver = {
      output: (item) => void outputs.push(item as Output),
      settle: (value) => {
        settle(value);
        outputs.end();
      },
      fail: (error) => {
        this.catch(() => {}); // Whoever awaits it still gets the error; nobody has to.
        reject(error);
        outputs.end(error);
      },
    };
    outputs.line = calls.open(kind, receiver, action, data, options);
  }

  /**
   * Waits for the end without throwing the action's own error: `{ ok: true, value }` or `{ ok: false, error }`, the
   * error typed as the action declares it. Whatever else goes wrong still rejects with an `IgorError`.
   */
  result(): Promise<Result<Value, Failure>> {
    return toResult(this);
  }

  /** Ends the call: the server drops its work, and the call rejects with `cancelled`. */
  cancel(): void {
    this.#outputs.cancel();
  }

  /** Reads the outputs, one loop at a time; if the call fails, the loop throws what awaiting it would. */
  [Symbol.asyncIterator](): AsyncIterator<Output, undefined> {
    return this.#outputs.read(() => {});
  }
}

// `await` takes a promise as it is if this is its constructor, and else wraps it: two promises and two turns more.
Call.prototype.constructor = Promise;

// The client as its user sees it, but for the actions: events, status and end.


/** How events are listened to. */
interface ListenOptions {
  /** Stops listening when it aborts. */
  signal?: AbortSignal | undefined;
}

/** What happens to a client besides events. */
interface ClientNews extends ConnectionNews {
  ended: [process: string, error: string | undefined];
  missed: Record<string, number>;
}

/**
 * The client of one server. It connects by itself, comes back after a loss by itself, and lives until `close()`.
 *
 * Handlers run in the order in which things arrive; one that throws disturbs no other.
 */
class Client<Events> {
  readonly #events = new Emitter<Events>();
  readonly #news = new Emitter<ClientNews>();
  readonly #connection: ClientConnection;

  constructor(target: ConnectionTarget, calls: CallTable) {
    this.#connection = new ClientConnection(target, calls, this.#news, (frame) => this.#received(frame));
  }

  /** How the connection is now. */
  get status(): Status {
    return this.#connection.status;
  }

  /** What the server calls this client; unknown before the first welcome. */
  get clientId(): string | undefined {
    return this.#connection.clientId;
  }

  /**
   * Calls the handler with every event of this name, until the function that it returns is called.
   *
   * ```ts
   * const off = igor.on("chat.said", ({ line }) => show(line));
   * ```
   */
  on<Name extends keyof Events>(name: Name, handler: (payload: Events[Name]) => void): () => void {
    return this.#events.on(name, handler);
  }

  /** Waits for the next event of this name. It rejects with `cancelled` when the signal aborts or the client is closed. */
  once<Name extends keyof Events>(name: Name, options?: ListenOptions): Promise<Events[Name]> {
    const events = this.events(name, options);
    const first = events.next().then(({ done, value }) => {
      void events.return();
      if (done) throw new IgorError("cancelled", `nobody waits for \`${String(name)}\` any more`);
      return value;
    });
    first.catch(() => {}); // Whoever awaits it still gets the error; nobody has to.
    return first;
  }

  /**
   * Reads the events of this name in a loop, from this call on.
   *
   * ```ts
   * for await (const { line } of igor.events("chat.said", { signal })) show(line);
   * ```
   *
   * The loop ends when the signal aborts or the client is closed. One that is more than 1,024 events behind loses
   * the oldest, and the iterator's `missed` counts them.
   */
  events<Name extends keyof Events>(name: Name, { signal }: ListenOptions = {}): EventStream<Events[Name]> {
    return new EventStream((push, end) => {
      const aborted = (): void => finish();
      signal?.addEventListener("abort", aborted);
      const off = this.#events.on(name, push);
      const offOver = this.#news.on("over", (error) => finish(error));
      const stop = (): void => {
        off();
        offOver();
        signal?.removeEventListener("abort", aborted);
      };
      const finish = (error?: IgorError): void => {
        stop();
        end(error);
      };
      const { over } = this.#connection;
      if (over || signal?.aborted) finish(over?.error);
      return stop;
    });
  }

  /** Calls the handler when the status changes, and after each attempt to connect that failed, with the reason. */
  onStatus(handler: (status: Status, why?: string) => void): () => void {
    return this.#news.on("status", (news) => handler(...news));
  }

  /** Calls the handler when a process of the server has ended for good; `error` is the id of its failure in the server's log. */
  onEnded(handler: (process: string, error?: string) => void): () => void {
    return this.#news.on("ended", (news) => handler(...news));
  }

  /**
   * Calls the handler in the place of events that the server could not keep for this client, with how many of each
   * name are missing.
   *
   * ```ts
   * igor.onMissed((missed) => missed["chat.said"] && reload());
   * ```
   */
  onMissed(handler: (missed: Record<string, number>) => void): () => void {
    return this.#news.on("missed", handler);
  }

  /**
   * Calls the handler once for each session that was lost, with why: the server has not kept it, or could not be
   * reached for longer than it keeps one. The calls that it had have failed with `session_lost`, its events are gone;
   * the client goes on with a new session.
   */
  onSessionLost(handler: (why: string) => void): () => void {
    return this.#news.on("sessionLost", handler);
  }

  /** Closes the connection for good, and with it the session. Open calls reject with `cancelled`, loops over events end. */
  close(): void {
    this.#connection.close();
  }

  /** Hands on what belongs to no call. Actions of the protocol that this version does not know are ignored. */
  #received({ action, streamId, data, close, error }: WireFrame): void {
    if (action === missedAction) {
      this.#news.emit("missed", (data ?? {}) as Record<string, number>);
    } else if (action !== undefined) {
      if (!action.startsWith(ownPrefix))
        this.#events.emit(action as keyof Events, (data ?? null) as Events[keyof Events]);
    } else if (streamId !== undefined) {
      if (close) this.#news.emit("ended", [String(streamId), error]);
    } else if (error !== undefined) {
      console.warn(`igor: the server refused a frame: ${error}`);
    }
  }
}

// A call whose reply is a stream.


/**
 * The items of a stream. The call is made at once; read it with one loop, with `toArray()` or with `result()`.
 *
 * ```ts
 * for await (const line of igor.chat.history("lobby")) show(line);
 * ```
 *
 * The server is at most 256 items ahead of its reader. Leaving the loop cancels the call. A stream that nobody
 * reads raises no unhandled rejection.
 */
class Stream<Item, Failure = never> implements AsyncIterable<Item> {
  readonly #items = new OutputQueue<Item>("wait");

  constructor(calls: CallOpener, action: string, data: unknown, options?: CallOptions) {
    const items = this.#items;
    const receiver: CallReceiver = {
      output: (item) => {
        if (!items.push(item as Item)) items.cancel("bad_frame", "an item came without credit");
      },
      settle: () => items.end(),
      fail: (error) => items.end(error),
    };
    items.line = calls.open("outputs", receiver, action, data, options);
  }

  /** Reads the items, in one loop; leaving it early cancels the call. */
  [Symbol.asyncIterator](): AsyncIterator<Item, undefined> {
    return this.#items.read(() => this.cancel());
  }

  /** Reads everything, and answers when the stream has ended. */
  async toArray(): Promise<Item[]> {
    const items: Item[] = [];
    for await (const item of this) items.push(item);
    return items;
  }

  /**
   * Reads everything without throwing the action's own error: `{ ok: true, value: items }` or `{ ok: false, error }`,
   * the error typed as the action declares it. Whatever else goes wrong still rejects with an `IgorError`.
   */
  result(): Promise<Result<Item[], Failure>> {
    return toResult(this.toArray());
  }

  /** Ends the call: the server drops its work, and whoever reads gets `cancelled`. */
  cancel(): void {
    this.#items.cancel();
  }
}

// What a generated stub calls.


/** Makes the calls that the generated stubs describe: one verb for each kind of reply. */
interface Caller {
  /** A call with one result. */
  value<Value, Failure>(
    action: string,
    data: unknown,
    options: CallOptions | undefined,
  ): Call<Value, never, Failure>;
  /** A call with one result of an action that may run twice: it is sent again by itself when its session is lost. */
  idempotent<Value, Failure>(
    action: string,
    data: unknown,
    options: CallOptions | undefined,
  ): Call<Value, never, Failure>;
  /** A call with outputs on the way to one result. */
  outputs<Value, Output, Failure>(
    action: string,
    data: unknown,
    options: CallOptions | undefined,
  ): Call<Value, Output, Failure>;
  /** A call whose reply is a stream. */
  stream<Item, Failure>(
    action: string,
    data: unknown,
    options: CallOptions | undefined,
  ): Stream<Item, Failure>;
}

/** A caller whose calls are opened here. */
function callerOf(calls: CallOpener): Caller {
  const verb =
    (kind: CallKind) =>
    <Value, Output, Failure>(action: string, data: unknown, options: CallOptions | undefined) =>
      new Call<Value, Output, Failure>(calls, kind, action, data, options);
  return {
    value: verb("value"),
    idempotent: verb("idempotent"),
    outputs: verb("outputs"),
    stream: (action, data, options) => new Stream(calls, action, data, options),
  };
}

// What a module of the client can reach.


/**
 * The parts of one client, before it connects. A module may stand in front of a function of theirs: it puts its own in
 * the place of `target.write`, `target.read`, `target.address`, `calls.open` or `calls.receive`, and calls what stood
 * there for whatever is not its own.
 */
interface Core {
  /** How data is written and messages are read, and where the server is. */
  readonly target: ConnectionTarget;
  /** The open calls, and who waits to say something in the session. */
  readonly calls: CallTable;
  /** What the generated stubs call; a module may add verbs. */
  readonly caller: Caller;
  /** What the user has: it tells of events, of lost sessions and of the end. */
  readonly client: Pick<Client<unknown>, "onStatus" | "onSessionLost">;
}

/** A part of the client that is only there where it is used; answers with what it adds to the client. */
type Module = (core: Core) => object;

// The one function that generated code calls: it puts a client together.


/** How a client connects. */
interface ConnectOptions {
  /** The server's token. Without it a page takes the code in its address, or what an earlier visit kept. */
  token?: string | undefined;
  /** The name that this client wants to have; somebody else's is refused. */
  name?: string | undefined;
  /** The class that makes sockets, where there is no global one: in Node before 22, that of the package `ws`. */
  WebSocket?: WebSocketClass | undefined;
}

/**
 * Makes the client of a server and starts to connect. It answers at once: calls wait for the connection.
 *
 * Without a `url` a page speaks to the server that it came from, everything else to `ws://127.0.0.1:5678/`.
 */
function open<Events, Actions extends object, Calls extends Caller = Caller>(
  contract: Contract,
  actions: (call: Calls) => Actions,
  url?: string | URL | ConnectOptions,
  options?: ConnectOptions,
  modules: readonly Module[] = [],
): Client<Events> & Actions {
  const isAddress = typeof url === "string" || url instanceof URL;
  // Of the two, whichever is no address; an address has none of these.
  const { token, name, WebSocket = host.WebSocket } = { ...(url as ConnectOptions | undefined), ...options };
  if (!WebSocket)
    throw new IgorError("bad_data", "there is no `WebSocket` here; pass one: `connect({ WebSocket })`");
  const at = addressOf(isAddress ? url : undefined);
  const target: ConnectionTarget = {
    WebSocket,
    contract,
    name,
    address: async () => ({ url: at, token: await findToken(at, token) }),
    write: encodeData,
    read: decode,
  };
  const calls = new CallTable(target);
  const caller = callerOf(calls);
  const client = new Client<Events>(target, calls);
  const core: Core = { target, calls, caller, client };
  return Object.assign(client, actions(caller as Calls), ...modules.map((module) => module(core)));
}

/** The address of the server's socket. */
function addressOf(given: string | URL | undefined): string {
  const { origin = "" } = host.location ?? {};
  try {
    const url = new URL(given ?? (/^http/.test(origin) ? origin : address));
    url.protocol = url.protocol.replace("http", "ws");
    url.hash = "";
    if (/^wss?:/.test(url.href)) return url.href;
  } catch {
    // What is no address at all is refused like one of another kind.
  }
  throw new IgorError("bad_data", `\`${String(given)}\` is no address of a WebSocket`);
}

export { IgorError, open };
export type { Call, Caller, CallOptions, Client, ListenOptions, Status, EventStream, ConnectOptions, Code, Contract, Result, Stream };
