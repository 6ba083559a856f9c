// What every socket here has in common: its states, and who listens to it.

/** The ready states of a `WebSocket` that matter. */
const readyStates = { connecting: 0, open: 1, closed: 3 };

/** The close code of a socket that was lost without a word. */
const closeLost = 1006;

/** Listens to one kind of event. */
type SocketListener = (event: never) => void;

/** The listeners of a socket. */
class SocketEvents {
  readonly #listeners: [type: string, listener: SocketListener][] = [];

  add(type: string, listener: SocketListener): void {
    this.#listeners.push([type, listener]);
  }

  tell(type: string, event: object): void {
    for (const [of, listener] of this.#listeners) if (of === type) listener(event as never);
  }
}

// A socket that finds out where to go before it goes there.


/**
 * Asks where the server is, opens the socket that it is told of, and is that socket from then on. Each is asked for
 * anew, so that a server that was started again, elsewhere and with another token, is found.
 */
class FoundSocket implements WebSocketLike {
  #binaryType = "blob";
  #found: WebSocketLike | undefined;
  #isOver = false;
  readonly #events = new SocketEvents();

  constructor(find: () => Promise<WebSocketLike>) {
    find().then(
      (found) => this.#adopt(found),
      (error: unknown) => this.#end(closeLost, textOf(error)),
    );
  }

  get readyState(): number {
    if (this.#isOver) return readyStates.closed;
    return this.#found?.readyState ?? readyStates.connecting;
  }

  get binaryType(): string {
    return this.#binaryType;
  }

  set binaryType(type: string) {
    this.#binaryType = type;
    if (this.#found) this.#found.binaryType = type;
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    this.#found?.send(data);
  }

  close(code?: number, reason?: string): void {
    if (this.#found) this.#found.close(code, reason);
    else this.#end(code ?? closeLost, reason ?? "");
  }

  addEventListener(type: string, listener: SocketListener): void {
    this.#events.add(type, listener);
  }

  #adopt(found: WebSocketLike): void {
    this.#found = found;
    found.binaryType = this.#binaryType;
    found.addEventListener("open", () => this.#events.tell("open", {}));
    found.addEventListener("message", (event) => this.#events.tell("message", event));
    found.addEventListener("error", () => this.#events.tell("error", {}));
    found.addEventListener("close", ({ code, reason }) => this.#end(code, reason));
    if (this.#isOver) found.close();
  }

  #end(code: number, reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    // The token was that of an earlier start of the server; the next one is asked for.
    this.#events.tell("close", { code: code === closeUnauthorized ? closeLost : code, reason });
  }
}

// A socket over a `MessagePort`: the other end of it is a socket of the window's main process.


/** What goes over the port beside the messages themselves, which are strings and `ArrayBuffer`s. */
interface PortWord {
  /** The main process has its socket. */
  readonly open?: boolean;
  /** Either side is done, with why. */
  readonly close?: readonly [code: number, reason: string];
}

/** The part of a port that is used. */
interface PortLike {
  postMessage(message: unknown): void;
  close(): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  start(): void;
}

/** A socket over a port. */
class PortSocket implements WebSocketLike {
  readyState = readyStates.connecting;
  /** Binary messages come as `ArrayBuffer`s, whatever is asked for. */
  binaryType = "arraybuffer";
  readonly #port: PortLike;
  readonly #events = new SocketEvents();

  constructor(port: PortLike) {
    this.#port = port;
    port.addEventListener("message", ({ data }) => this.#receive(data));
    port.start();
  }

  send(data: string | Uint8Array<ArrayBuffer>): void {
    if (this.readyState === readyStates.open) this.#port.postMessage(typeof data === "string" ? data : exactBuffer(data));
  }

  close(code = 1000, reason = ""): void {
    if (this.readyState === readyStates.closed) return;
    this.#port.postMessage({ close: [code, reason] } satisfies PortWord);
    this.#end(code, reason);
  }

  addEventListener(type: string, listener: SocketListener): void {
    this.#events.add(type, listener);
  }

  #receive(data: unknown): void {
    if (this.readyState === readyStates.closed) return;
    if (typeof data === "string" || data instanceof ArrayBuffer) return this.#events.tell("message", { data });
    const { open, close } = (data ?? {}) as PortWord;
    if (close) return this.#end(...close);
    if (!open) return this.#end(closeLost, "the main process said something that is not understood");
    this.readyState = readyStates.open;
    this.#events.tell("open", {});
  }

  #end(code: number, reason: string): void {
    this.readyState = readyStates.closed;
    this.#port.close();
    this.#events.tell("close", { code, reason });
  }
}

/** The bytes alone: a view's buffer may hold more than the view shows. */
function exactBuffer({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): ArrayBuffer {
  return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}

// What a page and its window agree on.

/** What the main process answers: where the server is, or that a port of the window's own comes by a message. */
interface WindowAnswer {
  readonly url?: string;
  readonly token?: string;
  /** Stands in the message that brings the port. */
  readonly port?: string;
}

/** What `exposeIgor()` puts into the page. */
type AskWindow = () => Promise<WindowAnswer>;

// The module for a page in a desktop window: it asks the window's main process where the server is.


interface WindowGlobals {
  readonly igorWindow?: AskWindow;
  addEventListener(type: "message", listener: (event: WindowMessage) => void): void;
  removeEventListener(type: "message", listener: (event: WindowMessage) => void): void;
}

interface WindowMessage {
  readonly data: unknown;
  readonly source: unknown;
  readonly ports: readonly PortLike[];
}

/**
 * Finds the server by the window that the page is in, before each socket; in a browser it does nothing. What else the
 * server has, as files, is under the page's own origin there, and the token stays in the main process.
 */
function desktop(): Module {
  return ({ target }) => {
    const globals = globalThis as unknown as WindowGlobals;
    const ask: AskWindow | undefined = globals.igorWindow;
    if (!ask) return {};
    const found = (): Promise<WebSocketLike> => reach(globals, ask);
    target.WebSocket = class extends FoundSocket {
      constructor() {
        super(found);
      }
    };
    const { protocol, host: here } = host.location ?? {};
    if (here) target.address = async () => ({ url: `${protocol}//${here}/`, token: undefined });
    return {};
  };
}

/** The time from the question to the answer and its port; less than a socket's own, so that it is told what is missing. */
const reachMs = 8_000;

/** Asks, and opens what the answer tells. */
async function reach(globals: WindowGlobals, ask: AskWindow): Promise<WebSocketLike> {
  let missing = "the window's main process did not say where the program is";
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => (timer = setTimeout(() => reject(new Error(missing)), reachMs)));
  // Before the question: the port may be there before the answer is.
  const ports = new Map<string, PortLike>();
  let came = (): void => {};
  const listen = ({ data, source, ports: [port] }: WindowMessage): void => {
    const { igorPort } = (data ?? {}) as { igorPort?: unknown };
    if (source !== globals || typeof igorPort !== "string" || !port) return;
    ports.set(igorPort, port);
    came();
  };
  globals.addEventListener("message", listen);
  try {
    const { url = "", token = "", port } = await Promise.race([ask(), late]);
    if (port === undefined) {
      const { WebSocket } = host;
      if (!WebSocket) throw new Error("this window has no `WebSocket`");
      return new WebSocket(url, [subprotocol, tokenProtocol(token)]);
    }
    missing = "the port that the window's main process told of did not come";
    while (!ports.has(port)) await Promise.race([new Promise<void>((resolve) => (came = resolve)), late]);
    return new PortSocket(ports.get(port) as PortLike);
  } finally {
    clearTimeout(timer);
    globals.removeEventListener("message", listen);
  }
}
