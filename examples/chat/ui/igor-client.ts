// The client of one server, written by igor 0.1.0 from its Rust. Do not edit: it is written anew.
/* eslint-disable */

/** Something that was said. */
export type Line = {
  /** Its number; later lines have higher ones. */
  id: number;
  /** The room it was said in. */
  room: string;
  /** Who said it; `null` where Igor, the chat itself, speaks. */
  who: string | null;
  /** What was said. */
  text: string;
  /** When, in milliseconds since 1970. */
  at: number;
};

/** Somebody in a room. */
export type Person = {
  /** Their client. */
  id: string;
  /** The name they chose. */
  name: string;
};

/** Why a name was not taken. */
export type NameError =
  | { kind: "empty" }
  | {
      kind: "too_long";
      /** How many characters it may have. */
      limit: number;
    };

/** A room. */
export type Room = {
  /** Its name: small letters, digits and dashes. */
  name: string;
  /** Who is in it, in the order of arrival. */
  people: Array<Person>;
};

/** Why a room could not be entered. */
export type RoomError =
  | { kind: "nameless" }
  | {
      kind: "too_long";
      /** How many characters it may have. */
      limit: number;
    }
  | { kind: "unkept" };

/** What the server knows of you. */
export type Me = {
  /** Your client. */
  id: string;
  /** The name you chose, if you have. */
  name: string | null;
  /** The rooms that you are in. */
  rooms: Array<string>;
};

/** What a room looks like from afar. */
export type Portrait = {
  /** How many lines were said. */
  lines: number;
  /** How many words. */
  words: number;
  /** Who said the most, the most first. */
  talkers: Array<Tally>;
  /** The words that come again and again, the most first. */
  favourites: Array<Tally>;
  /** How many lines were said in each hour of the day, in UTC. */
  hours: Array<number>;
  /** The longest that nobody said anything, in milliseconds. */
  silenceMs: number;
};

/** How often something came. */
export type Tally = {
  /** A name or a word. */
  of: string;
  /** How often. */
  count: number;
};

/** How far a portrait has come. */
export type Progress = {
  /** How many lines were looked at. */
  done: number;
  /** How many there are. */
  all: number;
};

/** Why a line was not taken. */
export type SayError =
  | { kind: "empty" }
  | {
      kind: "too_long";
      /** How many characters it may have. */
      limit: number;
    }
  | {
      kind: "outside";
      /** The room. */
      room: string;
    }
  | { kind: "unkept" };

/** Who is in a room; told to all, so that a page can show how busy the others are. */
export type People = {
  /** The room. */
  room: string;
  /** Everybody in it, in the order of arrival. */
  people: Array<Person>;
};

/** Somebody said something in a room that you are in. */
export type Said = {
  /** What was said. */
  line: Line;
};

/**
 * Somebody is writing a line in a room that you are in. It holds for a few seconds; nobody says
 * when it ends.
 */
export type Writing = {
  /** The room. */
  room: string;
  /** Who writes. */
  person: Person;
};

/** The events of this server, by their names. */
export interface Events {
  /** Who is in a room; told to all, so that a page can show how busy the others are. */
  "chat.people": People;
  /** Somebody said something in a room that you are in. */
  "chat.said": Said;
  /**
   * Somebody is writing a line in a room that you are in. It holds for a few seconds; nobody says
   * when it ends.
   */
  "chat.writing": Writing;
}

const contract: Contract = {
  hash: "86a827a642eea0bf",
  names: {
    "chat.history": "c8c38299",
    "chat.introduce": "aa113828",
    "chat.join": "b1f01ae6",
    "chat.leave": "041b547e",
    "chat.me": "02aad77e",
    "chat.people": "3c5a3e4d",
    "chat.portrait": "906665ff",
    "chat.rooms": "0ddcec3f",
    "chat.said": "03e8626d",
    "chat.say": "229faeff",
    "chat.typing": "a7a13161",
    "chat.writing": "4ead8982",
  },
};

/** The actions of this server. */
const actions = (call: Caller) => ({
  chat: {
    /**
     * Reads a room's history, the newest line first, from before a line or from the end.
     *
     * Take as much as you need and leave the loop: nothing further is read.
     */
    history: (room: string, before?: number | null, options?: CallOptions): Stream<Line> => call.stream("chat.history", { room, before }, options),
    /** Chooses a name, or another one. */
    introduce: (name: string, options?: CallOptions): Call<Person, never, NameError> => call.value("chat.introduce", name, options),
    /**
     * Enters a room, which is made if it is not there; `Coffee break` becomes `coffee-break`.
     *
     * You stay until you leave, over reloads too.
     */
    join: (name: string, options?: CallOptions): Call<Room, never, RoomError> => call.value("chat.join", name, options),
    /** Leaves a room. */
    leave: (room: string, options?: CallOptions): Call<null> => call.value("chat.leave", room, options),
    /** Says who you are, as far as the server knows: after a reload it still does. */
    me: (options?: CallOptions): Call<Me> => call.value("chat.me", undefined, options),
    /**
     * Reads everything that was ever said in a room and paints its portrait.
     *
     * It takes its time. Cancel it, or just close the page: it stops where it is.
     */
    portrait: (room: string, options?: CallOptions): Call<Portrait, Progress> => call.outputs("chat.portrait", room, options),
    /** Lists all rooms, in alphabetical order. */
    rooms: (options?: CallOptions): Call<Array<Room>> => call.value("chat.rooms", undefined, options),
    /** Says a line in a room. */
    say: (room: string, text: string, options?: CallOptions): Call<Line, never, SayError> => call.value("chat.say", { room, text }, options),
    /** Tells the others in a room that you are writing. Call it now and then while you do. */
    typing: (room: string, options?: CallOptions): Call<null> => call.value("chat.typing", room, options),
  },
});

/** The client of this server. */
export type Igor = Client<Events> & ReturnType<typeof actions>;

/**
 * Connects to the server. It answers at once; calls wait for the connection.
 *
 * Without a `url` a page speaks to the server that it came from, everything else to `ws://127.0.0.1:5678/`.
 */
export function connect(url?: string | URL | ConnectOptions, options?: ConnectOptions): Igor {
  return open<Events, ReturnType<typeof actions>>(contract, actions, url, options);
}

// ------------------------------------------------------------------------------------------------
// The runtime: the same for every server.
// ------------------------------------------------------------------------------------------------

// Every number and address that this side chooses by itself, in one place.

/** What holds until the caller or the server says otherwise. */
const defaults = {
  /** Where a program listens when nobody said anything else. */
  address: "ws://127.0.0.1:5678/",
  /** Calls that may be open at once; a welcome replaces it. */
  openCalls: 1024,
  /** The largest message; a welcome replaces it. */
  messageBytes: 1_048_576,
  /** The items of one call that may be on their way or unread. */
  windowItems: 256,
  /** The events that one `events()` loop may be behind. */
  behindEvents: 1024,
  /** The replay ring that the hello announces. */
  ringBytes: 1_048_576,
  /** Received frames after which an ack goes alone. */
  ackFrames: 32,
  /** Received characters after which an ack goes alone. */
  ackChars: 65_536,
  /** The time from opening a socket to its welcome. */
  welcomeMs: 10_000,
  /** The time to exchange a code for a token. */
  exchangeMs: 5_000,
  /** The time a reloaded page waits for its predecessor to let go of the session. */
  handoverMs: 1_000,
  /** The ceiling of the first wait before coming back. */
  backoffBaseMs: 250,
  /** The ceiling of every wait before coming back. */
  backoffCapMs: 10_000,
  /** A connection that held this long was a good one: the next wait is short again. */
  steadyMs: 5_000,
} as const;

