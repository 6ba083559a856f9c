// The module for inputs: items that the caller sends while the action runs.

import { callerOf } from "../caller.js";
import type { Caller } from "../caller.js";
import type { CallOpener, CallReceiver } from "../calls.js";
import { encode, withData } from "../codec.js";
import type { Core, Module } from "../core.js";
import { messageBytes } from "../defaults.js";
import { IgorError } from "../error.js";
import { InputPump } from "./pump.js";
import type { InputSource } from "./pump.js";

/** What can be sent to an action that takes an input: anything that gives items one after another. */
export type Input<Item> = AsyncIterable<Item> | Iterable<Item> | ItemStream<Item>;

/** The part of a `ReadableStream` that is used. */
export interface ItemStream<Item> {
  getReader(): {
    read(): Promise<{ done: boolean; value?: Item | undefined }>;
    cancel(): Promise<void>;
  };
}

/** What the stubs of such actions call. */
export interface SendingCaller extends Caller {
  /** A caller for one call, which sends these items. */
  sending(items: Input<unknown>): Caller;
}

/** Lets calls have an input. */
export function inputs(): Module {
  return (core) => {
    const { calls, caller } = core;
    const pumps = new Map<number, InputPump>();
    let maxBytes: number = messageBytes;
    const sending: SendingCaller["sending"] = (items) => callerOf(sendingOpener(items, core, pumps, () => maxBytes));

    const receive = calls.receive.bind(calls);
    calls.receive = (frame) => {
      const id = frame.streamId as number;
      if (frame.credit !== undefined) pumps.get(id)?.grant(frame.credit);
      return receive(frame);
    };
    const agree = calls.agree.bind(calls);
    calls.agree = (limits, different) => {
      maxBytes = limits.messageBytes;
      agree(limits, different);
    };
    Object.assign(caller, { sending });
    return {};
  };
}

/** What opens a call that sends these items; the pump of a call that is open stands in the table. */
function sendingOpener(
  items: Input<unknown>,
  { target, calls }: Core,
  pumps: Map<number, InputPump>,
  maxBytes: () => number,
): CallOpener {
  return {
    open: (kind, receiver, action, data, options) => {
      let isOver = false;
      let id = 0;
      let cause: unknown;
      const pump = new InputPump(sourceOf(items), {
        post: (speak) => calls.post(speak),
        item: (value) => withData(encode({ streamId: id }), target.write(value, action)),
        end: (error) => encode({ streamId: id, ...(error !== undefined && { error }), close: true }),
        cancel: (code, text, why) => {
          cause = why;
          calls.cancel(line, code, text);
        },
        maxBytes,
      });
      const end = (): void => {
        isOver = true;
        pumps.delete(id);
        pump.stop();
      };
      const receiving: CallReceiver = {
        output: (item) => receiver.output(item),
        settle: (value) => {
          end();
          receiver.settle(value);
        },
        fail: (error) => {
          end();
          receiver.fail(cause === undefined ? error : Object.assign(error, { cause }));
        },
      };
      const line = calls.open(kind, receiving, action, data, options);
      id = line.id;
      if (!isOver) pumps.set(id, pump);
      return line;
    },
  };
}

/** How items are taken from anything that gives them. */
function sourceOf(input: Input<unknown>): InputSource {
  const any = input as Partial<AsyncIterable<unknown> & Iterable<unknown> & ItemStream<unknown>>;
  const items = any[Symbol.asyncIterator]?.() ?? any[Symbol.iterator]?.();
  if (items) return items as InputSource;
  const reader = any.getReader?.();
  if (!reader) throw new IgorError("bad_data", "the input cannot be read item by item");
  return { next: () => reader.read(), return: () => reader.cancel() };
}
