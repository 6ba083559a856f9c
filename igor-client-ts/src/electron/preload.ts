// What runs in each frame before its page: the page gets one function, and nothing of Electron or Node.

import { contextBridge, ipcRenderer } from "electron";

import type { AskWindow } from "../desktop/window.js";
import { askChannel, portChannel } from "./channels.js";

const page = globalThis as unknown as { postMessage(message: unknown, to: string, ports: unknown): void };

/**
 * Gives the page a function that asks the main process where the program is: a function and no value, because both
 * address and token change when the program is started again. Which frames are answered is decided by the main
 * process. An app with a preload of its own calls this there; it has to be bundled, as a sandboxed preload is.
 */
export function exposeIgor(): void {
  const ask: AskWindow = () => ipcRenderer.invoke(askChannel) as ReturnType<AskWindow>;
  contextBridge.exposeInMainWorld("igorWindow", ask);
  // A port cannot pass the bridge between the two worlds, but a message of the window to itself can carry it.
  ipcRenderer.on(portChannel, ({ ports }, igorPort: unknown) => page.postMessage({ igorPort }, "*", ports));
}
