// One input on its way: as fast as its action takes the items, and no faster.
/** Characters of items after which a sender waits for new credit, however many items it may still send. */
const aheadChars = 262_144;
/** Takes items from a source and sends them, while there is credit. It holds one item at most. */
class InputPump {
    #call;
    #source;
    #credit = 0;
    /** The lengths of the items that were sent and for which no new credit has come, the oldest first. */
    #ahead = [];
    #aheadChars = 0;
    #isRunning = false;
    /** Whether nobody wants more of the source, or it has no more. */
    #isOver = false;
    constructor(source, call) {
        this.#source = source;
        this.#call = call;
    }
    /** The action takes so many more items. */
    grant(credit) {
        this.#credit += credit;
        for (const length of this.#ahead.splice(0, credit))
            this.#aheadChars -= length;
        if (!this.#isRunning)
            void this.#run();
    }
    /** The call has ended: nobody wants more of the source. */
    stop() {
        if (this.#isOver)
            return;
        this.#isOver = true;
        // When the source has ended concerns nobody; what it throws then is its owner's.
        Promise.resolve()
            .then(() => this.#source.return?.())
            .catch(report);
    }
    async #run() {
        this.#isRunning = true;
        while (!this.#isOver && this.#credit > 0 && this.#aheadChars < aheadChars)
            await this.#step();
        this.#isRunning = false;
    }
    async #step() {
        let step;
        try {
            step = await this.#source.next();
        }
        catch (cause) {
            if (this.#isOver)
                return;
            this.#isOver = true; // A source that throws has ended.
            return this.#fail("bad_data", `the input failed: ${textOf(cause)}`, cause);
        }
        if (this.#isOver)
            return;
        if (step.done) {
            this.#isOver = true;
            return this.#say(this.#call.end());
        }
        try {
            const frame = this.#call.item(step.value);
            this.#check(frame);
            this.#credit -= 1;
            this.#ahead.push(frame.length);
            this.#aheadChars += frame.length;
            await this.#say(frame);
        }
        catch (error) {
            const { code, message } = error; // Nothing else is thrown here.
            this.stop();
            this.#fail(code, message.slice(code.length + 2), error);
        }
    }
    #check(frame) {
        const maxBytes = this.#call.maxBytes();
        if (isLongerThan(frame, maxBytes - numbersBytes))
            throw new IgorError("too_large", `an item is over the limit of ${maxBytes} bytes`);
    }
    /** Sends a frame as soon as there is a place for it. For one that is not said any more nobody waits. */
    #say(frame) {
        return new Promise((said) => this.#call.post((send) => {
            const isSaid = send(frame);
            if (isSaid)
                said();
            return isSaid;
        }));
    }
    /** Ends the call; the action hears why before it is dropped. */
    #fail(code, text, cause) {
        void this.#say(this.#call.end(text));
        this.#call.cancel(code, text, cause);
    }
}
/** Lets calls have an input. */
function inputs() {
    return (core) => {
        const { calls, caller } = core;
        const pumps = new Map();
        let maxBytes = messageBytes;
        const sending = (items) => callerOf(sendingOpener(items, core, pumps, () => maxBytes));
        const receive = calls.receive.bind(calls);
        calls.receive = (frame) => {
            const id = frame.streamId;
            if (frame.credit !== undefined)
                pumps.get(id)?.grant(frame.credit);
            return receive(frame);
        };
        const agree = calls.agree.bind(calls);
        calls.agree = (limits, different) => {
            maxBytes = limits.messageBytes;
            agree(limits, different);
        };
        Object.assign(caller, { sending });
        return {};
    };
}
/** What opens a call that sends these items; the pump of a call that is open stands in the table. */
function sendingOpener(items, { target, calls }, pumps, maxBytes) {
    return {
        open: (kind, receiver, action, data, options) => {
            let isOver = false;
            let id = 0;
            let cause;
            const pump = new InputPump(sourceOf(items), {
                post: (speak) => calls.post(speak),
                item: (value) => withData(encode({ streamId: id }), target.write(value, action)),
                end: (error) => encode({ streamId: id, ...(error !== undefined && { error }), close: true }),
                cancel: (code, text, why) => {
                    cause = why;
                    calls.cancel(line, code, text);
                },
                maxBytes,
            });
            const end = () => {
                isOver = true;
                pumps.delete(id);
                pump.stop();
            };
            const receiving = {
                output: (item) => receiver.output(item),
                settle: (value) => {
                    end();
                    receiver.settle(value);
                },
                fail: (error) => {
                    end();
                    receiver.fail(cause === undefined ? error : Object.assign(error, { cause }));
                },
            };
            const line = calls.open(kind, receiving, action, data, options);
            id = line.id;
            if (!isOver)
                pumps.set(id, pump);
            return line;
        },
    };
}
/** How items are taken from anything that gives them. */
function sourceOf(input) {
    const any = input;
    const items = any[Symbol.asyncIterator]?.() ?? any[Symbol.iterator]?.();
    if (items)
        return items;
    const reader = any.getReader?.();
    if (!reader)
        throw new IgorError("bad_data", "the input cannot be read item by item");
    return { next: () => reader.read(), return: () => reader.cancel() };
}
