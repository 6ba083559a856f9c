// The app's pages under a scheme of its own, in place of `file://`, where every file would be the page's neighbour.

import { readFile } from "node:fs/promises";
import { extname, join, resolve, sep } from "node:path";

import { protocol } from "electron";

import { IgorError } from "../error.js";
import type { Backend } from "../node/backend.js";
import { forward, isForwarded } from "../node/forward.js";
import { contentSecurityPolicy } from "./policy.js";

/** Where an app's pages are. */
export interface AppPages {
  /** The scheme and the host: `app://chat`. */
  origin: string;
  /** The folder of the built page. */
  directory: string;
  /** The policy of its pages, where it is not that of `contentSecurityPolicy`. */
  policy?: string;
  /** The program whose mounts are under the same origin, at `/files/…`: for `igor.files`, over a port or a pipe. */
  backend?: Backend;
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
export function servePages({ origin, directory, policy = contentSecurityPolicy, backend }: AppPages): void {
  const { scheme, host } = parts(origin);
  const root = resolve(directory);
  protocol.handle(scheme, async (request) => {
    const path = new URL(request.url);
    if (path.host !== host) return refused(404);
    if (backend && isForwarded(path.pathname)) return isOwn(request, origin) ? handOn(request, backend) : refused(403);
    const file = fileOf(root, path.pathname);
    if (request.method !== "GET" || file === undefined) return refused(404);
    try {
      const headers = {
        "content-type": types[extname(file)] ?? "application/octet-stream",
        "content-security-policy": policy,
        "x-content-type-options": "nosniff",
      };
      return new Response(new Uint8Array(await readFile(file)), { headers });
    } catch {
      return refused(404);
    }
  });
}

/** Whether a page of the app asks. Electron says who does; before it did so, a page said it of all but mere reading. */
function isOwn(request: Request & { readonly initiatorOrigin?: string }, origin: string): boolean {
  const asking = request.initiatorOrigin ?? request.headers.get("origin") ?? origin;
  return asking === origin;
}

async function handOn(request: Request, backend: Backend): Promise<Response> {
  try {
    return await forward(request, await backend.address());
  } catch {
    return refused(502);
  }
}

function refused(status: number): Response {
  return new Response(null, { status });
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
    throw new IgorError("bad_data", `\`${origin}\` is not an origin with a scheme of the app's own, as \`app://chat\` is`);
  return { scheme, host };
}
