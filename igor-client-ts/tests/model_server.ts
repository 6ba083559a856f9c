// A server that follows the protocol, in memory, over a network that loses what a test tells it to lose.

import { SessionLink } from "../src/link.js";
import type { HelloData, WelcomeData, WireFrame } from "../src/protocol.js";
import { FakeSocket, welcomeData } from "./fake_server.js";

/** What a server keeps of a client. */
interface Session {
  readonly link: SessionLink;
  newestKey: string;
  /** Good until the client has shown that it has the newest. */
  presentedKey: string | undefined;
  page: string;
  attempt: number;
  /** Whether the page was told that it cannot go on, and has not shown that it knows. */
  isRenounced: boolean;
  socket: ModelSocket | undefined;
  /** Calls whose last frame is still to be written. */
  open: Map<number, unknown>;
  /** What has no place in the ring. */
  waiting: string[];
}

/** One socket with what is on its way in both directions. */
export class ModelSocket extends FakeSocket {
  readonly toServer: string[] = [];
  readonly toClient: string[] = [];
  /** The session that it was welcome in. */
  session: Session | undefined;

  override send(message: string | Uint8Array): void {
    const text = message as string; // Nothing here speaks in binary frames.
    super.send(text);
    this.toServer.push(text);
  }

  /** Whether something can still come in: a socket that the client has closed may be heard until its close is answered. */
  get isHeard(): boolean {
    return this.readyState === 1 || this.readyState === 2;
  }
}

/** It runs every call once it has read it and remembers how often; results are written when the test says so. */
export class ModelServer {
  readonly sockets: ModelSocket[] = [];
  readonly executions = new Map<unknown, number>();
  /** What was sent to all, in its order. */
  readonly events: number[] = [];
  readonly WebSocket: typeof FakeSocket;
  #sessions = new Map<string, Session>();
  #epoch = 0;
  #keys = 0;

  constructor() {
    const { sockets } = this;
    this.WebSocket = class extends ModelSocket {
      constructor(url: string, protocols: string[]) {
        super(url, protocols);
        sockets.push(this);
      }
    };
  }

  /** Starts anew: nothing is known of anybody. */
  restart(): void {
    this.#epoch += 1;
    this.#sessions = new Map();
    for (const socket of this.sockets) this.cut(socket, 0);
  }

  /** Ends a socket. So much of what the client sent is still on its way; the rest, and what it was to get, is lost. */
  cut(socket: ModelSocket, arrive: number): void {
    socket.toServer.splice(arrive);
    socket.toClient.splice(0);
    if (socket.readyState < 2) socket.drop();
  }

  /** Lets so many frames arrive. */
  deliver(socket: ModelSocket, toServer: number, toClient: number): void {
    for (const text of socket.toServer.splice(0, toServer))
      this.#read(socket, JSON.parse(text) as WireFrame, text);
    for (const text of socket.toClient.splice(0, toClient)) if (socket.isHeard) socket.raw(text);
  }

  /** Sends an event to everybody. */
  emit(counter: number): void {
    this.events.push(counter);
    for (const session of this.#sessions.values())
      this.#push(session, { action: "counter_increment", data: { counter } });
  }

  /** Ends the oldest open calls with what they were called with. */
  finish(most: number): void {
    for (const session of this.#sessions.values())
      for (const [streamId, data] of [...session.open].slice(0, most)) {
        session.open.delete(streamId);
        this.#push(session, { streamId, data, close: true });
      }
  }

  #read(socket: ModelSocket, frame: WireFrame, text: string): void {
    if (frame.action === "igor.hello") return this.#enter(socket, frame.data as HelloData);
    const { session } = socket;
    if (!session || session.socket !== socket) return; // Fenced: a newer socket has the session.
    if (frame.ack !== undefined) {
      session.presentedKey = undefined;
      session.isRenounced = false;
      if (!session.link.acknowledge(frame.ack)) return this.#close(socket, 4400);
      this.#fill(session);
    }
    if (frame.n === undefined) return;
    const verdict = session.link.receive(frame.n, text.length);
    if (verdict === "gap") return this.#close(socket, 4440);
    if (verdict === "deliver") this.#run(session, frame);
  }

  #run(session: Session, { streamId, data, action, cancel }: WireFrame): void {
    const id = streamId as number;
    if (action !== undefined) {
      this.executions.set(data, (this.executions.get(data) ?? 0) + 1);
      session.open.set(id, data);
    } else if (cancel && session.open.delete(id)) {
      this.#push(session, { streamId: id, error: "the caller cancelled", code: 499, close: true });
    }
  }

  #enter(socket: ModelSocket, hello: HelloData): void {
    const known = this.#sessions.get(hello.session);
    if (known && known.newestKey !== hello.key && known.presentedKey !== hello.key) {
      const refusal = {
        action: "igor.welcome",
        error: "the session belongs to another key",
        code: 403,
        close: true,
      };
      socket.toClient.push(JSON.stringify(refusal));
      return;
    }
    if (known && hello.attempt <= known.attempt) return this.#close(socket, 4409);
    const session = known ?? this.#begin(hello);
    const before = session.socket;
    session.socket = socket;
    socket.session = session;
    // Who presents the older key has not read the last welcome, and does not know what it said.
    const isLost = session.isRenounced && session.newestKey !== hello.key;
    const again = known && !isLost && session.page === hello.page ? goOn(session, hello) : undefined;
    if (!again) {
      session.link.restart();
      session.open.clear();
      session.waiting.splice(0);
      session.isRenounced = hello.resume !== undefined;
    }
    const key = `key-${++this.#keys}`;
    Object.assign(session, {
      newestKey: key,
      presentedKey: hello.key,
      page: hello.page,
      attempt: hello.attempt,
    });
    const welcome: WelcomeData = {
      ...welcomeData(hello as unknown as Record<string, unknown>),
      key,
      epoch: `epoch-${this.#epoch}`,
      resumed: again !== undefined,
      received: session.link.standing().received,
      graceMs: 1_000_000,
    };
    socket.toClient.push(JSON.stringify({ action: "igor.welcome", data: welcome }), ...(again ?? []));
    this.#fill(session);
    if (before && before.readyState < 2) before.drop(4409);
  }

  #begin(hello: HelloData): Session {
    const session: Session = {
      link: new SessionLink(),
      newestKey: hello.key,
      presentedKey: undefined,
      page: hello.page,
      attempt: 0,
      isRenounced: false,
      socket: undefined,
      open: new Map(),
      waiting: [],
    };
    this.#sessions.set(hello.session, session);
    return session;
  }

  #push(session: Session, frame: WireFrame): void {
    session.waiting.push(JSON.stringify(frame));
    this.#fill(session);
  }

  /** Gives what waits a number, as far as there is a place and somebody to write it to. */
  #fill({ waiting, link, socket }: Session): void {
    while (waiting[0] !== undefined && socket) {
      const text = link.push(waiting[0]) as string | undefined;
      if (text === undefined) return;
      waiting.shift();
      socket.toClient.push(text);
    }
  }

  #close(socket: ModelSocket, code: number): void {
    socket.toServer.splice(0);
    if (socket.readyState < 2) socket.drop(code);
  }
}

/** What is written again to a page that can go on. */
function goOn({ link }: Session, { resume }: HelloData): string[] | undefined {
  if (!resume || resume.have > link.standing().received + 1) return undefined;
  return link.resume(resume.received) as string[] | undefined;
}
