// Where a program that was started is reached.

/** Where a program is now, and what opens its gate. Both change when it is started again. */
export interface BackendAddress {
  /** The address for a `WebSocket`; that of a pipe is a mere name. */
  readonly url: string;
  /** What the program's gate asks for. */
  readonly token: string;
  /** The pipe in place of a port. */
  readonly pipe?: string;
}
