// The client of one server, written by igor 0.1.0 from its Rust. Do not edit: it is written anew.
/* eslint-disable */

/** Names the contract that this client was written for; a program that starts the server may ask for the same. */
export const contract = {
  hash: "761300f8411e4df6",
  names: {
    "hello": "7e13efa3",
    "tick": "0a0bdedd",
  },
};

/** The actions of this server. */
const actions = (call) => ({
  /** Greets somebody. */
  hello: (name, options) => call.value("hello", name, options),
});

/**
 * Connects to the server. It answers at once; calls wait for the connection.
 *
 * Without a `url` a page speaks to the server that it came from, everything else to `ws://127.0.0.1:5678/`.
 */
export function connect(url, options) {
  return open(contract, actions, url, options);
}

// ------------------------------------------------------------------------------------------------
// The runtime: the same for every server.
// ------------------------------------------------------------------------------------------------

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
/** The ready state of an open one. */
const openState = 1;
/** The globals of this place, each of which may be missing. */
const host = globalThis;
/** Whether this is a page, and not a worker or Node. */
function isPage() {
    return host.document !== undefined;
}
/** Reads a value of the page; outside of one, or where the page forbids it, there is none. */
function readStored(storage, key) {
    try {
        return (isPage() && host[storage]?.getItem(key)) || undefined;
    }
    catch {
        return undefined; // A sandboxed frame may not even look at its storage.
    }
}
/** Keeps a value for the page where that is possible. */
function store(storage, key, value) {
    try {
        if (isPage())
            host[storage]?.setItem(key, value);
    }
    catch {
        // Storage may be full or forbidden; then the value lives as long as this program.
    }
}
/**
 * Watches the page: calls `woken` when it is likely to have its network back, and `restored` when a page that was
 * left is shown again as it was, until the signal aborts.
 */
function watchPage(woken, restored, signal) {
    const { document } = host;
    host.addEventListener?.("online", woken, { signal });
    host.addEventListener?.("pageshow", ({ persisted }) => persisted && restored(), { signal });
    document?.addEventListener("visibilitychange", () => document.visibilityState === "visible" && woken(), { signal });
}
/** Says that a handler of the user's threw, in the way of the place, and goes on. */
function report(error) {
    (host.reportError ?? console.error)(error);
}
/** Random bytes as unpadded base64url. */
function randomText(bytes) {
    return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}
/** Bytes as unpadded base64url, the only alphabet that a subprotocol and an id share. */
function base64url(bytes) {
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
};
// The rules of the session layer that tests take away, one at a time, to see that each is needed. Nothing else writes
// them: they are constants, which a bundler folds away.
/** A frame that was received before is dropped. */
const dropsDuplicates = true;
/** A missing number closes the socket. */
const closesOnGap = true;
/** What was sent is kept until it is acknowledged. */
const keepsUntilAcked = true;
/** A socket that was given up says nothing more. */
const fencesOldSocket = true;
/** Every socket of a session has a higher attempt. */
const raisesAttempt = true;
/** The new key is stored before its welcome is acknowledged. */
const storesKeyFirst = true;
/** Nothing follows a page's later hellos before their welcome. */
const awaitsWelcome = true;
/** What a server that says goodbye has not begun waits for the next one. */
const heedsGoodbye = true;
/** All sockets of a page say that they are of this page. */
const keepsPage = true;
// How long to wait before coming back: a pure function of what happened.
/**
 * The wait before the next attempt, in milliseconds: anywhere below a ceiling that doubles with every failure, so
 * many times at most.
 *
 * The full width of jitter, because all clients of a restarted server lose it in the same moment. The server's
 * own `retryAfterMs` is added, never undercut.
 */
