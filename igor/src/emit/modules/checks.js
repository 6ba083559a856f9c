/** Another constant is the tag of another variant; a key that is missing may be one; everything else is a mistake. */
const weights = { constant: 0, missing: 1, mistake: 2 };
/** The longest part of a text that is shown. */
const shownChars = 60;
/** The first place at which a value is not what is expected, if there is one. */
function misfit(value, expected, types) {
    const found = find(value, expected, types, "");
    return found && { path: found.path.replace(/^\./, ""), expected: found.expected, got: found.got };
}
function find(value, expected, types, path) {
    const at = (step, inner, of) => find(inner, of, types, path + step);
    const unless = (fits, weight = weights.mistake) => fits ? undefined : { path, expected: expectationText(expected), got: valueText(value), weight };
    if (typeof expected === "string")
        return unless(isPlain(value, expected));
    if ("is" in expected)
        return unless(value === expected.is, weights.constant);
    if ("type" in expected)
        return at("", value, types[expected.type] ?? "any");
    if ("whole" in expected)
        return unless(isWhole(value, expected.whole));
    if ("each" in expected)
        return first(expected.each, (one) => at("", value, one));
    if ("some" in expected) {
        const found = expected.some.map((one) => at("", value, one));
        return found.includes(undefined) ? undefined : found.reduce(nearer, unless(false));
    }
    if ("list" in expected) {
        if (!Array.isArray(value))
            return unless(false);
        return first([...value.keys()], (nth) => at(`[${nth}]`, value[nth], expected.list));
    }
    if ("tuple" in expected) {
        if (!Array.isArray(value) || value.length !== expected.tuple.length)
            return unless(false);
        return first([...expected.tuple.entries()], ([nth, one]) => at(`[${nth}]`, value[nth], one));
    }
    if (!isObject(value))
        return unless(false);
    const { fields, optional = {}, rest } = expected;
    const known = { ...fields, ...optional };
    const held = Object.entries(value).map(([key, inner]) => {
        const of = (Object.hasOwn(known, key) ? known[key] : rest) ?? "any";
        return { found: at(step(key), inner, of), isTag: typeof of === "object" && "is" in of };
    });
    const missing = Object.entries(fields).find(([key]) => !Object.hasOwn(value, key));
    return (first(held, ({ found, isTag }) => (isTag ? found : undefined)) ??
        (missing && {
            path: path + step(missing[0]),
            expected: expectationText(missing[1]),
            got: "missing",
            weight: weights.missing,
        }) ??
        first(held, ({ found }) => found));
}
/** Of two misfits the one that looks further into the value, or says more. */
function nearer(one, other) {
    const further = depth(other.path) - depth(one.path) || other.weight - one.weight;
    if (further > 0)
        return other;
    const isSame = further === 0 && one.path === other.path && one.weight === weights.constant;
    return isSame ? { ...one, expected: `${one.expected} or ${other.expected}` } : one;
}
function first(several, look) {
    for (const one of several) {
        const found = look(one);
        if (found)
            return found;
    }
    return undefined;
}
function isPlain(value, kind) {
    if (kind === "any")
        return value !== undefined;
    if (kind === "bytes")
        return value instanceof Uint8Array;
    if (kind === "date")
        return value instanceof Date;
    return typeof value === kind;
}
function isWhole(value, [least, most]) {
    return Number.isInteger(value) && value >= (least ?? -Infinity) && value <= (most ?? Infinity);
}
function isObject(value) {
    const isExact = value instanceof Uint8Array || value instanceof Date;
    return typeof value === "object" && value !== null && !Array.isArray(value) && !isExact;
}
function step(key) {
    return /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
function depth(path) {
    return path.split(/[.[]/).filter((part) => part !== "").length;
}
/** What is expected, in words. */
function expectationText(expected) {
    if (expected === "any")
        return "a value";
    if (expected === "bytes")
        return "a `Uint8Array`";
    if (expected === "date")
        return "a `Date`";
    if (typeof expected === "string")
        return `a ${expected}`;
    if ("is" in expected)
        return `\`${JSON.stringify(expected.is)}\``;
    if ("type" in expected)
        return `\`${expected.type}\``;
    if ("list" in expected)
        return "an array";
    if ("tuple" in expected)
        return `an array of ${expected.tuple.length}`;
    if ("some" in expected)
        return expected.some.map(expectationText).join(" or ") || "nothing";
    if ("each" in expected)
        return expected.each.map(expectationText).join(" and ");
    if ("whole" in expected) {
        const [least, most] = expected.whole;
        return `an integer${least === null ? "" : ` from ${least}`}${most === null ? "" : ` to ${most}`}`;
    }
    const keys = Object.keys(expected.fields).map((key) => `\`${key}\``);
    return keys.length > 0 ? `an object with ${keys.join(", ")}` : "an object";
}
/** What a value is, in words; of a long text its beginning. */
function valueText(value) {
    if (Array.isArray(value))
        return `an array of ${value.length}`;
    if (typeof value === "bigint")
        return `\`${value}n\``;
    if (value instanceof Uint8Array)
        return "a `Uint8Array`";
    if (value instanceof Date)
        return "a `Date`";
    if (typeof value === "object" && value !== null)
        return expectationText({ fields: value });
    const text = JSON.stringify(value) ?? String(value);
    return `\`${text.length > shownChars ? `${text.slice(0, shownChars)}…` : text}\``;
}
/** Checks what the server says against what is expected. It has to be the last module: it sees what the others see. */
function checks({ types, names }) {
    return ({ calls }) => {
        const news = new Emitter();
        let listeners = 0;
        const look = (name, part, value) => {
            const expected = Object.hasOwn(names, name) ? names[name]?.[part] : undefined;
            const found = expected === undefined ? undefined : misfitOf(value, expected, types);
            if (!found)
                return;
            const mismatch = { name, part, ...found };
            if (listeners > 0)
                news.emit("mismatch", mismatch);
            else
                console.error(mismatchText(mismatch));
        };
        const open = calls.open.bind(calls);
        calls.open = (kind, receiver, action, data, options) => {
            const looking = {
                output: (item) => {
                    look(action, "output", item);
                    receiver.output(item);
                },
                settle: (value) => {
                    look(action, "result", value);
                    receiver.settle(value);
                },
                fail: (error) => {
                    if (error.code === "action_failed")
                        look(action, "error", error.data);
                    receiver.fail(error);
                },
            };
            return open(kind, looking, action, data, options);
        };
        const receive = calls.receive.bind(calls);
        calls.receive = (frame) => {
            const { action, streamId, data = null } = frame;
            if (action !== undefined && !action.startsWith(ownPrefix))
                look(action, typeof streamId === "number" ? "request" : "event", data);
            return receive(frame);
        };
        const checked = {
            onMismatch(handler) {
                const off = news.on("mismatch", handler);
                let isOn = true;
                listeners += 1;
                return () => {
                    if (isOn)
                        listeners -= 1;
                    isOn = false;
                    off();
                };
            },
        };
        return checked;
    };
}
/** A misfit of a whole value, which may be nested deeper than the stack. */
function misfitOf(value, expected, types) {
    try {
        return misfit(value, expected, types);
    }
    catch {
        return { path: "", expected: "a value that can be looked through", got: "one that is nested too deep" };
    }
}
function mismatchText({ name, part, path, expected, got }) {
    const where = path ? `\`${path}\`` : "it";
    return `igor: the ${part} of \`${name}\` is not of its type: ${where} is ${got}, where ${expected} is expected`;
}