/** The longest wait that a timer can hold; a longer one would fire at once. */
const longestTimerMs = 2_147_483_647;

// What surrounds the client: a page, a worker or Node. Everything here may be missing, so nothing
// outside this file touches a global that only some of them have.

/** What the client asks of a socket; a browser's `WebSocket` and the one of `ws` both fit. */
interface WebSocketLike {
  readonly readyState: number;
  send(data: string): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number; reason: string }) => void): void;
}

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
  addEventListener(type: string, listener: () => void): void;
  removeEventListener(type: string, listener: () => void): void;
}

interface HostGlobals extends Partial<ListenerSource> {
  readonly WebSocket?: WebSocketClass;
  readonly document?: ListenerSource & { readonly visibilityState: string };
  readonly location?: {
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

/** Calls `wake` when the page is likely to have its network back; the answer ends that. */
function onWake(wake: () => void): () => void {
  const { document } = host;
  const shown = (): void => {
    if (document?.visibilityState === "visible") wake();
  };
  host.addEventListener?.("online", wake);
  document?.addEventListener("visibilitychange", shown);
  return () => {
    host.removeEventListener?.("online", wake);
    document?.removeEventListener("visibilitychange", shown);
  };
}

/** Says that a handler of the user's threw, in the way of the place, and goes on. */
function report(error: unknown): void {
  if (host.reportError) host.reportError(error);
  else console.error(error);
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

/** The actions that belong to the protocol itself, in both directions. */
const protocolActions = {
  hello: "igor.hello",
  welcome: "igor.welcome",
  goodbye: "igor.goodbye",
} as const;

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
 * `session_lost` never travels. It is raised here, for a call whose connection ended before its answer came.
 */
type Code = keyof typeof codes | "session_lost";

/** Why a socket was closed. */
const closeCodes = {
  /** This side has nothing more to say. */
  done: 1000,
  /** A frame broke the protocol; the session is over. */
  protocolError: 4400,
  /** The token is missing or wrong; coming back with it is pointless. */
  unauthorized: 4401,
  /** A guard refused; coming back is pointless. */
  forbidden: 4403,
  /** The hello, or its welcome, came too late. */
  helloLate: 4408,
  /** Another socket has taken this session over. */
  superseded: 4409,
  /** A message was over the limit; the session is over. */
  tooLarge: 4413,
  /** The server has no room now. */
  overloaded: 4429,
  /** A numbered frame is missing. */
  gap: 4440,
  /** This side did not read fast enough. */
  tooSlow: 4441,
  /** Nothing was heard for two beats. */
  beatsLost: 4442,
  /** The server is going away. */
  goingAway: 4503,
} as const;

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
  name?: string;
  /** The size of this side's replay ring, in bytes. */
  ring: number;
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

/** What the server says first. */
interface WelcomeData {
  clientId: string;
  session: string;
  key: string;
  beatMs: number;
  limits: ServerLimits;
  /** The hash, or the whole table where the client's hash is another. */
  contract: string | Contract;
}

// How long to wait before coming back, and whether to: pure functions of what happened.


/**
 * The wait before the next attempt, in milliseconds: anywhere below a ceiling that doubles with every failure.
 *
 * The full width of jitter, because all clients of a restarted server lose it in the same moment. The server's
 * own `retryAfterMs` is added, never undercut.
 */
function backoffMs(failures: number, retryAfterMs: number, random: number): number {
  const ceiling = Math.min(defaults.backoffCapMs, defaults.backoffBaseMs * 2 ** failures);
  return Math.min(retryAfterMs + random * ceiling, longestTimerMs);
}

/** What a close code says about coming back. */
type AfterClose =
  /** Come back with the same session. */
  | { next: "return" }
  /** Come back, but the session is over. */
  | { next: "renew" }
  /** Stay away, for this reason. */
  | { next: "stop"; code: Code; text: string };

/** What to do after a socket was closed with a code. */
function afterClose(code: number): AfterClose {
  switch (code) {
    case closeCodes.protocolError:
    case closeCodes.tooLarge:
      return { next: "renew" };
    case closeCodes.unauthorized:
      return { next: "stop", code: "unauthorized", text: "the server does not accept the token" };
    case closeCodes.forbidden:
      return { next: "stop", code: "forbidden", text: "the server refused this client" };
    case closeCodes.superseded:
      return { next: "stop", code: "session_lost", text: "another socket took this session over" };
    default:
      return { next: "return" };
  }
}

// How the contract of this client differs from the server's, in words.


/** Each name that is not the same on both sides, with what is different about it. */
function differences(ours: Contract, theirs: Contract): Map<string, string> {
  const server = new Map(Object.entries(theirs.names));
  const found = new Map<string, string>();
  for (const [name, hash] of Object.entries(ours.names)) {
    const other = server.get(name);
    if (other === undefined) found.set(name, `\`${name}\` is missing on the server`);
    else if (other !== hash) found.set(name, `\`${name}\` differs`);
    server.delete(name);
  }
  for (const name of server.keys()) found.set(name, `\`${name}\` is missing in this client`);
  return found;
}

// Typed listeners: who is told what, in the order in which they came.


/** Calls the handlers of a name with what is emitted under it. `Payloads` says what belongs to each name. */
class Emitter<Payloads> {
  readonly #handlers = new Map<keyof Payloads, Set<(payload: unknown) => void>>();

  /** Listens until the function that it returns is called. The same handler may be added twice. */
  on<Name extends keyof Payloads>(name: Name, handler: (payload: Payloads[Name]) => void): () => void {
    const own = (payload: unknown): void => handler(payload as Payloads[Name]);
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers.add(own));
    return () => {
      handlers.delete(own);
    };
  }

  /**
   * Calls every handler of the name, at once and in order. One that throws is reported and the others are called
   * all the same. Who is added meanwhile hears the next one; who is removed meanwhile hears nothing more.
   */
  emit<Name extends keyof Payloads>(name: Name, payload: Payloads[Name]): void {
    const handlers = this.#handlers.get(name);
    for (const handler of [...(handlers ?? [])]) {
      if (!handlers?.has(handler)) continue;
      try {
        handler(payload);
      } catch (error) {
        report(error);
      }
    }
  }
}

// The one error that Igor throws.


/** What an error may tell besides its code and text. */
interface ErrorDetails {
  action?: string;
  data?: unknown;
  executed?: "no" | "unknown";
  retryAfterMs?: number;
}

/**
 * The only error that Igor throws. Its message starts with the code, as in ``bad_data: `rooms[2].name` is missing``.
 *
 * ```ts
 * try {
 *   await igor.chat.say("lobby", text);
 * } catch (error) {
 *   if (error instanceof IgorError && error.code === "deadline_exceeded") …
 * }
 * ```
 */
class IgorError extends Error {
  /** Why it failed, out of a closed set. */
  readonly code: Code;
  /** The action that was called, where the error belongs to one. */
  declare readonly action?: string;
  /** The action's own error where the code is `action_failed`; `.result()` hands it out typed. */
  declare readonly data?: unknown;
  /** For a call that got no answer: whether the server may have run it. */
  declare readonly executed?: "no" | "unknown";
  /** How long to wait before trying again, where the server said so. */
  declare readonly retryAfterMs?: number;

  constructor(code: Code, text: string, details: ErrorDetails = {}) {
    super(`${code}: ${text}`);
    this.name = "IgorError";
    this.code = code;
    Object.assign(this, details);
  }
}

/** The error that a failure frame tells; a number outside the set is `internal`. */
function errorFromFrame(
  { error = "no reason given", code, data, retryAfterMs }: WireFrame,
  action?: string,
): IgorError {
  const name = Object.entries(codes).find(([, number]) => number === code)?.[0] as Code | undefined;
  return new IgorError(name ?? "internal", error, {
    ...(action !== undefined && { action }),
    ...(data !== undefined && { data }),
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

// The numbers of frames in both directions, and when an ack is due. No socket, no clock.


/** What a received number says about its frame. */
type Verdict = "deliver" | "drop" | "gap";

/** Counts the frames of one page: what was sent, what was received, what the server still has to be told. */
class FrameNumbers {
  #sent = 0;
  #received = 0;
  #unackedFrames = 0;
  #unackedChars = 0;
  #ackFrames: number = defaults.ackFrames;
  #ackChars: number = defaults.ackChars;

  /** Lets acks go out early enough for the server's ring, a quarter of which may be waiting for one. */
  fit(limits: ServerLimits): void {
    this.#ackFrames = Math.min(defaults.ackFrames, limits.ringFrames / 4);
    this.#ackChars = Math.min(defaults.ackChars, limits.ringBytes / 4);
  }

  /** The number of the next frame that is sent. */
  next(): number {
    return ++this.#sent;
  }

  /** Takes in the number of a frame; its length counts in characters, which are never more than its bytes. */
  receive(n: number, chars: number): Verdict {
    if (n <= this.#received) return "drop";
    if (n !== this.#received + 1) return "gap";
    this.#received = n;
    this.#unackedFrames += 1;
    this.#unackedChars += chars;
    return "deliver";
  }

  /** The ack for a frame that is about to go. */
  acknowledge(): number {
    this.#unackedFrames = this.#unackedChars = 0;
    return this.#received;
  }

  /** Whether so much was received since the last ack that the next one goes alone. */
  isAckDue(): boolean {
    return this.#unackedFrames >= this.#ackFrames || this.#unackedChars >= this.#ackChars;
  }

  /** Whether the other side may acknowledge this number: it was sent. */
  hasSent(n: number): boolean {
    return n <= this.#sent;
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
    identity.attempt += 1;
    this.#write();
    return { ...identity };
  }

  /** Keeps what a welcome said, so that the new key is stored before anything acknowledges it. */
  keep(session: string, key: string): void {
    if (this.#identity === undefined) return;
    Object.assign(this.#identity, { session, key });
    this.#write();
  }

  /** Starts afresh: the server has given this session up. The next socket claims the new one like any other. */
  renew(): void {
    this.#identity &&= fresh();
    this.#write();
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
      const signal = AbortSignal.timeout(defaults.handoverMs);
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
    const { session, key, attempt } = JSON.parse(readStored("sessionStorage", sessionKey) ?? "{}") as Partial<
      Record<string, unknown>
    >;
    if (typeof session === "string" && typeof key === "string" && Number.isSafeInteger(attempt))
      return { session, key, attempt: attempt as number };
  } catch {
    // Somebody else wrote there.
  }
  return undefined;
}

// Where the token comes from: the caller, the code in the page's address, or an earlier visit.


const tokenKey = "igor.token";

/** The codes that are being exchanged: a code works once, but a page may make two clients in one breath. */
const exchanges = new Map<string, Promise<string | undefined>>();

/** Finds the token for the server at `url`, if there is one. It never fails: the server says whether one is needed. */
async function findToken(url: string, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined || !isPage()) return given;
  const code = /^#igor=(.+)$/.exec(host.location?.hash ?? "")?.[1];
  if (code === undefined) return readStored("localStorage", tokenKey);
  const exchange = exchanges.get(code) ?? exchangeCode(url, code);
  exchanges.set(code, exchange);
  const token = await exchange;
  exchanges.delete(code);
  return token ?? readStored("localStorage", tokenKey);
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
      signal: AbortSignal.timeout(defaults.exchangeMs),
    });
    const answer: unknown = response.ok ? await response.json() : undefined;
    const { location, history } = host;
    if (location && response.status < 500)
      history?.replaceState(history.state, "", location.pathname + location.search);
    const token = (answer as { token?: unknown } | null | undefined)?.token;
    if (typeof token !== "string") return undefined;
    store("localStorage", tokenKey, token);
    return token;
  } catch {
    return undefined; // The server cannot be reached: the code stays in the address and is tried again with the next socket.
  }
}

// One WebSocket, reduced to what is needed of it: it opens, it brings and takes text, it closes once.


/** Where a socket goes and what it offers. */
interface SocketTarget {
  readonly WebSocket: WebSocketClass;
  readonly url: string;
  readonly protocols: string[];
}

/** What a socket tells its owner, who hears nothing more after `closed` or its own `close()`. */
interface SocketListener {
  opened(): void;
  message(data: unknown): void;
  closed(code: number, reason: string): void;
}

/** The ready state of an open socket. */
const openState = 1;

/** A socket whose end is the owner's word: after `close()` it is silent, even if the other side never answers. */
class SocketTransport {
  readonly #socket: WebSocketLike;
  #isOver = false;

  constructor({ WebSocket, url, protocols }: SocketTarget, listener: SocketListener) {
    const socket = new WebSocket(url, protocols);
    socket.addEventListener("open", () => {
      if (!this.#isOver) listener.opened();
    });
    socket.addEventListener("message", ({ data }) => {
      if (!this.#isOver) listener.message(data);
    });
    socket.addEventListener("close", ({ code, reason }) => {
      if (this.#isOver) return;
      this.#isOver = true;
      listener.closed(code, reason);
    });
    // A close follows every error and says no less; but in Node an error that nobody listens to ends the program.
    socket.addEventListener("error", () => {});
    this.#socket = socket;
  }

  /** Sends a text; on a socket that is not open it is dropped, because its close will be told. */
  send(text: string): void {
    if (this.#socket.readyState === openState) this.#socket.send(text);
  }

  /** Closes the socket and forgets it. */
  close(code: number, reason: string): void {
    this.#isOver = true;
    this.#socket.close(code, reason);
  }
}

// A line of items between one who writes and one who may have to wait for them.


interface WaitingReader<Item> {
  resolve(result: IteratorResult<Item, undefined>): void;
  reject(error: IgorError): void;
}

/** First in, first out. It has no bound of its own: who pushes looks at `length` and says what happens. */
class ItemQueue<Item> {
  #items: Item[] = [];
  readonly #readers: WaitingReader<Item>[] = [];
  #ended: { error: IgorError | undefined } | undefined;

  /** How many items nobody has taken. */
  get length(): number {
    return this.#items.length;
  }

  /** Hands the item to who waits longest, or keeps it; says which. After the end it is dropped. */
  push(item: Item): "taken" | "kept" {
    const reader = this.#readers.shift();
    if (reader) reader.resolve({ value: item, done: false });
    else if (!this.#ended) this.#items.push(item);
    return reader ? "taken" : "kept";
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
    for (const reader of this.#readers.splice(0)) {
      if (error) reader.reject(error);
      else reader.resolve({ value: undefined, done: true });
    }
  }

  /** The next item, as soon as there is one. */
  next(): Promise<IteratorResult<Item, undefined>> {
    if (this.#items.length > 0) return Promise.resolve({ value: this.#items.shift() as Item, done: false });
    if (this.#ended?.error) return Promise.reject(this.#ended.error);
    if (this.#ended) return Promise.resolve({ value: undefined, done: true });
    return new Promise((resolve, reject) => this.#readers.push({ resolve, reject }));
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
      if (error instanceof IgorError && error.code === "action_failed")
        return { ok: false, error: error.data as Failure };
      throw error;
    },
  );
}

// Whether something that came from outside has the fields that it should have.


/** The kinds that a field may have, as `typeof` calls them; with a `?` it may be missing. */
type FieldKinds = Readonly<Record<string, string>>;

/** Throws `bad_frame` unless the value is an object whose fields have these kinds. Others it may have as it likes. */
function checkFields(value: unknown, kinds: FieldKinds, what: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new IgorError("bad_frame", `${what} is not an object`);
  for (const [name, kind] of Object.entries(kinds)) {
    const field = (value as Record<string, unknown>)[name];
    if (kind.includes(typeof field) || (field === undefined && kind.endsWith("?"))) continue;
    throw new IgorError("bad_frame", `${what} has a wrong \`${name}\`: not a ${kind.replace("?", "")}`);
  }
}

// Frames to text and back. Text frames only: a binary frame is refused.


const frameKinds = {
  n: "number?",
  ack: "number?",
  streamId: "number or string?",
  action: "string?",
  credit: "number?",
  deadlineMs: "number?",
  error: "string?",
  code: "number?",
  close: "boolean?",
  cancel: "boolean?",
  beat: "boolean?",
  retryAfterMs: "number?",
};

/** Writes a frame, its fields in the order of the protocol. */
function encode(frame: WireFrame): string {
  const { n, ack, streamId, action, credit, deadlineMs, data, error, code, close, ...rest } = frame;
  return JSON.stringify({ n, ack, streamId, action, credit, deadlineMs, data, error, code, close, ...rest });
}

/** Puts its number and the latest ack before a written frame, which is otherwise the same bytes each time it is sent. */
function withNumbers(text: string, n: number, ack: number | undefined): string {
  return `{"n":${n},${ack === undefined ? "" : `"ack":${ack},`}${text.slice(1)}`;
}

/** Puts written data behind a frame whose fields all come before `data`. */
function withData(text: string, data: string | undefined): string {
  return data === undefined ? text : `${text.slice(0, -1)},"data":${data}}`;
}

/**
 * Writes the data of a call, `undefined` for none.
 *
 * Throws `unsendable` for what JSON would refuse, or change without a word.
 */
function encodeData(data: unknown): string | undefined {
  try {
    const text = JSON.stringify(data) as string | undefined;
    // NaN and the infinities become `null`. Only a text with a `null` in it can hide one, so most data is not walked.
    const lost = text?.includes("null") ? findLost(data, "") : undefined;
    if (lost !== undefined) throw new IgorError("unsendable", lost);
    return text;
  } catch (error) {
    if (error instanceof IgorError) throw error;
    // A bigint, a circle, or a `toJSON` that threw.
    throw new IgorError("unsendable", error instanceof Error ? error.message : String(error));
  }
}

/** Says where a number is that JSON has no word for. */
function findLost(value: unknown, path: string): string | undefined {
  if (typeof value === "number" && !Number.isFinite(value)) return `\`${path || "data"}\` is ${value}`;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [key, inner] of Object.entries(value)) {
    const lost = findLost(inner, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
    if (lost !== undefined) return lost;
  }
  return undefined;
}

/** Reads a frame. Throws `bad_frame` for whatever is none. */
function decode(message: unknown): WireFrame {
  if (typeof message !== "string") throw new IgorError("bad_frame", "this client cannot read binary frames");
  let frame: unknown;
  try {
    frame = JSON.parse(message);
  } catch {
    throw new IgorError("bad_frame", "a frame of the server is not JSON");
  }
  checkFields(frame, frameKinds, "a frame of the server");
  return frame as WireFrame;
}

/** Whether a text has more bytes as UTF-8 than `limit`; they are counted only where three a character would be too many. */
function isLongerThan(text: string, limit: number): boolean {
  return text.length > limit || (text.length * 3 > limit && new TextEncoder().encode(text).length > limit);
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
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #push(payload: Payload): void {
    if (this.#queue.length >= defaults.behindEvents) {
      this.#queue.dropOldest(1);
      this.#missed += 1;
    }
    this.#queue.push(payload);
  }
}

// The server's first frame, read with care: everything after it trusts what it says.


const welcomeKinds = {
  clientId: "string",
  session: "string",
  key: "string",
  beatMs: "number",
  limits: "object",
  contract: "string or object",
};
const limitKinds = {
  messageBytes: "number",
  openCalls: "number",
  credit: "number",
  ringFrames: "number",
  ringBytes: "number",
};
const contractKinds = { hash: "string", names: "object" };

/** Reads a welcome. Throws `bad_frame` for another frame, and for a welcome that lacks something. */
function readWelcome({ action, data }: WireFrame): WelcomeData {
  if (action !== protocolActions.welcome)
    throw new IgorError("bad_frame", "the first frame of the server is not a welcome");
  checkFields(data, welcomeKinds, "the welcome");
  const welcome = data as WelcomeData;
  checkFields(welcome.limits, limitKinds, "`limits` of the welcome");
  if (typeof welcome.contract !== "string")
    checkFields(welcome.contract, contractKinds, "`contract` of the welcome");
  // A beat of no length would keep this side busy with nothing else.
  if (!(welcome.beatMs > 0))
    throw new IgorError("bad_frame", "the welcome has a wrong `beatMs`: not above zero");
  return welcome;
}

// The table of open calls: what was asked, what still waits for the connection, who gets the answers.


/** How one call is made. */
interface CallOptions {
  /** Cancels the call when it aborts: the server drops its work, the call rejects with `cancelled`. */
  signal?: AbortSignal | undefined;
  /** The time the call may take, in milliseconds; then it rejects with `deadline_exceeded`, on both sides. */
  timeoutMs?: number | undefined;
}

/** One call as it is asked for. */
interface CallRequest {
  readonly action: string;
  readonly data: unknown;
  readonly options: CallOptions | undefined;
  /** Whether something may come before the end; then the server is given a window of credit to begin with. */
  readonly hasOutputs: boolean;
}

/** Who gets the answers of a call: any number of outputs, then one of the other two, once. */
interface CallReceiver {
  output(data: unknown): void;
  settle(data: unknown): void;
  fail(error: IgorError): void;
}

/** What a call can still say to the server; after its end, nothing. */
interface CallLine {
  /** The items that may be on their way or unread; the welcome may make it smaller. */
  readonly windowItems: () => number;
  readonly grant: (credit: number) => void;
  /** Ends the call on both sides, with `cancelled` unless another code is given. */
  readonly cancel: (code?: Code, text?: string) => void;
}

/** Sends a written frame as the next one. */
type SendText = (text: string) => void;

/** A function that makes one call for the receiver that it is given. */
type StartCall = (receiver: CallReceiver) => CallLine;

interface OpenCall {
  readonly id: number;
  readonly action: string;
  readonly hasOutputs: boolean;
  readonly receiver: CallReceiver;
  /** The data as it was when the call was made, written once. */
  data: string | undefined;
  deadlineAtMs: number | undefined;
  isSent: boolean;
  /** Stops its timer and forgets its signal. */
  release(): void;
}

/** What the numbers before a frame can take of the limit of a message, in bytes. */
const numbersBytes = 48;

/** Knows no socket: it is told how to send while there is one. */
class CallTable {
  readonly #open = new Map<number, OpenCall>();
  #lastId = 0;
  /** While it is there, every open call is sent. */
  #send: SendText | undefined;
  #maxOpen: number = defaults.openCalls;
  #maxBytes: number = defaults.messageBytes;
  #windowItems: number = defaults.windowItems;
  #refused: ReadonlyMap<string, string> = new Map();
  #over: { code: Code; text: string } | undefined;

  /** Makes a call, now or as soon as there is a connection. What stands against it goes to the receiver. */
  open({ action, data, options = {}, hasOutputs }: CallRequest, receiver: CallReceiver): CallLine {
    const id = ++this.#lastId;
    const call: OpenCall = {
      id,
      action,
      hasOutputs,
      receiver,
      data: undefined,
      deadlineAtMs: undefined,
      isSent: false,
      release: () => {},
    };
    const objection = this.#objection(options);
    this.#open.set(id, call);
    if (objection) {
      this.#fail(call, objection);
    } else {
      try {
        call.data = encodeData(data);
        this.#watch(call, options);
        this.#transmit(call);
      } catch (error) {
        this.#fail(call, error as IgorError); // Writing data throws nothing else.
      }
    }
    return {
      windowItems: () => this.#windowItems,
      grant: (credit) => {
        if (this.#open.has(id)) this.#send?.(encode({ streamId: id, credit }));
      },
      cancel: (code = "cancelled", text = "the caller cancelled") => this.#abandon(call, code, text),
    };
  }

  /** Takes in a frame of a call. Calls that have ended are forgotten, and what still comes for them is ignored. */
  receive(frame: WireFrame): void {
    const call = this.#open.get(frame.streamId as number);
    if (call === undefined) return;
    if (frame.close) {
      this.#forget(call);
      if (frame.error === undefined) call.receiver.settle(frame.data ?? null);
      else call.receiver.fail(errorFromFrame(frame, call.action));
    } else if (frame.data !== undefined && call.hasOutputs) {
      call.receiver.output(frame.data);
    }
  }

  /** Sends what has waited, and from now on everything at once. */
  connect(send: SendText): void {
    this.#send = send;
    for (const call of this.#open.values()) this.#transmit(call);
  }

  /** Holds to what the welcome said: the server's limits, and the names that mean something else there, with why. */
  agree(limits: ServerLimits, refused: ReadonlyMap<string, string>): void {
    this.#maxOpen = limits.openCalls;
    this.#maxBytes = limits.messageBytes;
    this.#windowItems = Math.min(defaults.windowItems, limits.credit);
    this.#refused = refused;
  }

  /** The server refused the socket and ran nothing that was sent on it: all of that waits again. */
  requeue(): void {
    this.#send = undefined;
    for (const call of this.#open.values()) call.isSent = false;
  }

  /** The connection is gone: nobody knows what became of the calls sent on it. The others wait for the next one. */
  lose(): void {
    this.#send = undefined;
    this.#refused = new Map(); // The next server may be the right one again.
    for (const call of this.#open.values()) {
      if (call.isSent)
        this.#fail(call, new IgorError("session_lost", "the connection was lost before the answer came"));
    }
  }

  /** The client is over: ends every call for this reason, and every later one at once. */
  end(code: Code, text: string): void {
    this.#send = undefined;
    this.#over = { code, text };
    for (const call of this.#open.values()) this.#fail(call, new IgorError(code, text));
  }

  /** What stands against any call that is made like this. */
  #objection({ signal, timeoutMs = Infinity }: CallOptions): IgorError | undefined {
    if (this.#over) return new IgorError(this.#over.code, this.#over.text);
    if (signal?.aborted) return new IgorError("cancelled", "its signal was aborted before the call");
    if (!(timeoutMs > 0))
      return new IgorError(
        "deadline_exceeded",
        `\`timeoutMs\` is ${timeoutMs}, which leaves no time for the call`,
      );
    if (this.#open.size >= this.#maxOpen)
      return new IgorError("overloaded", `${this.#maxOpen} calls are open, and that is the limit`);
    return undefined;
  }

  /** Lets its signal and its deadline end a call. The server has the deadline too; the clock here is for when it cannot answer. */
  #watch(call: OpenCall, { signal, timeoutMs = Infinity }: CallOptions): void {
    const aborted = (): void => this.#abandon(call, "cancelled", "its signal was aborted");
    signal?.addEventListener("abort", aborted);
    let timer: ReturnType<typeof setTimeout> | undefined;
    if (timeoutMs <= longestTimerMs) {
      call.deadlineAtMs = performance.now() + timeoutMs;
      timer = setTimeout(
        () => this.#abandon(call, "deadline_exceeded", `no answer came within ${timeoutMs} ms`),
        timeoutMs,
      );
    }
    call.release = () => {
      signal?.removeEventListener("abort", aborted);
      clearTimeout(timer);
    };
  }

  /** Sends a call that waits, if there is a connection. What it cannot carry is refused here, before it has a number. */
  #transmit(call: OpenCall): void {
    if (call.isSent) return;
    const { id, action, hasOutputs, data, deadlineAtMs } = call;
    const refused = this.#refused.get(action);
    if (refused !== undefined) return this.#fail(call, new IgorError("contract_mismatch", refused));
    const credit = hasOutputs ? this.#windowItems : undefined;
    const deadlineMs = deadlineAtMs && Math.max(1, Math.ceil(deadlineAtMs - performance.now()));
    const text = withData(encode({ streamId: id, action, credit, deadlineMs }), data);
    if (isLongerThan(text, this.#maxBytes - numbersBytes)) {
      return this.#fail(
        call,
        new IgorError("too_large", `the call is over the limit of ${this.#maxBytes} bytes`),
      );
    }
    if (this.#send === undefined) return;
    call.isSent = true;
    this.#send(text);
  }

  /** Ends a call from this side, and tells the server if it has heard of it. */
  #abandon(call: OpenCall, code: Code, text: string): void {
    if (!this.#open.has(call.id)) return;
    this.#send?.(encode({ streamId: call.id, cancel: true }));
    this.#fail(call, new IgorError(code, text));
  }

  #fail(call: OpenCall, error: IgorError): void {
    this.#forget(call);
    const details: ErrorDetails = { action: call.action, executed: call.isSent ? "unknown" : "no" };
    call.receiver.fail(Object.assign(error, details));
  }

  #forget(call: OpenCall): void {
    this.#open.delete(call.id);
    call.release();
  }
}

// One socket from hello to close: numbers, acks and beats. Above it there are only whole frames in order.


/** Why a link ended. */
interface LinkEnd {
  readonly code: number;
  readonly why: string;
  /** The server's refusal, where it answered the hello with one. */
  readonly refusal?: WireFrame;
}

/** What a link tells its owner; `ended` comes once, and last. */
interface LinkListener {
  /** The hello is sent; the welcome is on its way. */
  greeted(): void;
  welcomed(welcome: WelcomeData): void;
  received(frame: WireFrame): void;
  ended(end: LinkEnd): void;
}

/** A session layer for one socket. */
class SocketLink {
  readonly #socket: SocketTransport;
  readonly #listener: LinkListener;
  readonly #numbers = new FrameNumbers();
  #isWelcome = false;
  #isOver = false;
  #beatMs = 0;
  #sentAtMs = 0;
  #receivedAtMs = 0;
  #timer: ReturnType<typeof setTimeout>;

  constructor(target: SocketTarget, hello: HelloData, listener: LinkListener) {
    this.#listener = listener;
    this.#socket = new SocketTransport(target, {
      opened: () => {
        this.#write(encode({ action: protocolActions.hello, data: hello }));
        listener.greeted();
      },
      message: (data) => this.#receive(data),
      closed: (code, reason) => this.#end({ code, why: reason || `the socket was closed with ${code}` }),
    });
    // Behind the socket: a class that refuses the address throws, and must leave no timer.
    this.#timer = setTimeout(
      () => this.close(closeCodes.helloLate, "no welcome came in time"),
      defaults.welcomeMs,
    );
  }

  /** Sends a frame as the next numbered one. */
  send(text: string): void {
    const ack = this.#isWelcome ? this.#numbers.acknowledge() : undefined;
    this.#write(withNumbers(text, this.#numbers.next(), ack));
  }

  /** Closes the socket and tells the owner why. */
  close(code: number, why: string): void {
    if (this.#isOver) return;
    // A reason may be 123 bytes long.
    this.#socket.close(code, why.slice(0, 40));
    this.#end({ code, why });
  }

  /** Tells the server what was received, in a frame of its own. */
  acknowledge(): void {
    this.#write(encode({ ack: this.#numbers.acknowledge() }));
  }

  #receive(data: unknown): void {
    this.#receivedAtMs = performance.now();
    let frame: WireFrame;
    let welcome: WelcomeData | undefined;
    try {
      frame = decode(data);
      if (!this.#isWelcome && frame.error === undefined) welcome = readWelcome(frame);
    } catch (error) {
      return this.close(closeCodes.protocolError, (error as Error).message); // Reading throws nothing else.
    }
    if (this.#isWelcome) this.#take(frame, (data as string).length);
    else if (welcome) this.#begin(welcome);
    else this.#refuse(frame);
  }

  /** The server answered the hello with an error. */
  #refuse(refusal: WireFrame): void {
    this.#socket.close(closeCodes.done, "");
    this.#end({ code: closeCodes.done, why: refusal.error ?? "", refusal });
  }

  #begin(welcome: WelcomeData): void {
    this.#isWelcome = true;
    this.#beatMs = Math.min(welcome.beatMs, longestTimerMs / 2);
    this.#numbers.fit(welcome.limits);
    clearTimeout(this.#timer);
    this.#listener.welcomed(welcome);
    this.#beat();
  }

  #take(frame: WireFrame, chars: number): void {
    if (frame.ack !== undefined && !this.#numbers.hasSent(frame.ack)) {
      return this.close(closeCodes.protocolError, "the server acknowledged a frame that was never sent");
    }
    const verdict = frame.n === undefined ? "deliver" : this.#numbers.receive(frame.n, chars);
    if (verdict === "drop") return;
    if (verdict === "gap") return this.close(closeCodes.gap, "a frame of the server is missing");
    // From here, and not from a timer: browsers hold back the timers of a page in the background.
    if (frame.beat) this.acknowledge();
    this.#listener.received(frame);
    if (this.#numbers.isAckDue()) this.acknowledge();
  }

  /** Speaks after a beat of silence of its own, and gives up after two of the server's. One timer, set once a beat. */
  #beat(): void {
    if (this.#isOver) return;
    const now = performance.now();
    if (now - this.#receivedAtMs >= 2 * this.#beatMs)
      return this.close(closeCodes.beatsLost, "nothing was heard for two beats");
    if (now - this.#sentAtMs >= this.#beatMs) this.acknowledge();
    const next = Math.min(this.#sentAtMs + this.#beatMs, this.#receivedAtMs + 2 * this.#beatMs);
    this.#timer = setTimeout(() => this.#beat(), Math.ceil(next - now));
  }

  #write(text: string): void {
    this.#sentAtMs = performance.now();
    this.#socket.send(text);
  }

  #end(end: LinkEnd): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
    this.#listener.ended(end);
  }
}

// Keeps a link to the server alive: finds token and session, opens sockets, comes back after a loss.


/**
 * How the connection is.
 *
 * - `connecting`: there was none yet.
 * - `open`: it stands.
 * - `resuming`: it is lost, and being looked for.
 * - `lost`: it will not come back; the reason is told beside it.
 * - `closed`: `close()` was called.
 */
type Status = "connecting" | "open" | "resuming" | "lost" | "closed";

/** Where a connection goes, and as whom. */
interface ConnectionTarget {
  readonly WebSocket: WebSocketClass;
  readonly url: string;
  readonly contract: Contract;
  readonly token: string | undefined;
  readonly name: string | undefined;
}

/** What a connection tells its owner. */
interface ConnectionListener {
  /** With the error that ends it where it is `lost`. */
  changed(status: Status, why: string | undefined, error: IgorError | undefined): void;
  /** A frame that belongs to no call. */
  received(frame: WireFrame): void;
}

/** One client's way to its server, over as many sockets as it takes. */
class ClientConnection {
  readonly #target: ConnectionTarget;
  readonly #calls: CallTable;
  readonly #listener: ConnectionListener;
  readonly #session = new SessionKeeper();
  readonly #stopWaking: () => void;
  #status: Status = "connecting";
  #clientId: string | undefined;
  #link: SocketLink | undefined;
  /** Runs while there is no link and none is on its way. */
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  #retryAfterMs = 0;
  #openedAtMs = Infinity;
  #isFirst = true;

  constructor(target: ConnectionTarget, calls: CallTable, listener: ConnectionListener) {
    this.#target = target;
    this.#calls = calls;
    this.#listener = listener;
    this.#stopWaking = onWake(() => {
      if (this.#timer !== undefined) void this.#connect();
    });
    void this.#connect();
  }

  get status(): Status {
    return this.#status;
  }

  get clientId(): string | undefined {
    return this.#clientId;
  }

  /** Ends it for good: no socket, no timer, no call is left. */
  close(): void {
    this.#stop("closed", "cancelled", "the client was closed");
  }

  async #connect(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const { WebSocket, url, contract, token: given, name } = this.#target;
    const token = await findToken(url, given);
    const identity = await this.#session.next();
    if (this.#isOver()) return;
    const protocols = token === undefined ? [subprotocol] : [subprotocol, tokenProtocol(token)];
    // Every socket is a page of its own: nothing is replayed, and the numbers of both sides start at 1.
    const hello = {
      ...identity,
      page: randomText(16),
      contract: contract.hash,
      ...(name !== undefined && { name }),
      ring: defaults.ringBytes,
    };
    try {
      const link: SocketLink = new SocketLink({ WebSocket, url, protocols }, hello, {
        greeted: () => this.#greeted(link),
        welcomed: (welcome) => this.#welcomed(link, welcome),
        received: (frame) => this.#received(link, frame),
        ended: (end) => this.#ended(end),
      });
      this.#link = link;
    } catch (error) {
      // The class refused the address as such, and would again.
      this.#stop(
        "lost",
        "forbidden",
        `no socket can be made to \`${url}\`: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** The first hello of a program may be followed by its calls at once, which saves them a round trip. */
  #greeted(link: SocketLink): void {
    if (this.#isFirst) this.#calls.connect((text) => link.send(text));
    this.#isFirst = false;
  }

  #welcomed(link: SocketLink, { clientId, session, key, limits, contract }: WelcomeData): void {
    // In this order: the ack makes the old key invalid, so the new one must be stored by then.
    this.#session.keep(session, key);
    link.acknowledge();
    const different =
      typeof contract === "string" ? new Map<string, string>() : differences(this.#target.contract, contract);
    if (different.size > 0) {
      console.warn(
        `igor: this client was generated for another version of the server: ${[...different.values()].join(", ")}`,
      );
    }
    this.#clientId = clientId;
    this.#openedAtMs = performance.now();
    this.#retryAfterMs = 0;
    this.#calls.agree(limits, different);
    this.#calls.connect((text) => link.send(text));
    this.#change("open");
  }

  #received(link: SocketLink, frame: WireFrame): void {
    const { streamId, action } = frame;
    if (typeof streamId === "number" && action === undefined) {
      this.#calls.receive(frame);
    } else if (typeof streamId === "number") {
      link.send(
        encode({
          streamId,
          error: `this client has no action \`${action}\``,
          code: codes.unknown_action,
          close: true,
        }),
      );
    } else if (action === protocolActions.goodbye) {
      this.#waitFor((frame.data as { retryAfterMs?: unknown } | null | undefined)?.retryAfterMs);
    } else {
      this.#listener.received(frame);
    }
  }

  #ended({ code, why, refusal }: LinkEnd): void {
    this.#link = undefined;
    if (this.#isOver()) return;
    if (performance.now() - this.#openedAtMs >= defaults.steadyMs) this.#failures = 0;
    this.#openedAtMs = Infinity;
    if (refusal) return this.#refused(refusal, why);
    const after = afterClose(code);
    if (after.next === "stop") return this.#stop("lost", after.code, after.text);
    if (after.next === "renew") this.#session.renew();
    this.#calls.lose();
    this.#retry(why);
  }

  /** The server answered the hello with an error, and has run nothing that stood behind it. */
  #refused(refusal: WireFrame, why: string): void {
    const { code } = errorFromFrame(refusal);
    if (code === "unauthorized" || code === "forbidden") {
      this.#session.renew(); // So that the next load of this page does not meet the same refusal.
      return this.#stop("lost", code, why);
    }
    this.#calls.requeue();
    this.#waitFor(refusal.retryAfterMs);
    this.#retry(why);
  }

  /** Notes how long the server wants to be left alone. */
  #waitFor(retryAfterMs: unknown): void {
    if (typeof retryAfterMs === "number") this.#retryAfterMs = retryAfterMs;
  }

  #retry(why: string): void {
    const waitMs = backoffMs(this.#failures++, this.#retryAfterMs, Math.random());
    this.#timer = setTimeout(() => void this.#connect(), waitMs);
    if (this.#status === "open") this.#change("resuming", why);
  }

  #stop(status: "lost" | "closed", code: Code, text: string): void {
    if (this.#status === "closed") return;
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#stopWaking();
    this.#session.release();
    this.#calls.end(code, text);
    this.#change(status, text, status === "lost" ? new IgorError(code, text) : undefined);
    this.#link?.close(closeCodes.done, "");
  }

  #change(status: Status, why?: string, error?: IgorError): void {
    this.#status = status;
    this.#listener.changed(status, why, error);
  }

  #isOver(): boolean {
    return this.#status === "lost" || this.#status === "closed";
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
  readonly #overflow: Overflow;
  readonly #line: () => CallLine;
  readonly #items = new ItemQueue<Item>();
  /** Items that are gone from here, and for which the server has no new credit yet. */
  #taken = 0;
  #isRead = false;

  /** The line of the call; asked for with the first item only, because the call is still being made. */
  constructor(overflow: Overflow, line: () => CallLine) {
    this.#overflow = overflow;
    this.#line = line;
  }

  /** Takes in an item. False: the server had no credit for it, and it is not kept. */
  push(item: Item): boolean {
    if (this.#items.length >= this.#line().windowItems()) return false;
    if (this.#items.push(item) === "taken") this.#taken += 1;
    this.#flow();
    return true;
  }

  /** Ends it behind the items that are here; after an error its reader throws. */
  end(error?: IgorError): void {
    this.#items.end(error);
  }

  /** Reads it. There is one reader at a time; `left` is called when it goes before the end. */
  read(left: () => void): AsyncIterator<Item, undefined> {
    if (this.#isRead) throw new IgorError("forbidden", "this call has a reader already, and can have one");
    this.#isRead = true;
    let isGone = false;
    return {
      next: () => {
        if (isGone) return Promise.resolve({ value: undefined, done: true });
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
        return Promise.resolve({ value: undefined, done: true });
      },
    };
  }

  #flow(): void {
    const { windowItems, grant } = this.#line();
    const half = Math.ceil(windowItems() / 2);
    if (this.#overflow === "drop_oldest" && !this.#isRead && this.#items.length >= windowItems()) {
      this.#items.dropOldest(half);
      this.#taken += half;
    }
    if (this.#taken < half) return;
    grant(this.#taken);
    this.#taken = 0;
  }
}

// A call with one result at its end.


/**
 * A call on its way. Await it for its value; loop over it for its outputs; do both, in any order, or neither.
 *
 * ```ts
 * const line = await igor.chat.say("lobby", "hello");
 *
 * const job = igor.chat.import(path);
 * for await (const step of job) bar.value = step.done;
 * const imported = await job;
 * ```
 *
 * The outputs are a courtesy beside the value: when nobody loops and 256 of them wait, the oldest half is dropped,
 * so that `await` alone never stalls. Leaving the loop does not end the call; `cancel()` does. A call that nobody
 * awaits raises no unhandled rejection.
 */
class Call<Value, Output = never, Failure = never>
  implements PromiseLike<Value>, AsyncIterable<Output>
{
  readonly #value: Promise<Value>;
  readonly #outputs: OutputQueue<Output>;
  readonly #line: CallLine;

  constructor(start: StartCall) {
    const outputs = new OutputQueue<Output>("drop_oldest", () => this.#line);
    let resolve!: (value: Value) => void;
    let reject!: (error: unknown) => void;
    this.#value = new Promise((...settlers) => ([resolve, reject] = settlers));
    this.#value.catch(() => {}); // Whoever awaits it still gets the error; nobody has to.
    this.#outputs = outputs;
    this.#line = start({
      output: (data) => void outputs.push(data as Output),
      settle: (data) => {
        resolve(data as Value);
        outputs.end();
      },
      fail: (error) => {
        reject(error);
        outputs.end(error);
      },
    });
  }

  /** Waits for the value; a failure of any kind is an `IgorError`. */
  then<Kept = Value, Caught = never>(
    kept?: ((value: Value) => Kept | PromiseLike<Kept>) | null,
    caught?: ((error: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Kept | Caught> {
    return this.#value.then(kept, caught);
  }

  /** Handles a failure, which is an `IgorError`. */
  catch<Caught = never>(
    caught?: ((error: unknown) => Caught | PromiseLike<Caught>) | null,
  ): Promise<Value | Caught> {
    return this.#value.catch(caught);
  }

  /** Runs when the call has ended, however it did. */
  finally(ended?: (() => void) | null): Promise<Value> {
    return this.#value.finally(ended);
  }

  /**
   * Waits for the end without throwing the action's own error: `{ ok: true, value }` or `{ ok: false, error }`, the
   * error typed as the action declares it. Whatever else goes wrong still rejects with an `IgorError`.
   */
  result(): Promise<Result<Value, Failure>> {
    return toResult(this.#value);
  }

  /** Ends the call: the server drops its work, and the call rejects with `cancelled`. */
  cancel(): void {
    this.#line.cancel();
  }

  /** Reads the outputs, one loop at a time; if the call fails, the loop throws what awaiting it would. */
  [Symbol.asyncIterator](): AsyncIterator<Output, undefined> {
    return this.#outputs.read(() => {});
  }
}

// The client as its user sees it, but for the actions: events, status and end.


/** How events are listened to. */
interface ListenOptions {
  /** Stops listening when it aborts. */
  signal?: AbortSignal | undefined;
}

/** What happens to a client besides events. */
interface ClientNews {
  status: { status: Status; why: string | undefined };
  ended: { process: string; error: string | undefined };
  over: IgorError | undefined;
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
  #over: { error: IgorError | undefined } | undefined;

  constructor(target: ConnectionTarget, calls: CallTable) {
    this.#connection = new ClientConnection(target, calls, {
      changed: (status, why, error) => this.#changed(status, why, error),
      received: (frame) => this.#received(frame),
    });
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
   * const off = igor.on("chat.said", ({ room, line }) => show(room, line));
   * ```
   */
  on<Name extends keyof Events>(name: Name, handler: (payload: Events[Name]) => void): () => void {
    return this.#events.on(name, handler);
  }

  /** Waits for the next event of this name. It rejects with `cancelled` when the signal aborts or the client is closed. */
  once<Name extends keyof Events>(name: Name, options: ListenOptions = {}): Promise<Events[Name]> {
    const first = this.#first(name, options);
    first.catch(() => {}); // Whoever awaits it still gets the error; nobody has to.
    return first;
  }

  /**
   * Reads the events of this name in a loop, from this call on.
   *
   * ```ts
   * for await (const { room, line } of igor.events("chat.said", { signal })) show(room, line);
   * ```
   *
   * The loop ends when the signal aborts or the client is closed. One that is more than 1,024 events behind loses
   * the oldest, and the iterator's `missed` counts them.
   */
  events<Name extends keyof Events>(name: Name, { signal }: ListenOptions = {}): EventStream<Events[Name]> {
    return new EventStream((push, end) => {
      const offs: (() => void)[] = [];
      const stop = (): void => offs.forEach((off) => off());
      const finish = (error?: IgorError): void => {
        stop();
        end(error);
      };
      const aborted = (): void => finish();
      offs.push(this.#events.on(name, push), this.#news.on("over", finish), () =>
        signal?.removeEventListener("abort", aborted),
      );
      signal?.addEventListener("abort", aborted);
      if (this.#over) finish(this.#over.error);
      else if (signal?.aborted) finish();
      return stop;
    });
  }

  /** Calls the handler whenever the status changes, with the reason where there is one. */
  onStatus(handler: (status: Status, why?: string) => void): () => void {
    return this.#news.on("status", ({ status, why }) => handler(status, why));
  }

  /** Calls the handler when a process of the server has ended for good; `error` is the id of its failure in the server's log. */
  onEnded(handler: (process: string, error?: string) => void): () => void {
    return this.#news.on("ended", ({ process, error }) => handler(process, error));
  }

  /** Closes the connection for good. Open calls reject with `cancelled`, loops over events end. */
  close(): void {
    this.#connection.close();
  }

  async #first<Name extends keyof Events>(name: Name, options: ListenOptions): Promise<Events[Name]> {
    const events = this.events(name, options);
    const { done, value } = await events.next();
    void events.return();
    if (done) throw new IgorError("cancelled", `nobody waits for \`${String(name)}\` any more`);
    return value;
  }

  #changed(status: Status, why: string | undefined, error: IgorError | undefined): void {
    if (status === "lost" || status === "closed") {
      this.#over ??= { error };
      this.#news.emit("over", error);
    }
    this.#news.emit("status", { status, why });
  }

  /** Hands on what belongs to no call. Actions of the protocol that this version does not know are ignored. */
  #received({ action, streamId, data, close, error }: WireFrame): void {
    if (action !== undefined) {
      if (!action.startsWith("igor."))
        this.#events.emit(action as keyof Events, (data ?? null) as Events[keyof Events]);
    } else if (streamId !== undefined) {
      if (close) this.#news.emit("ended", { process: String(streamId), error });
    } else if (error !== undefined) {
      console.warn(`igor: the server refused a frame of this client: ${error}`);
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
  readonly #items: OutputQueue<Item>;
  readonly #line: CallLine;

  constructor(start: StartCall) {
    const items = new OutputQueue<Item>("wait", () => this.#line);
    this.#items = items;
    this.#line = start({
      output: (data) => {
        if (!items.push(data as Item))
          this.#line.cancel("bad_frame", "the server sent more items than it had credit for");
      },
      settle: () => items.end(),
      fail: (error) => items.end(error),
    });
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
    this.#line.cancel();
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

/** A caller whose calls stand in this table. */
function callerOf(calls: CallTable): Caller {
  return {
    value: (action, data, options) =>
      new Call((receiver) => calls.open({ action, data, options, hasOutputs: false }, receiver)),
    outputs: (action, data, options) =>
      new Call((receiver) => calls.open({ action, data, options, hasOutputs: true }, receiver)),
    stream: (action, data, options) =>
      new Stream((receiver) => calls.open({ action, data, options, hasOutputs: true }, receiver)),
  };
}

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
function open<Events, Actions extends object>(
  contract: Contract,
  actions: (call: Caller) => Actions,
  url?: string | URL | ConnectOptions,
  options?: ConnectOptions,
): Client<Events> & Actions {
  const isAddress = typeof url === "string" || url instanceof URL;
  const { token, name, WebSocket = host.WebSocket } = (isAddress ? options : url) ?? {};
  if (!WebSocket)
    throw new IgorError(
      "bad_data",
      "there is no `WebSocket` here (Node has one from version 22 on); pass one: `connect({ WebSocket })`",
    );
  const calls = new CallTable();
  const client = new Client<Events>(
    { WebSocket, url: addressOf(isAddress ? url : undefined), contract, token, name },
    calls,
  );
  return Object.assign(client, actions(callerOf(calls)));
}

/** The address of the server's socket. */
function addressOf(given: string | URL | undefined): string {
  const { protocol = "", host: here } = host.location ?? {};
  const isServed = protocol === "http:" || protocol === "https:";
  let url: URL;
  try {
    url = new URL(given ?? (isServed ? `${protocol}//${here}/` : defaults.address));
    url.protocol = url.protocol.replace("http", "ws");
  } catch {
    throw new IgorError("bad_data", `\`${String(given)}\` is no address`);
  }
  if (url.protocol !== "ws:" && url.protocol !== "wss:")
    throw new IgorError(
      "bad_data",
      `\`${url.href}\` is no address of a WebSocket; it starts with \`ws://\` or \`wss://\``,
    );
  url.hash = "";
  return url.href;
}

export { IgorError, open };
export type { Call, Caller, CallOptions, Client, ListenOptions, Status, EventStream, ConnectOptions, Code, Contract, Result, Stream };