function backoffMs(failures, doublings, retryAfterMs, random) {
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
/** Unless its close code is one of these, a socket is lost and its session is not. */
const afterCloses = {
    [closeProtocol]: "renew",
    [closeTooLarge]: "renew",
    [closeUnauthorized]: "unauthorized",
    [closeForbidden]: "forbidden",
    [closeSuperseded]: "session_lost",
};
/** What a close code says about coming back. */
function afterClose(code) {
    return afterCloses[code] ?? "return";
}
// How the contract of this client differs from the server's, in words.
/** Each name that is not the same on both sides, with what is different about it; a mere hash is that of the same. */
function differences(ours, theirs) {
    const found = new Map();
    if (typeof theirs === "string")
        return found;
    for (const name of Object.keys({ ...ours.names, ...theirs.names })) {
        const client = ours.names[name];
        const server = theirs.names[name];
        const what = !server ? "is missing on the server" : !client ? "is missing in this client" : "differs";
        if (client !== server)
            found.set(name, `\`${name}\` ${what}`);
    }
    return found;
}
/** Calls the handlers of a name with what is emitted under it. `Payloads` says what belongs to each name. */
class Emitter {
    /** Each list is replaced when it changes: whoever is told of something is told of it by the list of then. */
    #listeners = new Map();
    /** Listens until the function that it returns is called. The same handler may be added twice. */
    on(name, handler) {
        const own = { handler: handler };
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
    emit(name, payload) {
        for (const { handler } of this.#of(name)) {
            try {
                handler?.(payload);
            }
            catch (error) {
                report(error);
            }
        }
    }
    #of(name) {
        return this.#listeners.get(name) ?? [];
    }
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
    code;
    constructor(code, text, details = {}) {
        super(`${code}: ${text}`);
        this.name = "IgorError";
        this.code = code;
        // What is not known is no property at all, so that a printed error shows only what is.
        for (const [name, detail] of Object.entries(details))
            if (detail !== undefined)
                this[name] = detail;
    }
}
/** What is to be said of anything that was thrown. */
function textOf(error) {
    return error instanceof Error ? error.message : String(error);
}
/** The error that a failure frame tells; a number outside the set is `internal`. */
function errorFromFrame({ error = "no reason given", code, data, retryAfterMs }, action) {
    const name = Object.entries(codes).find(([, number]) => number === code)?.[0];
    return new IgorError(name ?? "internal", error, { action, data, retryAfterMs });
}
/** Counts the silence in both directions. All times are of one clock that only rises. */
class SocketPulse {
    #beatMs;
    #sentAtMs;
    #heardAtMs;
    /** When the other side was asked for a sign, until it gives one. */
    #askedAtMs = 0;
    constructor(beatMs, now) {
        this.#beatMs = beatMs;
        this.#sentAtMs = this.#heardAtMs = now;
    }
    /** Something was sent. */
    sent(now) {
        this.#sentAtMs = now;
    }
    /** Something was received, whatever it was. */
    heard(now) {
        this.#heardAtMs = now;
        this.#askedAtMs = 0;
    }
    /** When the next tick is due. */
    get dueAtMs() {
        return Math.min(this.#sentAtMs + this.#beatMs, this.#silentAtMs);
    }
    /** Judges the silence. Before a late tick nobody listened, so the other side is asked and has a beat to answer. */
    tick(now) {
        if (now - this.dueAtMs > this.#beatMs / 2 && !this.#askedAtMs) {
            this.#askedAtMs = now;
            return "ask";
        }
        if (now >= this.#silentAtMs)
            return "give up";
        return now - this.#sentAtMs >= this.#beatMs ? "speak" : "rest";
    }
    /** When the silence of the other side is too long. */
    get #silentAtMs() {
        return Math.max(this.#heardAtMs + this.#beatMs, this.#askedAtMs) + this.#beatMs;
    }
}
// Where the token comes from: the caller, the code in the page's address, or an earlier visit.
/** Behind it stands the address of the server: a page may speak to several, and none learns the token of another. */
const tokenKey = "igor.token ";
/** The exchanges that are under way: a code works once, but a page may make two clients in one breath. */
const exchanges = {};
/** Finds the token for the server at `url`, if there is one. It never fails: the server says whether one is needed. */
async function findToken(url, given) {
    if (given !== undefined || !isPage())
        return given;
    const code = /^#igor=(.+)$/.exec(host.location?.hash ?? "")?.[1];
    const token = code && (await (exchanges[url] ??= exchangeCode(url, code)));
    delete exchanges[url];
    return token || readStored("localStorage", tokenKey + url);
}
/** The subprotocol that carries a token, because a page can set no header on a socket. */
function tokenProtocol(token) {
    return tokenPrefix + base64url(new TextEncoder().encode(token));
}
/** Trades the one-time code for the token, keeps that, and takes the spent code out of the address. */
async function exchangeCode(url, code) {
    try {
        const response = await fetch(new URL("/igor/token", url.replace(/^ws/, "http")), {
            method: "POST",
            headers: { "content-type": "application/json" },
            body: JSON.stringify({ code }),
            signal: AbortSignal.timeout(exchangeMs),
        });
        const token = response.ok && (await response.json())?.token;
        const { location, history } = host;
        if (location && response.status < 500)
            history?.replaceState(history.state, "", location.pathname + location.search);
        if (typeof token !== "string")
            return undefined;
        store("localStorage", tokenKey + url, token);
        return token;
    }
    catch {
        return undefined; // The server cannot be reached: the code stays in the address and is tried again with the next socket.
    }
}
/** What a reader gets once there is nothing more. */
function nothingMore() {
    return Promise.resolve({ value: undefined, done: true });
}
/** First in, first out. It has no bound of its own: who pushes looks at `length` and says what happens. */
class ItemQueue {
    #items = [];
    #readers = [];
    #ended;
    /** How many items nobody has taken. */
    get length() {
        return this.#items.length;
    }
    /** Hands the item to who waits longest, or keeps it; whether it was taken. After the end it is dropped. */
    push(item) {
        const reader = this.#readers.shift();
        if (reader)
            reader({ value: item, done: false });
        else if (!this.#ended)
            this.#items.push(item);
        return reader !== undefined;
    }
    /** Forgets the oldest items. */
    dropOldest(count) {
        this.#items.splice(0, count);
    }
    /** Ends the line behind what is in it; with an error, readers get that instead of a quiet end. */
    end(error) {
        if (this.#ended)
            return;
        this.#ended = { error };
        // Who cancelled wants nothing more, not even what is here already.
        if (error?.code === "cancelled")
            this.#items = [];
        for (const reader of this.#readers.splice(0))
            reader(this.next());
    }
    /** The next item, as soon as there is one. */
    next() {
        if (this.#items.length > 0)
            return Promise.resolve({ value: this.#items.shift(), done: false });
        if (this.#ended?.error)
            return Promise.reject(this.#ended.error);
        if (this.#ended)
            return nothingMore();
        return new Promise((reader) => this.#readers.push(reader));
    }
}
/** Makes the action's own error a value. Whatever else went wrong is still thrown. */
function toResult(promise) {
    return promise.then((value) => ({ ok: true, value }), (error) => {
        // Only an action's own error has data; one that failed with words alone has none that could be typed.
        if (error instanceof IgorError && error.data !== undefined)
            return { ok: false, error: error.data };
        throw error;
    });
}
/** Throws `bad_frame` unless the value is an object. */
function checkObject(value, what) {
    if (typeof value !== "object" || value === null || Array.isArray(value))
        throw new IgorError("bad_frame", `${what} is not an object`);
}
/** Throws `bad_frame` where a field is there and not of this kind. */
function checkField(what, kind, name, field) {
    if (field !== undefined && typeof field !== kind)
        throw new IgorError("bad_frame", `${what} has a wrong \`${name}\`: not a ${kind}`);
}
/** Throws `bad_frame` unless the value is an object that has these fields. Others it may have as it likes. */
function checkFields(value, kinds, what) {
    checkObject(value, what);
    for (const name in kinds)
        checkField(what, kinds[name], name, value[name] ?? null);
}
// Frames to text and back. Of binary frames this knows only that a module may write and read them.
const ofServer = "a frame of the server";
/** Writes a frame. Its fields stay in their order, so whoever makes one names them in that of the protocol. */
const encode = JSON.stringify;
/** Puts its number and the latest ack before a written frame, which is otherwise the same bytes each time it is sent. */
function withNumbers(frame, n, ack) {
    const numbers = `{"n":${n},${ack ? `"ack":${ack},` : ""}`;
    return changed(frame, (text) => numbers + text.slice(1));
}
/** Puts written data behind a frame whose fields all come before `data`. */
function withData(text, data) {
    return data === undefined ? text : changed(data, (json) => `${text.slice(0, -1)},"data":${json}}`);
}
function changed(written, change) {
    return typeof written === "string" ? change(written) : written.map(change);
}
/**
 * Writes the data of a call, `undefined` for none.
 *
 * Throws `unsendable` for what JSON would refuse, or change without a word.
 */
function encodeData(data) {
    try {
        const text = JSON.stringify(data);
        // NaN and the infinities become `null`, and an integer that is not exact has 16 digits: most data is not walked.
        const lost = text && /null|(^|[^\d.])\d{16}/.test(text) && findLost(data, "");
        if (lost)
            throw new IgorError("unsendable", lost);
        return text;
    }
    catch (error) {
        if (error instanceof IgorError)
            throw error;
        // A bigint, a circle, or a `toJSON` that threw.
        throw new IgorError("unsendable", textOf(error));
    }
}
/** Says where a number is that JSON has no word for, or that reads as an integer which it may not be. */
function findLost(value, path) {
    if (typeof value === "number" && !isExact(value))
        return `\`${path || "data"}\` is ${value}`;
    if (typeof value !== "object" || value === null)
        return undefined;
    for (const [key, inner] of Object.entries(value)) {
        const lost = findLost(inner, Array.isArray(value) ? `${path}[${key}]` : path ? `${path}.${key}` : key);
        if (lost !== undefined)
            return lost;
    }
    return undefined;
}
/** Whether a number arrives as it is: no larger than an exact integer, or so large that JSON does not write it as one. */
function isExact(value) {
    const size = Math.abs(value);
    return size < 2 ** 53 || (size >= 1e21 && size < Infinity);
}
/** Reads a frame. Throws `bad_frame` for whatever is none. */
function decode(message) {
    let frame;
    try {
        frame = JSON.parse(message); // A binary message is not JSON either.
    }
    catch {
        throw new IgorError("bad_frame", `${ofServer} is not JSON`);
    }
    checkObject(frame, ofServer);
    // Only the fields that this side reads; and one by one, since to go through a table takes half as long as the JSON.
    checkField(ofServer, "number", "n", frame.n);
    checkField(ofServer, "number", "ack", frame.ack);
    if (typeof frame.streamId !== "string")
        checkField(ofServer, "number", "streamId", frame.streamId);
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
function isLongerThan(written, limit) {
    const { length } = written;
    return length > limit || (length * 3 > limit && new TextEncoder().encode(written).length > limit);
}
// Events in a `for await` loop.
/**
 * The events of one name, read in a loop.
 *
 * It listens from the call of `events()` on, until the loop is left, its signal aborts or the client is closed. A
 * loop that is more than 1,024 events behind loses the oldest, and `missed` counts them.
 */
class EventStream {
    #queue = new ItemQueue();
    #left;
    #missed = 0;
    /** `listen` starts to feed it, and answers with how to stop that. */
    constructor(listen) {
        this.#left = listen((payload) => this.#push(payload), (error) => this.#queue.end(error));
    }
    /** How many events were dropped because the loop did not keep up. */
    get missed() {
        return this.#missed;
    }
    /** The next event, as soon as there is one. */
    next() {
        return this.#queue.next();
    }
    /** Stops listening; what has not been read is forgotten. */
    return() {
        this.#left();
        this.#queue.end();
        return nothingMore();
    }
    [Symbol.asyncIterator]() {
        return this;
    }
    #push(payload) {
        if (this.#queue.length >= behindEvents) {
            this.#queue.dropOldest(1);
            this.#missed += 1;
        }
        this.#queue.push(payload);
    }
}
const sessionKey = "igor.session";
const identityKinds = { session: "string", key: "string", attempt: "number" };
/** The sessions that clients of this very page have or wait for; no lock has to tell them apart. */
const claimedHere = new Set();
/**
 * Keeps the identity in the page's `sessionStorage`, which a reload keeps and a duplicated tab copies. A Web Lock
 * tells the two apart: whoever holds it owns the session. Where there are no locks, or no page, the identity lives
 * in memory and nobody else can have it.
 */
class SessionKeeper {
    #identity;
    #isStored = false;
    #isReleased = false;
    #letGo;
    /** The identity for the next socket, its attempt already written down. */
    async next() {
        const identity = (this.#identity ??= await this.#begin());
        if (raisesAttempt)
            identity.attempt += 1;
        this.#write();
        return { ...identity };
    }
    /** Keeps what a welcome said, so that the new key is stored before anything acknowledges it. */
    keep(session, key) {
        this.#identity &&= { ...this.#identity, session, key };
        this.#write();
    }
    /** Starts afresh: the server has given this session up. The next socket claims the new one like any other. */
    renew() {
        this.#identity &&= fresh();
        this.#write();
        this.forget();
    }
    /** Lets go of the session; the next socket looks for one as that of a page that was just loaded. */
    forget() {
        this.#identity = undefined;
        this.#letGo?.();
    }
    /** Lets another client of this page, or its next load, have the session. */
    release() {
        this.#isReleased = true;
        this.#letGo?.();
    }
    async #begin() {
        if (!isPage() || !host.navigator?.locks)
            return fresh();
        const stored = readIdentity();
        if (stored && claimedHere.has(stored.session))
            return fresh();
        const identity = stored && (await this.#claim(stored.session)) ? stored : fresh();
        // A fresh id is nobody's yet: this claim only fails where the page may not use locks at all.
        this.#isStored = identity === stored || (await this.#claim(identity.session));
        return identity;
    }
    /** Takes the lock of a session. A document that is being left may hold it for a moment more, a duplicated tab for ever. */
    async #claim(session) {
        claimedHere.add(session);
        const letGo = await new Promise((resolve) => {
            const signal = AbortSignal.timeout(handoverMs);
            const held = () => new Promise((release) => resolve(release));
            host.navigator?.locks
                ?.request(`igor.session.${session}`, { signal }, held)
                .catch(() => resolve(undefined));
        });
        this.#letGo = () => {
            claimedHere.delete(session);
            letGo?.();
        };
        if (this.#isReleased || !letGo)
            this.#letGo();
        return letGo !== undefined;
    }
    #write() {
        if (this.#isStored && this.#identity)
            store("sessionStorage", sessionKey, JSON.stringify(this.#identity));
    }
}
function fresh() {
    return { session: randomText(16), key: randomText(32), attempt: 0 };
}
/** The identity that an earlier load of this page left, if it can be read. */
function readIdentity() {
    try {
        const identity = JSON.parse(readStored("sessionStorage", sessionKey) ?? "");
        checkFields(identity, identityKinds, "the stored session");
        return identity;
    }
    catch {
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
function readWelcome({ action, data }) {
    checkFields(action === welcomeAction && data, welcomeKinds, "the welcome");
    const welcome = data;
    checkField("the welcome", "string", "reason", welcome.reason);
    checkFields(welcome.limits, limitKinds, "`limits` of the welcome");
    if (typeof welcome.contract !== "string")
        checkObject(welcome.contract?.names, "`contract` of the welcome");
    return welcome;
}
const sendNothing = () => false;
/** Knows no socket: it is told how to send while there is one. */
class CallTable {
    /**
     * The last call that the server runs, once it has said goodbye: those behind it are for the next server, whatever
     * this one says of them.
     */
    lastCall = Infinity;
    /** The items of one call that may be on their way or unread. */
    windowItems = windowItems;
    #codec;
    #open = new Map();
    /** Who has something to say to the server, in their order; each is at most once in it. */
    #waiting = new Set();
    #lastId = 0;
    #openChars = 0;
    #send = sendNothing;
    #maxOpen = openCalls;
    #maxBytes = messageBytes;
    #refused = new Map();
    #over;
    constructor(codec) {
        this.#codec = codec;
    }
    /** Makes a call, now or as soon as there is a connection. What stands against it goes to the receiver. */
    open(kind, receiver, action, data, options) {
        const id = ++this.#lastId;
        // All that is made for a call, but for its texts: what is made for each is most of what a fast one costs.
        const call = {
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
        }
        catch (error) {
            this.#fail(call, error); // Nothing else is thrown here.
        }
        return call;
    }
    /**
     * Takes in a frame, if it belongs to a call or asks for one; else answers false. Calls that have ended are forgotten,
     * and what still comes for them is ignored.
     */
    receive(frame) {
        const { streamId, action } = frame;
        if (typeof streamId !== "number")
            return false;
        const call = streamId > this.lastCall ? undefined : this.#open.get(streamId);
        if (action !== undefined) {
            const error = `no action \`${action}\``;
            const answer = encode({ streamId, error, code: codes.unknown_action, close: true });
            // It waits like a call, and as many as there may be calls; more than that nobody asks who listens to the answers.
            if (this.#waiting.size < openCalls)
                this.post((send) => send(answer));
        }
        else if (call && frame.close) {
            this.#forget(call);
            // A map that calls pass through is copied now and then, and a copy that has grown old keeps all later ones and
            // their calls from the small collections of garbage. No way leads from it to one that is made anew.
            if (streamId % 1024 === 0)
                this.#open = new Map(this.#open);
            if (frame.error === undefined)
                call.receiver.settle(frame.data ?? null);
            else
                call.receiver.fail(errorFromFrame(frame, call.action));
        }
        else if (call?.kind === "outputs" && frame.data !== undefined) {
            call.receiver.output(frame.data);
        }
        return true;
    }
    /** Sends what has waited, and from now on everything at once. */
    connect(send) {
        this.lastCall = Infinity;
        this.#send = send;
        this.flush();
    }
    /** Sends of what has waited as much as there is a place for. */
    flush() {
        for (const who of this.#waiting) {
            if (!this.#hear(who))
                return;
            this.#waiting.delete(who);
        }
    }
    /** Lets somebody speak, now or behind those that wait. What waits for a session that is lost is not said any more. */
    post(who) {
        if (this.#waiting.size > 0 || !this.#hear(who))
            this.#waiting.add(who);
    }
    /** Gives the server more credit for a call. */
    grant({ id }, credit) {
        const call = this.#open.get(id);
        if (!call)
            return;
        call.credit += credit;
        this.post(call);
    }
    /** Ends a call from this side, and lets the server hear of it if it has the call. */
    cancel({ id }, code = "cancelled", text = "the caller cancelled") {
        const call = this.#open.get(id);
        if (!call)
            return;
        this.#fail(call, new IgorError(code, text));
        if (call.isSent)
            this.post((send) => send(encode({ streamId: id, cancel: true })));
    }
    /** Holds to what the welcome said: the server's limits, and the names that mean something else there, with why. */
    agree(limits, refused) {
        this.#maxOpen = limits.openCalls;
        this.#maxBytes = limits.messageBytes;
        this.windowItems = Math.min(windowItems, limits.credit);
        this.#refused = refused;
        // Those behind the first hello were sent before this was known, and what they answer may be of another type.
        for (const call of this.#open.values())
            this.#refuse(call);
    }
    /** The connection is gone; what was sent belongs to the session, and everything else waits for the next connection. */
    disconnect() {
        this.#send = sendNothing;
        this.#refused = new Map(); // The next server may be the right one again.
    }
    /** The server refused the socket and ran nothing that was sent on it: all of that waits again. */
    requeue() {
        this.#waiting.clear();
        for (const call of this.#open.values()) {
            call.isSent = false;
            this.#waiting.add(call);
        }
    }
    /** The session is gone: nobody knows what became of the calls that it had. Those that may run twice wait again. */
    lose(why) {
        for (const call of this.#open.values()) {
            if (!call.isSent || call.id > this.lastCall)
                continue;
            if (call.kind !== "idempotent" || call.losses >= resends)
                this.#fail(call, new IgorError("session_lost", why));
            else
                call.losses += 1;
        }
        this.requeue();
    }
    /** The client is over: ends every call for this reason, and every later one at once. */
    end(...over) {
        this.#send = sendNothing;
        this.#over = over;
        for (const call of this.#open.values())
            this.#fail(call, new IgorError(...over));
    }
    /**
     * Throws what stands against a call, and lets its signal and its deadline end it. The server has the deadline too;
     * the clock here is for when it cannot answer.
     */
    #admit(call, { signal, timeoutMs = Infinity } = {}) {
        if (this.#over)
            throw new IgorError(...this.#over);
        if (signal?.aborted)
            throw new IgorError("cancelled", "its signal was aborted");
        if (!(timeoutMs > 0))
            throw new IgorError("deadline_exceeded", `\`timeoutMs\` is ${timeoutMs}`);
        if (this.#open.size > this.#maxOpen)
            throw new IgorError("overloaded", `${this.#maxOpen} calls are open already`);
        if (!signal && timeoutMs > longestTimerMs)
            return; // As most are: nothing is made that had to be given back.
        const aborted = () => this.cancel(call, "cancelled", "its signal was aborted");
        signal?.addEventListener("abort", aborted);
        let timer;
        if (timeoutMs <= longestTimerMs) {
            call.deadlineAtMs = performance.now() + timeoutMs;
            timer = setTimeout(() => this.cancel(call, "deadline_exceeded", `no answer within ${timeoutMs} ms`), timeoutMs);
        }
        call.release = () => {
            signal?.removeEventListener("abort", aborted);
            clearTimeout(timer);
        };
    }
    /** Lets somebody speak; false if there is more, which has to wait. */
    #hear(who) {
        return typeof who === "function" ? who(this.#send) : this.#transmit(who);
    }
    /** Sends what the server has not heard of a call; false if that has to wait. */
    #transmit(call) {
        const frame = call.isSent ? encode({ streamId: call.id, credit: call.credit }) : this.#firstFrame(call);
        // What the connection cannot carry is refused before it has a number.
        if (this.#refuse(call))
            return true;
        if (isLongerThan(frame, this.#maxBytes - numbersBytes))
            return this.#fail(call, new IgorError("too_large", `the call is over the limit of ${this.#maxBytes} bytes`));
        if (!this.#send(frame))
            return false;
        call.isSent = true;
        call.credit = 0;
        return true;
    }
    /** Ends a call whose action means something else on the server; what differs, if it does. */
    #refuse(call) {
        const different = this.#refused.get(call.action);
        if (different)
            this.cancel(call, "contract_mismatch", different);
        return different;
    }
    /** The frame that makes a call; written by hand, which takes half as long as `encode`. */
    #firstFrame({ id, action, kind, data, deadlineAtMs }) {
        let text = `{"streamId":${id},"action":${JSON.stringify(action)}`;
        if (kind === "outputs")
            text += `,"credit":${this.windowItems}`;
        if (deadlineAtMs)
            text += `,"deadlineMs":${Math.max(1, Math.ceil(deadlineAtMs - performance.now()))}`;
        return withData(`${text}}`, data);
    }
    /** Ends a call with an error; true, for it has nothing more to say. */
    #fail(call, error) {
        this.#forget(call);
        const details = {
            action: call.action,
            executed: call.isSent || call.losses > 0 ? "unknown" : "no",
        };
        call.receiver.fail(Object.assign(error, details));
        return true;
    }
    #forget(call) {
        this.#open.delete(call.id);
        this.#waiting.delete(call);
        this.#openChars -= call.data?.length ?? 0;
        call.release?.();
    }
}
/**
 * Numbers, acks and the ring of one end. It outlives its sockets: after a `resume` it goes on where the other end
 * stands, under the same numbers.
 */
class SessionLink {
    /** What was sent and is not acknowledged, the oldest first. */
    #ring;
    #ringChars;
    /** The number of the oldest in the ring, or the next to be given. */
    #have;
    #received;
    /** What was received when a number was missing. */
    #gapAt;
    #untoldFrames;
    #untoldChars;
    constructor() {
        this.restart();
    }
    /** Begins again at 1 in both directions. */
    restart() {
        this.#ring = [];
        this.#have = 1;
        this.#gapAt = undefined;
        this.#ringChars = this.#received = this.#untoldFrames = this.#untoldChars = 0;
    }
    /**
     * Gives a frame the next number and keeps it; answers with what is to be written. Nothing: the ring has no place for
     * it now. An empty ring takes a frame of any length.
     */
    push(frame) {
        const { length } = this.#ring;
        const chars = this.#ringChars + frame.length;
        if (length > 0 && (length >= ringFrames || chars > ringChars))
            return undefined;
        this.#ringChars = chars;
        this.#ring.push(frame);
        const numbered = this.#numbered(frame, length);
        if (!keepsUntilAcked)
            this.acknowledge(this.#have + length);
        return numbered;
    }
    /** The other end has everything up to `n`. False: it cannot have, because that was never sent. */
    acknowledge(n) {
        const count = n + 1 - this.#have;
        if (count <= 0)
            return true; // Most frames say nothing new.
        if (count > this.#ring.length)
            return false;
        for (const frame of this.#ring.splice(0, count)) {
            this.#have += 1;
            this.#ringChars -= frame.length;
        }
        return true;
    }
    /** Judges the number of a frame, and counts it when it is the next one. Its characters are never more than its bytes. */
    receive(n, chars) {
        if (n <= this.#received)
            return dropsDuplicates ? "drop" : "deliver";
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
    tellReceived() {
        this.#untoldFrames = this.#untoldChars = 0;
        return this.#received;
    }
    /** Whether the next ack goes alone: the sender's ring is to be free again before it is full. */
    isAckDue(sender) {
        return (this.#untoldFrames >= Math.min(ackFrames, sender.ringFrames / 4) ||
            this.#untoldChars >= Math.min(ackChars, sender.ringBytes / 4));
    }
    /** Where this end stands. */
    standing() {
        return { received: this.#received, have: this.#have };
    }
    /**
     * Goes on with another end that has received everything up to `received`; answers with what is to be written again.
     * Nothing: the other end stands where it cannot be, and nothing has changed.
     */
    resume(received) {
        if (received + 1 < this.#have || !this.acknowledge(received))
            return undefined;
        return this.#ring.map((frame, index) => this.#numbered(frame, index));
    }
    #numbered(frame, index) {
        return withNumbers(frame, this.#have + index, this.tellReceived());
    }
}
/**
 * Holds at most a window of items, and gives the server credit in halves of it: single credits would cost a frame
 * each, whole windows would make the server wait.
 */
class OutputQueue {
    /** The line of the call; it is there when the first item comes. */
    line;
    #overflow;
    #items = new ItemQueue();
    /** Items that are gone from here, and for which the server has no new credit yet. */
    #taken = 0;
    #isRead = false;
    constructor(overflow) {
        this.#overflow = overflow;
    }
    /** Takes in an item. False: the server had no credit for it, and it is not kept. */
    push(item) {
        if (this.#items.length >= this.line.table.windowItems)
            return false;
        if (this.#items.push(item))
            this.#taken += 1;
        this.#flow();
        return true;
    }
    /** Ends the call, with `cancelled` unless another code is given. */
    cancel(code, text) {
        this.line.table.cancel(this.line, code, text);
    }
    /** Ends it behind the items that are here; after an error its reader throws. */
    end(error) {
        this.#items.end(error);
    }
    /** Reads it. There is one reader at a time; `left` is called when it goes before the end. */
    read(left) {
        if (this.#isRead)
            throw new IgorError("forbidden", "this call has a reader already");
        this.#isRead = true;
        let isGone = false;
        return {
            next: () => {
                if (isGone)
                    return nothingMore();
                if (this.#items.length > 0)
                    this.#taken += 1;
                const next = this.#items.next();
                this.#flow();
                return next;
            },
            return: () => {
                isGone = true;
                // The reply itself is read once; of a courtesy the next reader gets what is still here.
                if (this.#overflow === "drop_oldest")
                    this.#isRead = false;
                left();
                this.#flow();
                return nothingMore();
            },
        };
    }
    #flow() {
        const most = this.line.table.windowItems;
        const half = Math.ceil(most / 2);
        if (this.#overflow === "drop_oldest" && !this.#isRead && this.#items.length >= most) {
            this.#items.dropOldest(half);
            this.#taken += half;
        }
        if (this.#taken < half)
            return;
        this.line.table.grant(this.line, this.#taken);
        this.#taken = 0;
    }
}
// One socket from hello to close: the welcome, the order of frames, acks and beats.
/** Why a socket is closed whose server has received more than there was. */
const neverSent = "the server acknowledged too much";
/** A socket for a link, which goes on when the socket has ended. */
class ClientSocket {
    #socket;
    #codec;
    #link;
    #listener;
    /** Both are there from the welcome on. */
    #pulse;
    #limits;
    #isOver = false;
    #owesAck = false;
    #timer;
    constructor(socket, codec, hello, link, listener) {
        this.#link = link;
        this.#listener = listener;
        this.#socket = socket;
        this.#codec = codec;
        socket.binaryType = "arraybuffer";
        socket.addEventListener("open", () => {
            if (this.#isOver)
                return;
            this.write(encode({ action: helloAction, data: hello }));
            listener.greeted();
        });
        // What was given up is silent, even if it still hears something.
        socket.addEventListener("message", ({ data }) => {
            if (!fencesOldSocket || !this.#isOver)
                this.#receive(data);
        });
        socket.addEventListener("close", ({ code, reason }) => this.#end({ code, why: reason || `closed with ${code}` }));
        // A close follows every error and says no less; but in Node an error that nobody listens to ends the program.
        socket.addEventListener("error", () => { });
        this.#timer = setTimeout(() => this.close(closeHelloLate, "no welcome"), welcomeMs);
    }
    /** Writes a frame as it is; on a socket that is not open it is dropped, because its close will be told. */
    write(frame) {
        this.#pulse?.sent(performance.now());
        if (this.#socket.readyState === openState)
            this.#socket.send(frame.valueOf());
    }
    /** Tells the server what was received, in a frame of its own that may say more. */
    acknowledge(more) {
        this.write(encode({ ack: this.#link.tellReceived(), ...more }));
    }
    /** Looks whether the other side is still there, as a timer does that may have been held back. */
    wake() {
        if (this.#pulse)
            this.#beat(this.#pulse);
    }
    /** Closes the socket and tells the owner why. */
    close(code, why, refusal) {
        if (this.#isOver)
            return;
        this.#socket.close(code, why.slice(0, 40)); // A reason may be 123 bytes long.
        this.#end({ code, why, refusal });
    }
    #receive(data) {
        this.#pulse?.heard(performance.now());
        let frame;
        let welcome;
        try {
            frame = this.#codec.read(data);
            if (!this.#pulse && frame.error === undefined)
                welcome = readWelcome(frame);
        }
        catch (error) {
            return this.close(closeProtocol, textOf(error));
        }
        if (this.#pulse)
            this.#take(frame, data.length ?? data.byteLength);
        else if (welcome)
            this.#begin(welcome);
        else
            this.close(closeDone, frame.error ?? "", frame);
    }
    #begin(welcome) {
        this.#limits = welcome.limits;
        this.#pulse = new SocketPulse(Math.min(Math.max(welcome.beatMs, 1), longestTimerMs / 2), performance.now());
        this.#listener.welcomed(welcome);
        this.#beat(this.#pulse);
    }
    #take(frame, chars) {
        if (!this.#link.acknowledge(frame.ack ?? 0))
            return this.close(closeProtocol, neverSent);
        const verdict = frame.n === undefined ? "deliver" : this.#link.receive(frame.n, chars);
        if (verdict === "drop")
            return;
        if (verdict !== "deliver")
            return this.close(verdict === "gap" ? closeGap : closeProtocol, "a frame of the server is missing");
        // From here, and not from a timer: browsers hold back the timers of a page in the background.
        if (frame.beat)
            this.acknowledge();
        this.#listener.received(frame);
        if (this.#owesAck || !this.#link.isAckDue(this.#limits))
            return;
        this.#owesAck = true;
        // What came in one turn has one ack, and none where what was said meanwhile carried it.
        void Promise.resolve().then(() => {
            this.#owesAck = false;
            if (this.#link.isAckDue(this.#limits))
                this.acknowledge();
        });
    }
    /** Does what the pulse says, and looks again when it says so. */
    #beat(pulse) {
        if (this.#isOver)
            return;
        const sign = pulse.tick(performance.now());
        if (sign === "give up")
            return this.close(closeBeatsLost, "nothing heard for two beats");
        if (sign === "speak")
            this.acknowledge();
        if (sign === "ask")
            this.acknowledge({ beat: true });
        clearTimeout(this.#timer);
        this.#timer = setTimeout(() => this.#beat(pulse), Math.ceil(pulse.dueAtMs - performance.now()));
    }
    #end(end) {
        if (this.#isOver)
            return;
        this.#isOver = true;
        clearTimeout(this.#timer);
        this.#listener.ended(end);
    }
}
/** One client's way to its server, over as many sockets as it takes. */
class ClientConnection {
    /** How it is; nobody else writes it. */
    status = "connecting";
    /** That it will not come back, and the error if it is `lost`; nobody else writes it. */
    over;
    #target;
    #calls;
    #news;
    /** Takes a frame that belongs to no call. */
    #other;
    #session = new SessionKeeper();
    #link = new SessionLink();
    #end = new AbortController();
    #page = randomText(16);
    /** Whether the server can have heard nothing of this page. */
    #isFirst = true;
    /** Whether the server may have something of this session, so that something can be lost. */
    #isKept = false;
    /** What the server said last. */
    #welcome = {};
    #socket;
    /** What the latest frame acknowledged. */
    #ack;
    /** Runs while there is no socket and none is on its way. */
    #timer;
    /** Runs from the loss of a socket to the next welcome. */
    #grace;
    /** Whether the session is given up with the next failure. */
    #isOverdue = false;
    #failures = 0;
    #retryAfterMs = 0;
    #openedAtMs = Infinity;
    constructor(target, calls, news, other) {
        this.#target = target;
        this.#calls = calls;
        this.#news = news;
        this.#other = other;
        watchPage(() => this.#wake(), () => this.#reload(), this.#end.signal);
        void this.#connect();
    }
    get clientId() {
        return this.#welcome.clientId;
    }
    /** Ends it for good: no socket, no timer, no call is left. */
    close() {
        this.#stop("closed", "cancelled", "the client was closed");
    }
    async #connect() {
        clearTimeout(this.#timer);
        this.#timer = undefined;
        const { contract, name } = this.#target;
        const { session, key, attempt } = await this.#session.next();
        const { url, token } = await this.#target.address();
        if (this.over)
            return;
        const protocols = token === undefined ? [subprotocol] : [subprotocol, tokenProtocol(token)];
        const resume = this.#isFirst ? undefined : { epoch: this.#welcome.epoch, ...this.#link.standing() };
        const hello = {
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
            const socket = new ClientSocket(made, this.#target, hello, this.#link, {
                greeted: () => this.#greeted(socket),
                welcomed: (welcome) => this.#welcomed(socket, welcome, resume),
                received: (frame) => this.#received(frame),
                ended: (end) => this.#ended(end, resume),
            });
            this.#socket = socket;
        }
        catch (error) {
            // The class refused the address as such, and would again.
            this.#stop("lost", "forbidden", `no way to \`${url}\`: ${textOf(error)}`);
        }
    }
    /** The first hello of a page may be followed by its calls at once, which saves them a round trip. */
    #greeted(socket) {
        if (!awaitsWelcome || this.#isFirst)
            this.#serve(socket);
        this.#isFirst = false;
    }
    /** Lets calls be sent over this socket. */
    #serve(socket) {
        this.#isKept = true;
        this.#ack = undefined; // In another session numbers begin again.
        this.#calls.connect((frame) => {
            const numbered = this.#link.push(frame);
            if (numbered)
                socket.write(numbered);
            return numbered !== undefined;
        });
    }
    /** The server answered a hello that said where the page stands, or that of a page that stands nowhere yet. */
    #welcomed(socket, welcome, resume) {
        const { session, key, resumed, received, reason, limits, contract } = welcome;
        if (resume && !resumed)
            this.#forget(reason);
        const again = resume ? this.#link.resume(received) : [];
        if (!again)
            return socket.close(closeProtocol, neverSent);
        // In this order: the ack makes the old key invalid, so the new one must be stored by then.
        if (storesKeyFirst)
            this.#session.keep(session, key);
        socket.acknowledge();
        if (!storesKeyFirst)
            this.#session.keep(session, key);
        for (const frame of again)
            socket.write(frame);
        const different = differences(this.#target.contract, contract);
        if (different.size > 0)
            console.warn(`igor: the server is of another version: ${[...different.values()].join(", ")}`);
        this.#endGrace();
        this.#welcome = welcome;
        this.#openedAtMs = performance.now();
        this.#retryAfterMs = 0;
        this.#calls.agree(limits, different);
        this.#serve(socket);
        if (!this.over)
            this.#change("open");
    }
    #received(frame) {
        if (frame.action === goodbyeAction) {
            const { retryAfterMs, lastCall } = (frame.data ?? {});
            this.#waitFor(retryAfterMs);
            if (heedsGoodbye)
                this.#calls.lastCall = lastCall;
        }
        else if (!this.#calls.receive(frame)) {
            this.#other(frame);
        }
        // A new ack may have made a place. Else whoever waits would write his frame, which may be large, again in vain.
        if (frame.ack !== this.#ack)
            this.#calls.flush();
        this.#ack = frame.ack;
    }
    #ended({ code, why, refusal }, resume) {
        this.#socket = undefined;
        this.#calls.disconnect();
        if (performance.now() - this.#openedAtMs >= steadyMs)
            this.#failures = 0;
        this.#openedAtMs = Infinity;
        if (refusal)
            return this.#refused(refusal, why, resume);
        const after = afterClose(code);
        if (after === "renew")
            this.#renew(why);
        else if (after !== "return")
            return this.#stop("lost", after, why);
        this.#retry(why);
    }
    /** The server answered the hello with an error, and has run nothing that stood behind it. */
    #refused(refusal, why, resume) {
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
    #waitFor(retryAfterMs) {
        // By its size alone: below zero it would take away from the wait, and all clients would be back at once.
        if (typeof retryAfterMs === "number")
            this.#retryAfterMs = Math.abs(retryAfterMs);
    }
    #retry(why) {
        if (this.#isOverdue)
            this.#renew(why);
        if (this.over)
            return;
        const doublings = this.#isKept ? keptDoublings : backoffDoublings;
        this.#timer = setTimeout(() => void this.#connect(), backoffMs(this.#failures++, doublings, this.#retryAfterMs, Math.random()));
        const { graceMs: keptMs = graceMs, beatMs: silentMs = beatMs } = this.#welcome;
        const lostMs = Math.min(keptMs + 2 * silentMs, longestTimerMs);
        const lateAtMs = performance.now() + lostMs + silentMs;
        if (this.#isKept)
            this.#grace ??= setTimeout(() => this.#expire(lateAtMs), lostMs);
        this.#change(this.status === "open" ? "resuming" : this.status, why);
    }
    /** The server has had no welcome for so long that it has not kept the session. */
    #expire(lateAtMs) {
        const why = "the server was out of reach";
        // A late timer: the machine slept, and the server may have slept with it. Then one attempt is made first.
        const hasSlept = performance.now() > lateAtMs;
        this.#isOverdue = !hasSlept;
        if (this.#socket)
            this.#socket.close(closeDone, why);
        else if (!hasSlept)
            this.#renew(why);
        this.#isOverdue = hasSlept;
        if (hasSlept)
            this.#wake();
    }
    /** What woke the page may have brought its network back, or may have taken its socket. */
    #wake() {
        if (this.#timer !== undefined)
            void this.#connect();
        else
            this.#socket?.wake();
    }
    /** A page that was left and is shown again: as if it was loaded anew, because another may have had its session. */
    #reload() {
        const why = "the page was left";
        this.#socket?.close(closeDone, why);
        this.#page = randomText(16);
        this.#isFirst = true;
        this.#session.forget();
        this.#forget(why);
        this.#wake();
    }
    /** Gives the session up: the next socket has another. */
    #renew(why) {
        this.#session.renew();
        this.#forget(why);
    }
    /** The server has nothing of this page any more, or never will be asked for it. */
    #forget(why = "no reason given") {
        const hadSession = this.#welcome.epoch;
        this.#isKept = false;
        delete this.#welcome.epoch;
        this.#endGrace();
        this.#link.restart();
        this.#calls.lose(why);
        if (hadSession)
            this.#news.emit("sessionLost", why);
    }
    #endGrace() {
        clearTimeout(this.#grace);
        this.#grace = undefined;
        this.#isOverdue = false;
    }
    #stop(status, code, text) {
        if (this.status === "closed")
            return;
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
    #change(status, why) {
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
class Call extends Promise {
    #outputs = new OutputQueue("drop_oldest");
    constructor(calls, kind, action, data, options) {
        let settle;
        let reject;
        super((...settlers) => ([settle, reject] = settlers));
        const outputs = this.#outputs;
        const receiver = {
            output: (item) => void outputs.push(item),
            settle: (value) => {
                settle(value);
                outputs.end();
            },
            fail: (error) => {
                this.catch(() => { }); // Whoever awaits it still gets the error; nobody has to.
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
    result() {
        return toResult(this);
    }
    /** Ends the call: the server drops its work, and the call rejects with `cancelled`. */
    cancel() {
        this.#outputs.cancel();
    }
    /** Reads the outputs, one loop at a time; if the call fails, the loop throws what awaiting it would. */
    [Symbol.asyncIterator]() {
        return this.#outputs.read(() => { });
    }
}
// `await` takes a promise as it is if this is its constructor, and else wraps it: two promises and two turns more.
Call.prototype.constructor = Promise;
/**
 * The client of one server. It connects by itself, comes back after a loss by itself, and lives until `close()`.
 *
 * Handlers run in the order in which things arrive; one that throws disturbs no other.
 */
class Client {
    #events = new Emitter();
    #news = new Emitter();
    #connection;
    constructor(target, calls) {
        this.#connection = new ClientConnection(target, calls, this.#news, (frame) => this.#received(frame));
    }
    /** How the connection is now. */
    get status() {
        return this.#connection.status;
    }
    /** What the server calls this client; unknown before the first welcome. */
    get clientId() {
        return this.#connection.clientId;
    }
    /**
     * Calls the handler with every event of this name, until the function that it returns is called.
     *
     * ```ts
     * const off = igor.on("chat.said", ({ line }) => show(line));
     * ```
     */
    on(name, handler) {
        return this.#events.on(name, handler);
    }
    /** Waits for the next event of this name. It rejects with `cancelled` when the signal aborts or the client is closed. */
    once(name, options) {
        const events = this.events(name, options);
        const first = events.next().then(({ done, value }) => {
            void events.return();
            if (done)
                throw new IgorError("cancelled", `nobody waits for \`${String(name)}\` any more`);
            return value;
        });
        first.catch(() => { }); // Whoever awaits it still gets the error; nobody has to.
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
    events(name, { signal } = {}) {
        return new EventStream((push, end) => {
            const aborted = () => finish();
            signal?.addEventListener("abort", aborted);
            const off = this.#events.on(name, push);
            const offOver = this.#news.on("over", (error) => finish(error));
            const stop = () => {
                off();
                offOver();
                signal?.removeEventListener("abort", aborted);
            };
            const finish = (error) => {
                stop();
                end(error);
            };
            const { over } = this.#connection;
            if (over || signal?.aborted)
                finish(over?.error);
            return stop;
        });
    }
    /** Calls the handler when the status changes, and after each attempt to connect that failed, with the reason. */
    onStatus(handler) {
        return this.#news.on("status", (news) => handler(...news));
    }
    /** Calls the handler when a process of the server has ended for good; `error` is the id of its failure in the server's log. */
    onEnded(handler) {
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
    onMissed(handler) {
        return this.#news.on("missed", handler);
    }
    /**
     * Calls the handler once for each session that was lost, with why: the server has not kept it, or could not be
     * reached for longer than it keeps one. The calls that it had have failed with `session_lost`, its events are gone;
     * the client goes on with a new session.
     */
    onSessionLost(handler) {
        return this.#news.on("sessionLost", handler);
    }
    /** Closes the connection for good, and with it the session. Open calls reject with `cancelled`, loops over events end. */
    close() {
        this.#connection.close();
    }
    /** Hands on what belongs to no call. Actions of the protocol that this version does not know are ignored. */
    #received({ action, streamId, data, close, error }) {
        if (action === missedAction) {
            this.#news.emit("missed", (data ?? {}));
        }
        else if (action !== undefined) {
            if (!action.startsWith(ownPrefix))
                this.#events.emit(action, (data ?? null));
        }
        else if (streamId !== undefined) {
            if (close)
                this.#news.emit("ended", [String(streamId), error]);
        }
        else if (error !== undefined) {
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
class Stream {
    #items = new OutputQueue("wait");
    constructor(calls, action, data, options) {
        const items = this.#items;
        const receiver = {
            output: (item) => {
                if (!items.push(item))
                    items.cancel("bad_frame", "an item came without credit");
            },
            settle: () => items.end(),
            fail: (error) => items.end(error),
        };
        items.line = calls.open("outputs", receiver, action, data, options);
    }
    /** Reads the items, in one loop; leaving it early cancels the call. */
    [Symbol.asyncIterator]() {
        return this.#items.read(() => this.cancel());
    }
    /** Reads everything, and answers when the stream has ended. */
    async toArray() {
        const items = [];
        for await (const item of this)
            items.push(item);
        return items;
    }
    /**
     * Reads everything without throwing the action's own error: `{ ok: true, value: items }` or `{ ok: false, error }`,
     * the error typed as the action declares it. Whatever else goes wrong still rejects with an `IgorError`.
     */
    result() {
        return toResult(this.toArray());
    }
    /** Ends the call: the server drops its work, and whoever reads gets `cancelled`. */
    cancel() {
        this.#items.cancel();
    }
}
/** A caller whose calls are opened here. */
function callerOf(calls) {
    const verb = (kind) => (action, data, options) => new Call(calls, kind, action, data, options);
    return {
        value: verb("value"),
        idempotent: verb("idempotent"),
        outputs: verb("outputs"),
        stream: (action, data, options) => new Stream(calls, action, data, options),
    };
}
/**
 * Makes the client of a server and starts to connect. It answers at once: calls wait for the connection.
 *
 * Without a `url` a page speaks to the server that it came from, everything else to `ws://127.0.0.1:5678/`.
 */
function open(contract, actions, url, options, modules = []) {
    const isAddress = typeof url === "string" || url instanceof URL;
    // Of the two, whichever is no address; an address has none of these.
    const { token, name, WebSocket = host.WebSocket } = { ...url, ...options };
    if (!WebSocket)
        throw new IgorError("bad_data", "there is no `WebSocket` here; pass one: `connect({ WebSocket })`");
    const at = addressOf(isAddress ? url : undefined);
    const target = {
        WebSocket,
        contract,
        name,
        address: async () => ({ url: at, token: await findToken(at, token) }),
        write: encodeData,
        read: decode,
    };
    const calls = new CallTable(target);
    const caller = callerOf(calls);
    const client = new Client(target, calls);
    const core = { target, calls, caller, client };
    return Object.assign(client, actions(caller), ...modules.map((module) => module(core)));
}
/** The address of the server's socket. */
function addressOf(given) {
    const { origin = "" } = host.location ?? {};
    try {
        const url = new URL(given ?? (/^http/.test(origin) ? origin : address));
        url.protocol = url.protocol.replace("http", "ws");
        url.hash = "";
        if (/^wss?:/.test(url.href))
            return url.href;
    }
    catch {
        // What is no address at all is refused like one of another kind.
    }
    throw new IgorError("bad_data", `\`${String(given)}\` is no address of a WebSocket`);
}
export { IgorError, open };
