// What every socket here has in common: its states, and who listens to it.

/** The ready states of a `WebSocket` that matter. */
export const readyStates = { connecting: 0, open: 1, closed: 3 };

/** The close code of a socket that was lost without a word. */
export const closeLost = 1006;

/** Listens to one kind of event. */
export type SocketListener = (event: never) => void;

/** The listeners of a socket. */
export class SocketEvents {
  readonly #listeners: [type: string, listener: SocketListener][] = [];

  add(type: string, listener: SocketListener): void {
    this.#listeners.push([type, listener]);
  }

  tell(type: string, event: object): void {
    for (const [of, listener] of this.#listeners) if (of === type) listener(event as never);
  }
}
