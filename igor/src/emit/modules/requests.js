/** Lets the page answer what the server asks. */
function requests() {
    return ({ target, calls, client }) => {
        const handlers = new Map();
        /** What was asked and has no answer yet; each is asked once. */
        const asked = new Map();
        let refused = new Map();
        let maxBytes = messageBytes;
        const stop = (id) => {
            asked.get(id)?.abort();
            asked.delete(id);
        };
        const stopAll = () => {
            for (const id of asked.keys())
                stop(id);
        };
        /** The answer to one request. */
        const replied = async (name, data, signal) => {
            const different = refused.get(name);
            if (different !== undefined)
                throw new IgorError("contract_mismatch", different);
            const handler = handlers.get(name);
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
            const written = target.write(reply, name);
            if (written && isLongerThan(written, maxBytes - numbersBytes))
                throw new IgorError("too_large", `the answer is over the limit of ${maxBytes} bytes`);
            return written;
        };
        const answer = async (id, name, data) => {
            const controller = new AbortController();
            asked.set(id, controller);
            const frame = await replied(name, data, controller.signal).then((written) => closed(withData(encode({ streamId: id }), written)), ({ code, message }) => {
                const error = message.slice(code.length + 2);
                return encode({ streamId: id, error, code: codes[code], close: true });
            });
            calls.post((send) => {
                // Another one may have this number after the session was lost.
                if (asked.get(id) !== controller)
                    return true;
                const isSent = send(frame);
                if (isSent)
                    asked.delete(id);
                return isSent;
            });
        };
        const receive = calls.receive.bind(calls);
        calls.receive = (frame) => {
            const { streamId, action, data, cancel } = frame;
            if (typeof streamId !== "number" || streamId >= 0)
                return receive(frame);
            if (cancel)
                stop(streamId);
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
            if (status === "lost" || status === "closed")
                stopAll();
        });
        const handlersOf = {
            handle(name, handler) {
                if (handlers.has(name))
                    throw new IgorError("forbidden", `\`${name}\` has a handler already`);
                handlers.set(name, handler);
                return () => {
                    if (handlers.get(name) === handler)
                        handlers.delete(name);
                };
            },
        };
        return handlersOf;
    };
}
/** The same frame as the last one of its stream. */
function closed(frame) {
    const close = (text) => `${text.slice(0, -1)},"close":true}`;
    return typeof frame === "string" ? close(frame) : frame.map(close);
}
