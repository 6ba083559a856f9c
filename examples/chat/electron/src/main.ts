// The chat in a desktop window: it starts the Rust program, and shows the page that the program also has for browsers.

import { join } from "node:path";

import { BrowserWindow, app, dialog, shell } from "electron";
import { cargoRun, guardWindows, registerScheme, servePages, startIgor } from "igor-client-ts/electron";

import { contract } from "../../ui/igor-client";

/** Where the pages are, as pages know it; the program lets no other page in. */
const origin = "app://chat";

registerScheme(origin);
guardWindows({ origins: [origin], openOutside: (url) => void shell.openExternal(url) });

if (app.requestSingleInstanceLock()) void main();
else app.quit();

async function main(): Promise<void> {
  try {
    const backend = await startIgor({
      program: app.isPackaged ? packaged() : cargoRun("example-chat"),
      origins: [origin],
      contract,
      // `IGOR_TRANSPORT=pipe npm start`: the same without a port.
      transport: process.env["IGOR_TRANSPORT"] === "pipe" ? "pipe" : "port",
      onLog: (line) => console.error(line),
    });
    servePages({ origin, directory: join(app.getAppPath(), "dist", "page"), backend });
  } catch (error) {
    dialog.showErrorBox("The chat could not be started", String(error));
    return app.exit(1);
  }
  const window = show();
  app.on("second-instance", () => (window.isDestroyed() ? show() : window.focus()));
  app.on("activate", () => BrowserWindow.getAllWindows().length === 0 && show());
  app.on("window-all-closed", () => process.platform === "darwin" || app.quit());
}

/** The program beside the app; not inside its archive, from which no system can start anything. */
function packaged(): string {
  return join(process.resourcesPath, "bin", process.platform === "win32" ? "example-chat.exe" : "example-chat");
}

function show(): BrowserWindow {
  // Context isolation, the sandbox and a page without Node are what Electron does by itself; here they are said.
  const webPreferences = { contextIsolation: true, sandbox: true, nodeIntegration: false };
  const window = new BrowserWindow({ width: 1100, height: 760, minWidth: 360, minHeight: 480, webPreferences });
  void window.loadURL(`${origin}/index.html`);
  return window;
}
