// How the contract of this client differs from the server's, in words.

import type { Contract } from "./protocol.js";

/** Each name that is not the same on both sides, with what is different about it; a mere hash is that of the same. */
export function differences(ours: Contract, theirs: Contract | string): Map<string, string> {
  const found = new Map<string, string>();
  if (typeof theirs === "string") return found;
  const server = new Map(Object.entries(theirs.names));
  for (const [name, hash] of Object.entries(ours.names)) {
    const other = server.get(name);
    if (other === undefined) found.set(name, `\`${name}\` is missing on the server`);
    else if (other !== hash) found.set(name, `\`${name}\` differs`);
    server.delete(name);
  }
  for (const name of server.keys()) found.set(name, `\`${name}\` is missing in this client`);
  return found;
}
