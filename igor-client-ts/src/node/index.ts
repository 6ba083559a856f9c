// A Rust program from Node: started, reached, and ended with this process.

export type { BackendAddress } from "./address.js";
export { Backend } from "./backend.js";
export type { BackendExit } from "./backend.js";
export { cargoRun } from "./options.js";
export type { EndOptions, Program, RestartOptions, StartOptions } from "./options.js";
export { LocalSocket } from "./socket.js";
export { startIgor } from "./start.js";
