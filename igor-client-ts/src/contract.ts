// How the contract of this client differs from the server's, in words.

import type { Contract } from "./protocol.js";

/** Each name that is not the same on both sides, with what is different about it; a mere hash is that of the same. */
export function differences(ours: Contract, theirs: Contract | string): Map<string, string> {
  const found = new Map<string, string>();
  if (typeof theirs === "string") return found;
  for (const name of Object.keys({ ...ours.names, ...theirs.names })) {
    const client = ours.names[name];
    const server = theirs.names[name];
    const what = !server ? "is missing on the server" : !client ? "is missing in this client" : "differs";
    if (client !== server) found.set(name, `\`${name}\` ${what}`);
  }
  return found;
}
