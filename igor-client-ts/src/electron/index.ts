// An Electron app's main process.

export type { BackendAddress } from "../node/address.js";
export type { Backend, BackendExit } from "../node/backend.js";
export { cargoRun } from "../node/options.js";
export type { EndOptions, Program, RestartOptions, StartOptions } from "../node/options.js";
export { guardWindows } from "./guard.js";
export type { GuardOptions } from "./guard.js";
export { startIgor } from "./main.js";
export type { ElectronOptions } from "./main.js";
export { contentSecurityPolicy } from "./policy.js";
export { registerScheme, servePages } from "./scheme.js";
export type { AppPages } from "./scheme.js";
