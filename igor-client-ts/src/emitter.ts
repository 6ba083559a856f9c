// Typed listeners: who is told what, in the order in which they came.

import { report } from "./host.js";

interface Listener {
  /** Nobody, once it does not listen any more. */
  handler: ((payload: unknown) => void) | undefined;
}

/** Calls the handlers of a name with what is emitted under it. `Payloads` says what belongs to each name. */
export class Emitter<Payloads> {
  /** Each list is replaced when it changes: whoever is told of something is told of it by the list of then. */
  readonly #listeners = new Map<keyof Payloads, readonly Listener[]>();

  /** Listens until the function that it returns is called. The same handler may be added twice. */
  on<Name extends keyof Payloads>(name: Name, handler: (payload: Payloads[Name]) => void): () => void {
    const own: Listener = { handler: handler as (payload: unknown) => void };
    this.#listeners.set(name, [...this.#of(name), own]);
    return () => {
      own.handler = undefined;
      this.#listeners.set(name, this.#of(name).filter((listener) => listener !== own));
    };
  }

  /**
   * Calls every handler of the name, at once and in order. One that throws is reported and the others are called
   * all the same. Who is added meanwhile hears the next one; who is removed meanwhile hears nothing more.
   */
  emit<Name extends keyof Payloads>(name: Name, payload: Payloads[Name]): void {
    for (const { handler } of this.#of(name)) {
      try {
        handler?.(payload);
      } catch (error) {
        report(error);
      }
    }
  }

  #of(name: keyof Payloads): readonly Listener[] {
    return this.#listeners.get(name) ?? [];
  }
}
