/**
 * Packs the data of a frame; nothing where it is plain JSON. Throws `unsendable` for what neither form can hold.
 *
 * What is packed is what JSON would make of the data, so `undefined` in an object is left out and in an array `null`.
 */
function packData(data) {
    const attachments = [];
    let isPlain = true;
    const mark = (sign, value) => {
        isPlain = false;
        return { [sign]: value };
    };
    const pack = (value, path) => {
        if (typeof value === "bigint")
            return mark("$big", String(value));
        if (typeof value === "number" && !isExact(value))
            throw unsendable(path, String(value));
        if (typeof value !== "object" || value === null)
            return value;
        if (value instanceof Uint8Array)
            return mark("$bin", attachments.push(value.slice()) - 1);
        if (value instanceof Date) {
            if (Number.isNaN(value.getTime()))
                throw unsendable(path, "no date");
            return mark("$date", value.toISOString());
        }
        if (Array.isArray(value))
            return value.map((item, index) => pack(item, `${path}[${index}]`));
        const { toJSON } = value;
        if (typeof toJSON === "function")
            return pack(toJSON.call(value), path);
        return Object.fromEntries(Object.entries(value).map(([key, inner]) => [
            key.startsWith("$") ? `$${key}` : key,
            pack(inner, path ? `${path}.${key}` : key),
        ]));
    };
    try {
        const text = JSON.stringify(pack(data, ""));
        return isPlain ? undefined : { text, attachments };
    }
    catch (error) {
        if (error instanceof IgorError)
            throw error;
        // A circle is deeper than the stack, and a `toJSON` may have thrown.
        throw new IgorError("unsendable", textOf(error));
    }
}
/** Puts bytes, integers and dates back into parsed JSON, in its place. Throws `bad_frame` for signs that mean nothing. */
function unpackData(packed, attachments) {
    const left = new Map(attachments.entries());
    const read = {
        $big: (value) => (/^-?\d{1,39}$/.test(String(value)) ? BigInt(String(value)) : undefined),
        $date: (value) => {
            const date = new Date(String(value));
            return Number.isNaN(date.getTime()) ? undefined : date;
        },
        $bin: (value) => {
            const bytes = left.get(value);
            left.delete(value);
            return bytes;
        },
    };
    const unpack = (value) => {
        if (typeof value !== "object" || value === null)
            return value;
        const fields = value;
        for (const key of Object.keys(fields)) {
            const inner = fields[key];
            if (!key.startsWith("$")) {
                fields[key] = unpack(inner);
            }
            else if (key.startsWith("$$")) {
                delete fields[key];
                fields[key.slice(1)] = unpack(inner);
            }
            else {
                const meant = read[key]?.(inner);
                if (meant === undefined || Object.keys(fields).length > 1)
                    throw new IgorError("bad_frame", `a binary frame of the server has a wrong \`${key}\``);
                return meant;
            }
        }
        return value;
    };
    try {
        return unpack(packed);
    }
    catch (error) {
        if (error instanceof IgorError)
            throw error;
        throw new IgorError("bad_frame", "a binary frame of the server is nested too deep"); // It was deeper than the stack.
    }
}
function unsendable(path, what) {
    return new IgorError("unsendable", `\`${path || "data"}\` is ${what}`);
}
// Binary frames: the length of the JSON, the JSON, and the bytes that it speaks of.
/** The bytes that say how long the JSON is. */
const prefixBytes = 4;
/** A frame, or at first its data, with attachments. */
class BinaryFrame {
    length;
    #json;
    #text;
    #attachments;
    constructor(text, attachments) {
        this.#text = text;
        this.#json = new TextEncoder().encode(text);
        this.#attachments = attachments;
        this.length = attachments.reduce((sum, { length }) => sum + length, prefixBytes + this.#json.length);
    }
    map(change) {
        return new BinaryFrame(change(this.#text), this.#attachments);
    }
    valueOf() {
        const message = new Uint8Array(this.length);
        new DataView(message.buffer).setUint32(0, this.#json.length, true);
        let at = prefixBytes;
        for (const part of [this.#json, ...this.#attachments]) {
            message.set(part, at);
            at += part.length;
        }
        return message;
    }
}
/** Data as it stands in a binary frame; the lengths of its attachments stand behind it. */
function binaryData({ text, attachments }) {
    const bin = attachments.map(({ length }) => length);
    return new BinaryFrame(bin.length > 0 ? `${text},"bin":[${bin.join()}]` : text, attachments);
}
/** Reads a binary frame, its JSON as `decode` reads a text frame. Throws `bad_frame` for whatever is none. */
function readBinary(message, decode) {
    const bytes = new Uint8Array(message);
    const jsonBytes = bytes.length < prefixBytes ? Infinity : new DataView(message).getUint32(0, true);
    if (prefixBytes + jsonBytes > bytes.length)
        throw wrong("is shorter than its JSON");
    let at = prefixBytes + jsonBytes;
    const frame = decode(decoded(bytes.subarray(prefixBytes, at)));
    const { bin = [] } = frame;
    if (!Array.isArray(bin))
        throw wrong("has a wrong `bin`");
    // Not copies: what a gigabyte was received for is not to take two.
    const attachments = bin.map((length) => {
        if (!Number.isInteger(length) || !(length >= 0))
            throw wrong("has a wrong `bin`");
        return bytes.subarray(at, (at += length));
    });
    if (at !== bytes.length)
        throw wrong("does not end with its attachments");
    frame.data = unpackData(frame.data, attachments);
    return frame;
}
function decoded(utf8) {
    try {
        return new TextDecoder("utf-8", { fatal: true }).decode(utf8);
    }
    catch {
        throw wrong("is not UTF-8");
    }
}
function wrong(what) {
    return new IgorError("bad_frame", `a binary frame of the server ${what}`);
}
// The module for exact values: `Uint8Array`, `bigint` and `Date`, in binary frames.
/** Lets the data of these actions hold exact values. What comes from the server is read wherever it holds some. */
function exact(actions) {
    return ({ target }) => {
        const { write, read } = target;
        target.write = (data, action) => {
            const packed = actions.includes(action) ? packData(data) : undefined;
            return packed ? binaryData(packed) : write(data, action);
        };
        target.read = (message) => (message instanceof ArrayBuffer ? readBinary(message, read) : read(message));
        return {};
    };
}
