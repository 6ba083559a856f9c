// The module for requests: what the server asks this page.


/** What a handler is told beside the request. */
interface RequestContext {
  /** Aborts when the server no longer waits for the answer. */
  readonly signal: AbortSignal;
}

/** What a request carries, and what it is answered with. */
interface RequestTypes {
  readonly data: unknown;
  readonly reply: unknown;
}

/** Answers a request; a promise is waited for. */
type RequestHandler<Asked extends RequestTypes> = (
  data: Asked["data"],
  context: RequestContext,
) => RequestAnswer<Asked["reply"]> | Promise<RequestAnswer<Asked["reply"]>>;

/** Where the answer is `null`, nothing may stand for it. */
type RequestAnswer<Reply> = null extends Reply ? Reply | void : Reply;

/** What a client has whose server asks its pages. */
interface RequestHandlers<Requests extends { [Name in keyof Requests]: RequestTypes }> {
  /**
   * Answers the requests of this name, until the function that it returns is called. There is one handler of a name.
   *
   * ```ts
   * igor.handle("confirm", async ({ question }, { signal }) => ask(question, signal));
   * ```
   *
   * Where it throws, or nobody handles the name, the server is told so.
   */
  handle<Name extends keyof Requests>(name: Name, handler: RequestHandler<Requests[Name]>): () => void;
}

/** Lets the page answer what the server asks. */
function requests(): Module {
  return ({ target, calls, client }) => {
    const page = new PageRequests(target, calls);
    const receive = calls.receive.bind(calls);
    calls.receive = (frame) => page.receive(frame) || receive(frame);
    const agree = calls.agree.bind(calls);
    calls.agree = (limits, different) => {
      page.agree(limits, different);
      agree(limits, different);
    };
    client.onSessionLost(() => page.stopAll());
    client.onStatus((status) => {
      if (status === "lost" || status === "closed") page.stopAll();
    });
    const handlers: RequestHandlers<Record<string, RequestTypes>> = {
      handle: (name, handler) => page.handle(name, handler),
    };
    return handlers;
  };
}

/** What the server asks this page: who answers it, and what has no answer yet. */
class PageRequests {
  readonly #target: ConnectionTarget;
  readonly #calls: CallTable;
  readonly #handlers = new Map<string, RequestHandler<RequestTypes>>();
  /** What was asked and has no answer yet; each is asked once. */
  readonly #asked = new Map<number, AbortController>();
  #refused: ReadonlyMap<string, string> = new Map();
  #maxBytes: number = messageBytes;

  constructor(target: ConnectionTarget, calls: CallTable) {
    this.#target = target;
    this.#calls = calls;
  }

  handle(name: string, handler: RequestHandler<RequestTypes>): () => void {
    if (this.#handlers.has(name)) throw new IgorError("forbidden", `\`${name}\` has a handler already`);
    this.#handlers.set(name, handler);
    return () => {
      if (this.#handlers.get(name) === handler) this.#handlers.delete(name);
    };
  }

  /** Takes in a frame that asks something or takes it back; false for every other one. */
  receive({ streamId, action, data, cancel }: WireFrame): boolean {
    if (typeof streamId !== "number" || streamId >= 0) return false;
    if (cancel) this.#stop(streamId);
    // Of more than as many as there may be calls nobody listens to the answers.
    else if (action !== undefined && this.#asked.size < openCalls && !this.#asked.has(streamId))
      void this.#answer(streamId, action, data ?? null);
    return true;
  }

  /** Holds to what the welcome said, as the table of calls does. */
  agree({ messageBytes: maxBytes }: ServerLimits, different: ReadonlyMap<string, string>): void {
    this.#maxBytes = maxBytes;
    this.#refused = different;
  }

  /** Nobody waits for an answer any more. */
  stopAll(): void {
    for (const id of this.#asked.keys()) this.#stop(id);
  }

  #stop(id: number): void {
    this.#asked.get(id)?.abort();
    this.#asked.delete(id);
  }

  /** Answers one request, when there is a place for its answer. */
  async #answer(id: number, name: string, data: unknown): Promise<void> {
    const controller = new AbortController();
    this.#asked.set(id, controller);
    const frame = await this.#reply(name, data, controller.signal).then(
      (written) => closed(withData(encode({ streamId: id }), written)),
      ({ code, message }: IgorError) => {
        const error = message.slice(code.length + 2);
        return encode({ streamId: id, error, code: codes[code as keyof typeof codes], close: true });
      },
    );
    this.#calls.post((send) => {
      // Another one may have this number after the session was lost.
      if (this.#asked.get(id) !== controller) return true;
      const isSent = send(frame);
      if (isSent) this.#asked.delete(id);
      return isSent;
    });
  }

  /** The data of the answer to one request. */
  async #reply(name: string, data: unknown, signal: AbortSignal): Promise<Written | undefined> {
    const different = this.#refused.get(name);
    if (different !== undefined) throw new IgorError("contract_mismatch", different);
    const handler = this.#handlers.get(name);
    if (!handler) throw new IgorError("unknown_action", `nobody here handles \`${name}\``);
    let reply: unknown;
    try {
      reply = await handler(data, { signal });
    } catch (error) {
      if (!signal.aborted) report(error);
      throw new IgorError("internal", `it threw: ${textOf(error)}`);
    }
    const written = this.#target.write(reply, name);
    if (written && isLongerThan(written, this.#maxBytes - numbersBytes))
      throw new IgorError("too_large", `the answer is over the limit of ${this.#maxBytes} bytes`);
    return written;
  }
}

/** The same frame as the last one of its stream. */
function closed(frame: Written): Written {
  const close = (text: string): string => `${text.slice(0, -1)},"close":true}`;
  return typeof frame === "string" ? close(frame) : frame.map(close);
}

export type { RequestContext, RequestTypes, RequestHandler, RequestHandlers };
