// The source files from the ground up. A file imports only from floors below its own; the bundle stands in this order.

/** @type {readonly (readonly string[])[]} */
export const floors = [
  ["defaults", "host", "protocol", "rules"],
  ["backoff", "close", "contract", "emitter", "error", "pulse", "token"],
  ["queue", "result", "shape"],
  ["codec", "events", "session", "welcome"],
  ["calls", "link"],
  ["outputs", "socket"],
  ["connection"],
  ["call", "client", "stream"],
  ["caller"],
  ["open"],
  ["index"],
];
