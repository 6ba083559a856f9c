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
  ["core"],
  ["open"],
  ["index"],
];

/**
 * The modules behind the core, each with its files from the ground up, in a folder of its name; the last one has its
 * name too. They import from the core and from their own files, never from one another.
 *
 * @type {Readonly<Record<string, readonly string[]>>}
 */
export const modules = {
  desktop: ["socket_events", "found_socket", "port_socket", "window", "desktop"],
  exact: ["values", "binary", "exact"],
  inputs: ["pump", "inputs"],
  requests: ["requests"],
  files: ["transfer", "files"],
  traces: ["traces"],
  checks: ["misfit", "checks"],
};
