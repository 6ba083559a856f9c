// The limits of an app's windows: where they may go, and what they may open.

import { app } from "electron";

/** What an app allows beside its own pages. */
export interface GuardOptions {
  /** The origins of the app's own pages. */
  origins: readonly string[];
  /** Gets the links to elsewhere that a page wants to open; by default they go nowhere. */
  openOutside?: (url: string) => void;
  /** The permissions that the pages may have, by Electron's names; none. */
  permissions?: readonly string[];
}

/**
 * Keeps every window of the app at the app's own pages: other pages are neither gone to nor opened in a window, no page
 * is embedded by a `<webview>`, and no permission is granted but those named. Call it before the first window.
 */
export function guardWindows({ origins, openOutside = () => {}, permissions = [] }: GuardOptions): void {
  app.on("web-contents-created", (_, contents) => {
    contents.on("will-navigate", (event) => {
      if (!isOwn(event.url, origins)) event.preventDefault();
    });
    contents.on("will-redirect", (event) => {
      if (!isOwn(event.url, origins)) event.preventDefault();
    });
    contents.on("will-attach-webview", (event) => event.preventDefault());
    contents.setWindowOpenHandler(({ url }) => {
      if (/^https?:/.test(url)) openOutside(url);
      return { action: "deny" };
    });
    contents.session.setPermissionRequestHandler((_contents, permission, answer) => answer(permissions.includes(permission)));
    contents.session.setPermissionCheckHandler((_contents, permission) => permissions.includes(permission));
  });
}

/** Whether a page is the app's own. A custom scheme has no origin for `URL`, so that it is compared by its parts. */
export function isOwn(url: string, origins: readonly string[]): boolean {
  try {
    const { protocol, host } = new URL(url);
    return origins.includes(`${protocol}//${host}`);
  } catch {
    return false;
  }
}
