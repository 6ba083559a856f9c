// Whether a value is what the server's schema says, and where it is not.

/** What a value has to be: the schema of the server, as short as it can be written. */
type Expectation =
  | "any"
  | "bigint"
  | "boolean"
  | "bytes"
  | "date"
  | "number"
  | "string"
  | { readonly is: string | number | boolean | null }
  /** An integer; `null` where it has no bound. */
  | { readonly whole: readonly [least: number | null, most: number | null] }
  | { readonly list: Expectation }
  | { readonly tuple: readonly Expectation[] }
  /** An object; further keys are nobody's mistake, unless `rest` says what they hold. */
  | {
      readonly fields: Readonly<Record<string, Expectation>>;
      readonly optional?: Readonly<Record<string, Expectation>>;
      readonly rest?: Expectation;
    }
  | { readonly some: readonly Expectation[] }
  | { readonly each: readonly Expectation[] }
  /** What this name stands for. */
  | { readonly type: string };

/** The expectations that have a name. */
type NamedExpectations = Readonly<Record<string, Expectation>>;

/** Where a value is not what was expected. */
interface Misfit {
  /** From the value's own top, as `rooms[2].name`; empty for the value itself. */
  readonly path: string;
  readonly expected: string;
  readonly got: string;
}

/** A misfit, and how much it says: among several things that a value could be, which was meant. */
interface Found extends Misfit {
  readonly weight: (typeof weights)[keyof typeof weights];
}

/** Another constant is the tag of another variant; a key that is missing may be one; everything else is a mistake. */
const weights = { constant: 0, missing: 1, mistake: 2 } as const;

/** The longest part of a text that is shown. */
const shownChars = 60;

/** The first place at which a value is not what is expected, if there is one. */
function misfit(value: unknown, expected: Expectation, types: NamedExpectations): Misfit | undefined {
  const found = find(value, expected, types, "");
  return found && { path: found.path.replace(/^\./, ""), expected: found.expected, got: found.got };
}

function find(value: unknown, expected: Expectation, types: NamedExpectations, path: string): Found | undefined {
  const at = (step: string, inner: unknown, of: Expectation): Found | undefined =>
    find(inner, of, types, path + step);
  const unless = (fits: boolean, weight: Found["weight"] = weights.mistake): Found | undefined =>
    fits ? undefined : { path, expected: expectationText(expected), got: valueText(value), weight };

  if (typeof expected === "string") return unless(isPlain(value, expected));
  if ("is" in expected) return unless(value === expected.is, weights.constant);
  if ("type" in expected) return at("", value, types[expected.type] ?? "any");
  if ("whole" in expected) return unless(isWhole(value, expected.whole));
  if ("each" in expected) return first(expected.each, (one) => at("", value, one));
  if ("some" in expected) {
    const found = expected.some.map((one) => at("", value, one));
    return found.includes(undefined) ? undefined : (found as Found[]).reduce(nearer, unless(false) as Found);
  }
  if ("list" in expected) {
    if (!Array.isArray(value)) return unless(false);
    return first([...value.keys()], (nth) => at(`[${nth}]`, value[nth], expected.list));
  }
  if ("tuple" in expected) {
    if (!Array.isArray(value) || value.length !== expected.tuple.length) return unless(false);
    return first([...expected.tuple.entries()], ([nth, one]) => at(`[${nth}]`, value[nth], one));
  }
  if (!isObject(value)) return unless(false);
  const { fields, optional = {}, rest } = expected;
  const known: Readonly<Record<string, Expectation>> = { ...fields, ...optional };
  const held = Object.entries(value).map(([key, inner]) => {
    const of = (Object.hasOwn(known, key) ? known[key] : rest) ?? "any";
    return { found: at(step(key), inner, of), isTag: typeof of === "object" && "is" in of };
  });
  const missing = Object.entries(fields).find(([key]) => !Object.hasOwn(value, key));
  return (
    first(held, ({ found, isTag }) => (isTag ? found : undefined)) ??
    (missing && {
      path: path + step(missing[0]),
      expected: expectationText(missing[1]),
      got: "missing",
      weight: weights.missing,
    }) ??
    first(held, ({ found }) => found)
  );
}

/** Of two misfits the one that looks further into the value, or says more. */
function nearer(one: Found, other: Found): Found {
  const further = depth(other.path) - depth(one.path) || other.weight - one.weight;
  if (further > 0) return other;
  const isSame = further === 0 && one.path === other.path && one.weight === weights.constant;
  return isSame ? { ...one, expected: `${one.expected} or ${other.expected}` } : one;
}

function first<One>(several: readonly One[], look: (one: One) => Found | undefined): Found | undefined {
  for (const one of several) {
    const found = look(one);
    if (found) return found;
  }
  return undefined;
}

function isPlain(value: unknown, kind: string): boolean {
  if (kind === "any") return value !== undefined;
  if (kind === "bytes") return value instanceof Uint8Array;
  if (kind === "date") return value instanceof Date;
  return typeof value === kind;
}

