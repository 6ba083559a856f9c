// Whether a value is what the server's schema says, and where it is not.

/** What a value has to be: the schema of the server, as short as it can be written. */
export type Expectation =
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
export type NamedExpectations = Readonly<Record<string, Expectation>>;

/** Where a value is not what was expected. */
export interface Misfit {
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
export function misfit(value: unknown, expected: Expectation, types: NamedExpectations): Misfit | undefined {
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
