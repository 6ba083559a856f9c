// The module for checks: it looks whether what the server says is what its schema promised, and tells where it is not.

import type { Module } from "../core.js";
import { Emitter } from "../emitter.js";
import type { IgorError } from "../error.js";
import { ownPrefix } from "../protocol.js";
import { misfit } from "./misfit.js";
import type { Expectation, Misfit, NamedExpectations } from "./misfit.js";

/** What the server may say under one name. */
export interface ExpectedParts {
  /** The result of an action. */
  readonly result?: Expectation;
  /** What an action sends before its result, or an item of its stream. */
  readonly output?: Expectation;
  /** An action's own error. */
  readonly error?: Expectation;
  /** What an event carries. */
  readonly event?: Expectation;
  /** What a request carries. */
  readonly request?: Expectation;
}

/** What the server may say. */
export interface Expected {
  readonly types: NamedExpectations;
  /** By the names of actions, events and requests. */
  readonly names: Readonly<Record<string, ExpectedParts>>;
}

/** A value of the server's that is not what its type says. */
export interface Mismatch extends Misfit {
  /** The name of the action, event or request. */
  readonly name: string;
  /** Which of its values it was. */
  readonly part: keyof ExpectedParts;
}

/** What a client has that checks what the server says. */
export interface Checked {
  /**
   * Calls the handler with each value of the server's that is not what its type says, until the function that it
   * returns is called. The value goes its way all the same. While nobody listens, it is an error on the console.
   */
  onMismatch(handler: (mismatch: Mismatch) => void): () => void;
}

/** Checks what the server says against what is expected. It has to be the last module: it sees what the others see. */
export function checks({ types, names }: Expected): Module {
  return ({ calls }) => {
    const news = new Emitter<{ mismatch: Mismatch }>();
    let listeners = 0;

    const look = (name: string, part: keyof ExpectedParts, value: unknown): void => {
      const expected = Object.hasOwn(names, name) ? names[name]?.[part] : undefined;
      const found = expected === undefined ? undefined : misfitOf(value, expected, types);
      if (!found) return;
      const mismatch: Mismatch = { name, part, ...found };
      if (listeners > 0) news.emit("mismatch", mismatch);
      else console.error(mismatchText(mismatch));
    };

    const open = calls.open.bind(calls);
    calls.open = (kind, receiver, action, data, options) => {
      const looking = {
        output: (item: unknown) => {
          look(action, "output", item);
          receiver.output(item);
        },
        settle: (value: unknown) => {
          look(action, "result", value);
          receiver.settle(value);
        },
        fail: (error: IgorError) => {
          if (error.code === "action_failed") look(action, "error", error.data);
          receiver.fail(error);
        },
      };
      return open(kind, looking, action, data, options);
    };
    const receive = calls.receive.bind(calls);
    calls.receive = (frame) => {
      const { action, streamId, data = null } = frame;
      if (action !== undefined && !action.startsWith(ownPrefix))
        look(action, typeof streamId === "number" ? "request" : "event", data);
      return receive(frame);
    };

    const checked: Checked = {
      onMismatch(handler) {
        const off = news.on("mismatch", handler);
        let isOn = true;
        listeners += 1;
        return () => {
          if (isOn) listeners -= 1;
          isOn = false;
          off();
        };
      },
    };
    return checked;
  };
}

/** A misfit of a whole value, which may be nested deeper than the stack. */
function misfitOf(value: unknown, expected: Expectation, types: NamedExpectations): Misfit | undefined {
  try {
    return misfit(value, expected, types);
  } catch {
    return { path: "", expected: "a value that can be looked through", got: "one that is nested too deep" };
  }
}

function mismatchText({ name, part, path, expected, got }: Mismatch): string {
  const where = path ? `\`${path}\`` : "it";
  return `igor: the ${part} of \`${name}\` is not of its type: ${where} is ${got}, where ${expected} is expected`;
}
