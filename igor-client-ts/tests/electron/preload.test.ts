// The preload as it is shipped: one file, which a sandboxed frame can run.

import { createContext, runInContext } from "node:vm";
import { expect, test } from "vitest";
import { preload } from "../../scripts/preload.mjs";
import { Frame, contextBridge, ipcRenderer, load } from "./stand_in.js";

test("it is one file of CommonJS that needs a sandbox's part of Electron alone", async () => {
  const frame = new Frame("app://chat");
  load(frame);
  const asked: string[] = [];
  const require = (name: string): object => {
    asked.push(name);
    return { contextBridge, ipcRenderer };
  };
  runInContext(await preload(), createContext({ require, module: { exports: {} }, exports: {} }));
  expect(asked).toEqual(["electron"]);
  expect(Object.keys(frame.world)).toEqual(["igorWindow"]);
});
