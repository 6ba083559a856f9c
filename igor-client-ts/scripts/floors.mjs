// The source files from the ground up. A file imports only from floors below its own; the bundle stands in this order.

/** @type {readonly (readonly string[])[]} */
export const floors = [
  ["defaults", "host", "protocol"],
  ["backoff", "contract", "emitter", "error", "sequence", "session", "token", "transport"],
  ["codec", "queue", "result", "welcome"],
  ["calls", "events", "link", "outputs"],
  ["call", "connection", "stream"],
  ["caller", "client"],
  ["open"],
  ["index"],
];