function isWhole(value: unknown, [least, most]: readonly [number | null, number | null]): boolean {
  return Number.isInteger(value) && (value as number) >= (least ?? -Infinity) && (value as number) <= (most ?? Infinity);
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  const isExact = value instanceof Uint8Array || value instanceof Date;
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isExact;
}

function step(key: string): string {
  return /^\w+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}

function depth(path: string): number {
  return path.split(/[.[]/).filter((part) => part !== "").length;
}

/** What is expected, in words. */
function expectationText(expected: Expectation): string {
  if (expected === "any") return "a value";
  if (expected === "bytes") return "a `Uint8Array`";
  if (expected === "date") return "a `Date`";
  if (typeof expected === "string") return `a ${expected}`;
  if ("is" in expected) return `\`${JSON.stringify(expected.is)}\``;
  if ("type" in expected) return `\`${expected.type}\``;
  if ("list" in expected) return "an array";
  if ("tuple" in expected) return `an array of ${expected.tuple.length}`;
  if ("some" in expected) return expected.some.map(expectationText).join(" or ") || "nothing";
  if ("each" in expected) return expected.each.map(expectationText).join(" and ");
  if ("whole" in expected) {
    const [least, most] = expected.whole;
    return `an integer${least === null ? "" : ` from ${least}`}${most === null ? "" : ` to ${most}`}`;
  }
  const keys = Object.keys(expected.fields).map((key) => `\`${key}\``);
  return keys.length > 0 ? `an object with ${keys.join(", ")}` : "an object";
}

/** What a value is, in words; of a long text its beginning. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return `an array of ${value.length}`;
  if (typeof value === "bigint") return `\`${value}n\``;
  if (value instanceof Uint8Array) return "a `Uint8Array`";
  if (value instanceof Date) return "a `Date`";
  if (typeof value === "object" && value !== null) return expectationText({ fields: value as Record<string, "any"> });
  const text = JSON.stringify(value) ?? String(value);
  return `\`${text.length > shownChars ? `${text.slice(0, shownChars)}…` : text}\``;
}

// The module for checks: it looks whether what the server says is what its schema promised, and tells where it is not.


/** What the server may say under one name. */
interface ExpectedParts {
  /** The result of an action. */
  readonly result?: Expectation;
  /** What an action sends before its result, or an item of its stream. */
  readonly output?: Expectation;
  /** An action's own error. */
  readonly error?: Expectation;
  /** What an event carries. */
  readonly event?: Expectation;
  /** What a request carries. */
  readonly request?: Expectation;
}

/** What the server may say. */
interface Expected {
  readonly types: NamedExpectations;
  /** By the names of actions, events and requests. */
  readonly names: Readonly<Record<string, ExpectedParts>>;
}

/** A value of the server's that is not what its type says. */
interface Mismatch extends Misfit {
  /** The name of the action, event or request. */
  readonly name: string;
  /** Which of its values it was. */
  readonly part: keyof ExpectedParts;
}

/** What a client has that checks what the server says. */
interface Checked {
  /**
   * Calls the handler with each value of the server's that is not what its type says, until the function that it
   * returns is called. The value goes its way all the same. While nobody listens, it is an error on the console.
   */
  onMismatch(handler: (mismatch: Mismatch) => void): () => void;
}

/** Checks what the server says against what is expected. It has to be the last module: it sees what the others see. */
function checks({ types, names }: Expected): Module {
  return ({ calls }) => {
    const news = new Emitter<{ mismatch: Mismatch }>();
    let listeners = 0;

    const look = (name: string, part: keyof ExpectedParts, value: unknown): void => {
      const expected = Object.hasOwn(names, name) ? names[name]?.[part] : undefined;
      const found = expected === undefined ? undefined : misfitOf(value, expected, types);
      if (!found) return;
      const mismatch: Mismatch = { name, part, ...found };
      if (listeners > 0) news.emit("mismatch", mismatch);
      else console.error(mismatchText(mismatch));
    };

    const open = calls.open.bind(calls);
    calls.open = (kind, receiver, action, data, options) => {
      const looking = {
        output: (item: unknown) => {
          look(action, "output", item);
          receiver.output(item);
        },
        settle: (value: unknown) => {
          look(action, "result", value);
          receiver.settle(value);
        },
        fail: (error: IgorError) => {
          if (error.code === "action_failed") look(action, "error", error.data);
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

    const checked: Checked = {
      onMismatch(handler) {
        const off = news.on("mismatch", handler);
        let isOn = true;
        listeners += 1;
        return () => {
          if (isOn) listeners -= 1;
          isOn = false;
          off();
        };
      },
    };
    return checked;
  };
}

/** A misfit of a whole value, which may be nested deeper than the stack. */
function misfitOf(value: unknown, expected: Expectation, types: NamedExpectations): Misfit | undefined {
  try {
    return misfit(value, expected, types);
  } catch {
    return { path: "", expected: "a value that can be looked through", got: "one that is nested too deep" };
  }
}

function mismatchText({ name, part, path, expected, got }: Mismatch): string {
  const where = path ? `\`${path}\`` : "it";
  return `igor: the ${part} of \`${name}\` is not of its type: ${where} is ${got}, where ${expected} is expected`;
}

export type { ExpectedParts, Expected, Mismatch, Checked };
