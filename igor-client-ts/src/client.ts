// The client as its user sees it, but for the actions: events, status and end.

import type { CallTable } from "./calls.js";
import { ClientConnection } from "./connection.js";
import type { ConnectionNews, ConnectionTarget, Status } from "./connection.js";
import { Emitter } from "./emitter.js";
import { IgorError } from "./error.js";
import { EventStream } from "./events.js";
import { missedAction, ownPrefix } from "./protocol.js";
import type { WireFrame } from "./protocol.js";

/** How events are listened to. */
export interface ListenOptions {
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
export class Client<Events> {
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
