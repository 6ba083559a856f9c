/** Lets the page answer what the server asks. */
function requests() {
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
            if (status === "lost" || status === "closed")
                page.stopAll();
        });
        const handlers = {
            handle: (name, handler) => page.handle(name, handler),
        };
        return handlers;
    };
}
/** What the server asks this page: who answers it, and what has no answer yet. */
class PageRequests {
    #target;
    #calls;
    #handlers = new Map();
    /** What was asked and has no answer yet; each is asked once. */
    #asked = new Map();
    #refused = new Map();
    #maxBytes = messageBytes;
    constructor(target, calls) {
        this.#target = target;
        this.#calls = calls;
    }
    handle(name, handler) {
        if (this.#handlers.has(name))
            throw new IgorError("forbidden", `\`${name}\` has a handler already`);
        this.#handlers.set(name, handler);
        return () => {
            if (this.#handlers.get(name) === handler)
                this.#handlers.delete(name);
        };
    }
    /** Takes in a frame that asks something or takes it back; false for every other one. */
    receive({ streamId, action, data, cancel }) {
        if (typeof streamId !== "number" || streamId >= 0)
            return false;
        if (cancel)
            this.#stop(streamId);
        // Of more than as many as there may be calls nobody listens to the answers.
        else if (action !== undefined && this.#asked.size < openCalls && !this.#asked.has(streamId))
            void this.#answer(streamId, action, data ?? null);
        return true;
    }
    /** Holds to what the welcome said, as the table of calls does. */
    agree({ messageBytes: maxBytes }, different) {
        this.#maxBytes = maxBytes;
        this.#refused = different;
    }
    /** Nobody waits for an answer any more. */
    stopAll() {
        for (const id of this.#asked.keys())
            this.#stop(id);
    }
    #stop(id) {
        this.#asked.get(id)?.abort();
        this.#asked.delete(id);
    }
    /** Answers one request, when there is a place for its answer. */
    async #answer(id, name, data) {
        const controller = new AbortController();
        this.#asked.set(id, controller);
        const frame = await this.#reply(name, data, controller.signal).then((written) => closed(withData(encode({ streamId: id }), written)), ({ code, message }) => {
            const error = message.slice(code.length + 2);
            return encode({ streamId: id, error, code: codes[code], close: true });
        });
        this.#calls.post((send) => {
            // Another one may have this number after the session was lost.
            if (this.#asked.get(id) !== controller)
                return true;
            const isSent = send(frame);
            if (isSent)
                this.#asked.delete(id);
            return isSent;
        });
    }
    /** The data of the answer to one request. */
    async #reply(name, data, signal) {
        const different = this.#refused.get(name);
        if (different !== undefined)
            throw new IgorError("contract_mismatch", different);
        const handler = this.#handlers.get(name);
        if (!handler)
            throw new IgorError("unknown_action", `nobody here handles \`${name}\``);
        let reply;
        try {
            reply = await handler(data, { signal });
        }
        catch (error) {
            if (!signal.aborted)
                report(error);
            throw new IgorError("internal", `it threw: ${textOf(error)}`);
        }
        const written = this.#target.write(reply, name);
        if (written && isLongerThan(written, this.#maxBytes - numbersBytes))
            throw new IgorError("too_large", `the answer is over the limit of ${this.#maxBytes} bytes`);
        return written;
    }
}
/** The same frame as the last one of its stream. */
function closed(frame) {
    const close = (text) => `${text.slice(0, -1)},"close":true}`;
    return typeof frame === "string" ? close(frame) : frame.map(close);
}
