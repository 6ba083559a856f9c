// The main process of an Electron app: it starts the Rust program, and lets the app's own pages reach it.

import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { MessageChannelMain, app, ipcMain, session } from "electron";
import type { IpcMainInvokeEvent, MessagePortMain, Session, WebFrameMain } from "electron";

import { randomText } from "../host.js";
import type { WindowAnswer } from "../desktop/window.js";
import { IgorError } from "../error.js";
import { Backend } from "../node/backend.js";
import { bridge } from "../node/bridge.js";
import type { BridgedPort } from "../node/bridge.js";
import type { StartOptions } from "../node/options.js";
import { askChannel, portChannel } from "./channels.js";

/** How an Electron app starts its program. */
export interface ElectronOptions extends StartOptions {
  /** The origins of the app's own pages: `app://chat`. Only their frames are told where the program is. */
  origins: readonly string[];
  /** The absolute path of the preload file, where the app does not use the package's own. */
  preload?: string;
  /** The session whose windows show the app; the default one. */
  session?: Session;
}

/**
 * Starts the app's Rust program, once the app is ready, and lets the pages of its origins reach it. The program ends
 * before the app does.
 *
 * ```ts
 * import { cargoRun, startIgor } from "igor-client-ts/electron";
 * import { contract } from "./igor-client";
 *
 * const backend = await startIgor({ program: cargoRun("my-program"), origins: ["app://my-app"], contract });
 * ```
 *
 * An app has one; it rejects as the `startIgor` of `igor-client-ts/node` does.
 */
export async function startIgor({ preload, session: of, ...options }: ElectronOptions): Promise<Backend> {
  if (options.origins.length === 0)
    throw new IgorError("bad_data", "`origins` is empty, so that no page of the app could reach the program");
  const filePath = preload ?? fileURLToPath(new URL("preload.cjs", import.meta.url));
  if (!existsSync(filePath))
    throw new IgorError("internal", `there is no preload at \`${filePath}\`: a bundle needs \`igor-client-ts/electron/preload\` beside it, or its path as \`preload\``);
  await app.whenReady();
  const backend = await Backend.start(options);
  endWithApp(backend);
  ipcMain.handle(askChannel, (event) => answer(event, backend, options.origins));
  (of ?? session.defaultSession).registerPreloadScript({ type: "frame", filePath, id: "igor" });
  return backend;
}

/** Tells a frame of the app where the program is, or sends it a port of its own; tells nobody else anything. */
async function answer(event: IpcMainInvokeEvent, backend: Backend, origins: readonly string[]): Promise<WindowAnswer> {
  ownFrame(event, origins);
  const { url, token, pipe } = await backend.address();
  // Looked at again: while the program was starting, the frame may have gone elsewhere.
  const frame = ownFrame(event, origins);
  if (pipe === undefined) return { url, token };
  const { port1, port2 } = new MessageChannelMain();
  const port = randomText(16);
  bridge(adapted(port1), new backend.WebSocket(url, []));
  frame.postMessage(portChannel, port, [port2]);
  return { port };
}

/** The frame that asks. Throws `forbidden` for one that is gone and for one of another origin. */
function ownFrame({ senderFrame }: IpcMainInvokeEvent, origins: readonly string[]): WebFrameMain {
  if (senderFrame && !senderFrame.isDestroyed() && origins.includes(senderFrame.origin)) return senderFrame;
  throw new IgorError("forbidden", `\`${senderFrame?.origin ?? "a frame that is gone"}\` is not a page of this app`);
}

/** A port of the main process, as the bridge uses it. */
function adapted(port: MessagePortMain): BridgedPort {
  return {
    postMessage: (message) => port.postMessage(message),
    close: () => port.close(),
    listen: (received, closed) => {
      port.on("message", ({ data }) => received(data));
      port.on("close", closed);
      port.start();
    },
  };
}

/** Holds the end of the app until the program has ended, which takes a bounded time. */
function endWithApp(backend: Backend): void {
  let isEnded = false;
  app.on("will-quit", (event) => {
    if (isEnded) return;
    event.preventDefault();
    void backend.stop().finally(() => {
      isEnded = true;
      app.quit();
    });
  });
}
