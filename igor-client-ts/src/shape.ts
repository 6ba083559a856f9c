// Whether something that came from outside has the fields that it should have.

import { IgorError } from "./error.js";

/** The kinds that a field may have, as `typeof` calls them; with a `?` it may be missing. */
export type FieldKinds = Readonly<Record<string, string>>;

/** Throws `bad_frame` unless the value is an object whose fields have these kinds. Others it may have as it likes. */
export function checkFields(value: unknown, kinds: FieldKinds, what: string): void {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new IgorError("bad_frame", `${what} is not an object`);
  // Read for each frame: `for … in` needs no list of the names, and `typeof` is asked only where there is something.
  for (const name in kinds) {
    const field = (value as Record<string, unknown>)[name];
    const kind = kinds[name] as string;
    if (field === undefined ? kind.endsWith("?") : kind.includes(typeof field)) continue;
    throw new IgorError("bad_frame", `${what} has a wrong \`${name}\`: not a ${kind.replace("?", "")}`);
  }
}
