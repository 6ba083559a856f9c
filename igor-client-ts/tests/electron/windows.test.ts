import { EventEmitter } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { guardWindows, isOwn } from "../../src/electron/guard.js";
import { contentSecurityPolicy } from "../../src/electron/policy.js";
import { fileOf, registerScheme, servePages } from "../../src/electron/scheme.js";
import { Session, app, makeReady, relaunch, schemes } from "./stand_in.js";

const origin = "app://chat";
let directory = "";

beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "igor-pages-"));
  writeFileSync(join(directory, "index.html"), "<p>page</p>");
  writeFileSync(join(directory, "a b.js"), "script");
});

afterAll(() => rmSync(directory, { recursive: true }));

beforeEach(relaunch);

/** The contents of a window that was just made. */
class Contents extends EventEmitter {
  readonly session = new Session();
  open: ((details: { url: string }) => { action: string }) | undefined;

  setWindowOpenHandler(open: (details: { url: string }) => { action: string }): void {
    this.open = open;
  }

  /** Whether it may do this. */
  may(what: string, url: string): boolean {
    let may = true;
    this.emit(what, { url, preventDefault: () => (may = false) });
    return may;
  }
}

test("a window stays at the app's own pages", () => {
  const outside: string[] = [];
  guardWindows({ origins: [origin], openOutside: (url) => outside.push(url) });
  const contents = new Contents();
  app.emit("web-contents-created", {}, contents);
  expect(contents.may("will-navigate", "app://chat/other.html")).toBe(true);
  for (const url of ["https://evil.example/", "app://chat.evil/", "file:///etc/passwd", "data:text/html,x", "about:blank", ""]) {
    expect(contents.may("will-navigate", url), url).toBe(false);
    expect(contents.may("will-redirect", url), url).toBe(false);
    expect(contents.open?.({ url }), url).toEqual({ action: "deny" });
  }
  expect(contents.may("will-attach-webview", "app://chat/")).toBe(false);
  expect(outside).toEqual(["https://evil.example/"]);
});

test("no permission is granted but those named", () => {
  guardWindows({ origins: [origin], permissions: ["notifications"] });
  const contents = new Contents();
  app.emit("web-contents-created", {}, contents);
  expect(["notifications", "media", "geolocation"].map((name) => contents.session.permits?.(name))).toEqual([true, false, false]);
});

test("a port and a name in front do not make a page the app's own", () => {
  expect(isOwn("app://chat/x?y#z", [origin])).toBe(true);
  for (const url of ["app://chat:1/", "app://me@evil/", "app:chat", "app:///chat", "apps://chat/", "http://chat/"])
    expect(isOwn(url, [origin]), url).toBe(false);
});

test("pages come from their folder and from nowhere else, with a policy", async () => {
  registerScheme(origin);
  expect(schemes["app"]?.privileges).toMatchObject({ standard: true, secure: true });
  makeReady();
  servePages({ origin, directory });
  const get = async (url: string, method = "GET") => {
    const response = await schemes["app"]?.serve?.({ url, method } as Request);
    return [response?.status, await response?.text(), response?.headers] as const;
  };
  const [status, text, headers] = await get("app://chat/");
  expect([status, text]).toEqual([200, "<p>page</p>"]);
  expect(headers?.get("content-security-policy")).toBe(contentSecurityPolicy);
  expect(headers?.get("content-type")).toBe("text/html; charset=utf-8");
  expect((await get("app://chat/a%20b.js"))[1]).toBe("script");
  for (const url of ["app://other/", "app://chat/none", "app://chat/%2e%2e/%2e%2e/etc/passwd", "app://chat/..%2f..%2fetc%2fpasswd", "app://chat/%00", "app://chat/%ff"])
    expect((await get(url))[0], url).toBe(404);
  expect((await get("app://chat/", "POST"))[0]).toBe(404);
});

test("a path never leaves its folder", () => {
  expect(fileOf("/pages", "/a/../b.js")).toBe("/pages/b.js");
  for (const path of ["/../x", "/..%2fx", "/a/../../x", "/%2e%2e/x", "/%zz"]) expect(fileOf("/pages", path), path).toBeUndefined();
});

test("an origin needs a scheme of its own", () => {
  for (const wrong of ["http://localhost", "file://x", "app", "app://", "App://x", "app://x/"])
    expect(() => registerScheme(wrong), wrong).toThrow("not an origin with a scheme of the app's own");
});
