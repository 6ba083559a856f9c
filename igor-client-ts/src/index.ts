// The names that a user of this package sees.

export type { Call } from "./call.js";
export type { Caller } from "./caller.js";
export type { CallOptions } from "./calls.js";
export type { Client, ListenOptions } from "./client.js";
export type { Status } from "./connection.js";
export { IgorError } from "./error.js";
export type { EventStream } from "./events.js";
export { open } from "./open.js";
export type { ConnectOptions } from "./open.js";
export type { Code, Contract } from "./protocol.js";
export type { Result } from "./result.js";
export type { Stream } from "./stream.js";
