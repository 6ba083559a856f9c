// The source files from the ground up. A file imports only from floors below its own; the bundle stands in this order.

/** @type {readonly (readonly string[])[]} */
export const floors = [
  ["defaults", "host", "protocol"],
  ["backoff", "contract", "emitter", "error", "sequence", "session", "token", "transport"],
  ["queue", "result", "shape"],
  ["codec", "events", "welcome"],
  ["calls", "link"],
  ["connection", "outputs"],
  ["call", "client", "stream"],
  ["caller"],
  ["open"],
  ["index"],
];
