// What every socket here has in common: its states, and who listens to it.
/** The ready states of a `WebSocket` that matter. */
const readyStates = { connecting: 0, open: 1, closed: 3 };
/** The close code of a socket that was lost without a word. */
const closeLost = 1006;
/** The listeners of a socket. */
class SocketEvents {
    #listeners = [];
    add(type, listener) {
        this.#listeners.push([type, listener]);
    }
    tell(type, event) {
        for (const [of, listener] of this.#listeners)
            if (of === type)
                listener(event);
    }
}
// A socket that finds out where to go before it goes there.
/**
 * Asks where the server is, opens the socket that it is told of, and is that socket from then on. Each is asked for
 * anew, so that a server that was started again, elsewhere and with another token, is found.
 */
class FoundSocket {
    #binaryType = "blob";
    #found;
    #isOver = false;
    #events = new SocketEvents();
    constructor(find) {
        find().then((found) => this.#adopt(found), (error) => this.#end(closeLost, textOf(error)));
    }
    get readyState() {
        if (this.#isOver)
            return readyStates.closed;
        return this.#found?.readyState ?? readyStates.connecting;
    }
    get binaryType() {
        return this.#binaryType;
    }
    set binaryType(type) {
        this.#binaryType = type;
        if (this.#found)
            this.#found.binaryType = type;
    }
    send(data) {
        this.#found?.send(data);
    }
    close(code, reason) {
        if (this.#found)
            this.#found.close(code, reason);
        else
            this.#end(code ?? closeLost, reason ?? "");
    }
    addEventListener(type, listener) {
        this.#events.add(type, listener);
    }
    #adopt(found) {
        this.#found = found;
        found.binaryType = this.#binaryType;
        found.addEventListener("open", () => this.#events.tell("open", {}));
        found.addEventListener("message", (event) => this.#events.tell("message", event));
        found.addEventListener("error", () => this.#events.tell("error", {}));
        found.addEventListener("close", ({ code, reason }) => this.#end(code, reason));
        if (this.#isOver)
            found.close();
    }
    #end(code, reason) {
        if (this.#isOver)
            return;
        this.#isOver = true;
        // The token was that of an earlier start of the server; the next one is asked for.
        this.#events.tell("close", { code: code === closeUnauthorized ? closeLost : code, reason });
    }
}
/** A socket over a port. */
class PortSocket {
    readyState = readyStates.connecting;
    /** Binary messages come as `ArrayBuffer`s, whatever is asked for. */
    binaryType = "arraybuffer";
    #port;
    #events = new SocketEvents();
    constructor(port) {
        this.#port = port;
        port.addEventListener("message", ({ data }) => this.#receive(data));
        port.start();
    }
    send(data) {
        if (this.readyState === readyStates.open)
            this.#port.postMessage(typeof data === "string" ? data : exactBuffer(data));
    }
    close(code = 1000, reason = "") {
        if (this.readyState === readyStates.closed)
            return;
        this.#port.postMessage({ close: [code, reason] });
        this.#end(code, reason);
    }
    addEventListener(type, listener) {
        this.#events.add(type, listener);
    }
    #receive(data) {
        if (this.readyState === readyStates.closed)
            return;
        if (typeof data === "string" || data instanceof ArrayBuffer)
            return this.#events.tell("message", { data });
        const { open, close } = (data ?? {});
        if (close)
            return this.#end(...close);
        if (!open)
            return this.#end(closeLost, "the main process said something that is not understood");
        this.readyState = readyStates.open;
        this.#events.tell("open", {});
    }
    #end(code, reason) {
        this.readyState = readyStates.closed;
        this.#port.close();
        this.#events.tell("close", { code, reason });
    }
}
/** The bytes alone: a view's buffer may hold more than the view shows. */
function exactBuffer({ buffer, byteOffset, byteLength }) {
    return byteLength === buffer.byteLength ? buffer : buffer.slice(byteOffset, byteOffset + byteLength);
}
/**
 * Finds the server by the window that the page is in, before each socket; in a browser it does nothing. What else the
 * server has, as files, is under the page's own origin there, and the token stays in the main process.
 */
function desktop() {
    return ({ target }) => {
        const globals = globalThis;
        const ask = globals.igorWindow;
        if (!ask)
            return {};
        const found = () => reach(globals, ask);
        target.WebSocket = class extends FoundSocket {
            constructor() {
                super(found);
            }
        };
        const { protocol, host: here } = host.location ?? {};
        if (here)
            target.address = async () => ({ url: `${protocol}//${here}/`, token: undefined });
        return {};
    };
}
/** The time from the question to the answer and its port; less than a socket's own, so that it is told what is missing. */
const reachMs = 8_000;
/** Asks, and opens what the answer tells. */
async function reach(globals, ask) {
    let missing = "the window's main process did not say where the program is";
    let timer;
    const late = new Promise((_, reject) => (timer = setTimeout(() => reject(new Error(missing)), reachMs)));
    // Before the question: the port may be there before the answer is.
    const ports = new Map();
    let came = () => { };
    const listen = ({ data, source, ports: [port] }) => {
        const { igorPort } = (data ?? {});
        if (source !== globals || typeof igorPort !== "string" || !port)
            return;
        ports.set(igorPort, port);
        came();
    };
    globals.addEventListener("message", listen);
    try {
        const { url = "", token = "", port } = await Promise.race([ask(), late]);
        if (port === undefined) {
            const { WebSocket } = host;
            if (!WebSocket)
                throw new Error("this window has no `WebSocket`");
            return new WebSocket(url, [subprotocol, tokenProtocol(token)]);
        }
        missing = "the port that the window's main process told of did not come";
        while (!ports.has(port))
            await Promise.race([new Promise((resolve) => (came = resolve)), late]);
        return new PortSocket(ports.get(port));
    }
    finally {
        clearTimeout(timer);
        globals.removeEventListener("message", listen);
    }
}
