// The app's pages under a scheme of its own, in place of `file://`, where every file would be the page's neighbour.

import { readFile } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";

import { protocol } from "electron";

import { IgorError } from "../error.js";
import { contentSecurityPolicy } from "./policy.js";

/** Where an app's pages are. */
export interface AppPages {
  /** The scheme and the host: `app://chat`. */
  origin: string;
  /** The folder of the built page. */
  directory: string;
  /** The policy of its pages, where it is not that of `contentSecurityPolicy`. */
  policy?: string;
}

const types: Readonly<Record<string, string>> = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".ico": "image/x-icon",
  ".jpg": "image/jpeg",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json",
  ".map": "application/json",
  ".mjs": "text/javascript; charset=utf-8",
  ".png": "image/png",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".webp": "image/webp",
  ".woff2": "font/woff2",
};

/** Makes the scheme one whose pages have an origin. Call it before the app is ready, once. */
export function registerScheme(origin: string): void {
  const { scheme } = parts(origin);
  const privileges = { standard: true, secure: true, supportFetchAPI: true, stream: true };
  protocol.registerSchemesAsPrivileged([{ scheme, privileges }]);
}

/** Serves the pages. Call it once the app is ready. */
export function servePages({ origin, directory, policy = contentSecurityPolicy }: AppPages): void {
  const { scheme, host } = parts(origin);
  const root = resolve(directory);
  protocol.handle(scheme, async ({ url, method }) => {
    const path = new URL(url);
    const file = fileOf(root, path.pathname);
    if (path.host !== host || method !== "GET" || file === undefined) return new Response(null, { status: 404 });
    try {
      const headers = {
        "content-type": types[extname(file)] ?? "application/octet-stream",
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
      };
      return new Response(new Uint8Array(await readFile(file)), { headers });
    } catch {
      return new Response(null, { status: 404 });
    }
  });
}

/** The file of a path, if it is one below the root. */
export function fileOf(root: string, pathname: string): string | undefined {
  try {
    const path = decodeURIComponent(pathname);
    const file = join(root, path.endsWith("/") ? `${path}index.html` : path);
    return file.startsWith(root + sep) && !file.includes("\0") ? file : undefined;
  } catch {
    return undefined; // What cannot be decoded is no path.
  }
}

function parts(origin: string): { scheme: string; host: string } {
  const [, scheme, host] = /^([a-z][a-z0-9+.-]*):\/\/([a-z0-9.-]+)$/.exec(origin) ?? [];
  if (scheme === undefined || host === undefined || /^(https?|file)$/.test(scheme))
    throw new IgorError("bad_data", `\`${origin}\` is no origin with a scheme of the app's own, as \`app://chat\` is`);
  return { scheme, host };
}
