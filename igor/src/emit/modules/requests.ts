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
    const handlers = new Map<string, RequestHandler<RequestTypes>>();
    /** What was asked and has no answer yet; each is asked once. */
    const asked = new Map<number, AbortController>();
    let refused: ReadonlyMap<string, string> = new Map();
    let maxBytes: number = messageBytes;

    const stop = (id: number): void => {
      asked.get(id)?.abort();
      asked.delete(id);
    };
    const stopAll = (): void => {
      for (const id of asked.keys()) stop(id);
    };

    /** The answer to one request. */
    const replied = async (name: string, data: unknown, signal: AbortSignal): Promise<Written | undefined> => {
      const different = refused.get(name);
      if (different !== undefined) throw new IgorError("contract_mismatch", different);
      const handler = handlers.get(name);
      if (!handler) throw new IgorError("unknown_action", `nobody here handles \`${name}\``);
      let reply: unknown;
      try {
        reply = await handler(data, { signal });
      } catch (error) {
        if (!signal.aborted) report(error);
        throw new IgorError("internal", `it threw: ${textOf(error)}`);
      }
      const written = target.write(reply, name);
      if (written && isLongerThan(written, maxBytes - numbersBytes))
        throw new IgorError("too_large", `the answer is over the limit of ${maxBytes} bytes`);
      return written;
    };

    const answer = async (id: number, name: string, data: unknown): Promise<void> => {
      const controller = new AbortController();
      asked.set(id, controller);
      const frame = await replied(name, data, controller.signal).then(
        (written) => closed(withData(encode({ streamId: id }), written)),
        ({ code, message }: IgorError) => {
          const error = message.slice(code.length + 2);
          return encode({ streamId: id, error, code: codes[code as keyof typeof codes], close: true });
        },
      );
      calls.post((send) => {
        // Another one may have this number after the session was lost.
        if (asked.get(id) !== controller) return true;
        const isSent = send(frame);
        if (isSent) asked.delete(id);
        return isSent;
      });
    };

    const receive = calls.receive.bind(calls);
    calls.receive = (frame) => {
      const { streamId, action, data, cancel } = frame;
      if (typeof streamId !== "number" || streamId >= 0) return receive(frame);
      if (cancel) stop(streamId);
      // Of more than as many as there may be calls nobody listens to the answers.
      else if (action !== undefined && asked.size < openCalls && !asked.has(streamId))
        void answer(streamId, action, data ?? null);
      return true;
    };
    const agree = calls.agree.bind(calls);
    calls.agree = (limits, different) => {
      maxBytes = limits.messageBytes;
      refused = different;
      agree(limits, different);
    };
    client.onSessionLost(stopAll);
    client.onStatus((status) => {
      if (status === "lost" || status === "closed") stopAll();
    });

    const handlersOf: RequestHandlers<Record<string, RequestTypes>> = {
      handle(name, handler) {
        if (handlers.has(name)) throw new IgorError("forbidden", `\`${name}\` has a handler already`);
        handlers.set(name, handler);
        return () => {
          if (handlers.get(name) === handler) handlers.delete(name);
        };
      },
    };
    return handlersOf;
  };
}

/** The same frame as the last one of its stream. */
function closed(frame: Written): Written {
  const close = (text: string): string => `${text.slice(0, -1)},"close":true}`;
  return typeof frame === "string" ? close(frame) : frame.map(close);
}

export type { RequestContext, RequestTypes, RequestHandler, RequestHandlers };
