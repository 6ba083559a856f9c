// Typed listeners: who is told what, in the order in which they came.

import { report } from "./host.js";

/** Calls the handlers of a name with what is emitted under it. `Payloads` says what belongs to each name. */
export class Emitter<Payloads> {
  readonly #handlers = new Map<keyof Payloads, Set<(payload: unknown) => void>>();

  /** Listens until the function that it returns is called. The same handler may be added twice. */
  on<Name extends keyof Payloads>(name: Name, handler: (payload: Payloads[Name]) => void): () => void {
    const own = (payload: unknown): void => handler(payload as Payloads[Name]);
    const handlers = this.#handlers.get(name) ?? new Set();
    this.#handlers.set(name, handlers.add(own));
    return () => {
      handlers.delete(own);
    };
  }

  /**
   * Calls every handler of the name, at once and in order. One that throws is reported and the others are called
   * all the same. Who is added meanwhile hears the next one; who is removed meanwhile hears nothing more.
   */
  emit<Name extends keyof Payloads>(name: Name, payload: Payloads[Name]): void {
    const handlers = this.#handlers.get(name);
    for (const handler of [...(handlers ?? [])]) {
      try {
        if (handlers?.has(handler)) handler(payload);
      } catch (error) {
        report(error);
      }
    }
  }
}
