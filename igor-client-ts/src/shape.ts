// Whether something that came from outside has the fields that it should have.

import { IgorError } from "./error.js";

/** The kinds that fields have to have, as `typeof` calls them. */
export type FieldKinds = Readonly<Record<string, string>>;

/** Throws `bad_frame` unless the value is an object. */
export function checkObject(value: unknown, what: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new IgorError("bad_frame", `${what} is not an object`);
}

/** Throws `bad_frame` where a field is there and not of this kind. */
export function checkField(what: string, kind: string, name: string, field: unknown): void {
  if (field !== undefined && typeof field !== kind)
    throw new IgorError("bad_frame", `${what} has a wrong \`${name}\`: not a ${kind}`);
}

/** Throws `bad_frame` unless the value is an object that has these fields. Others it may have as it likes. */
export function checkFields(value: unknown, kinds: FieldKinds, what: string): void {
  checkObject(value, what);
  for (const name in kinds)
    checkField(what, kinds[name] as string, name, (value as Record<string, unknown>)[name] ?? null);
}
