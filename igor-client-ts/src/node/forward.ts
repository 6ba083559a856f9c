// A page's request for a file of the program's, handed on to it: over its port or pipe, and with the token, which the
// page has not.

import { request } from "node:http";
import type { IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { ReadableStream } from "node:stream/web";

import type { BackendAddress } from "./address.js";

/** What the program is told of the page's request: what the bytes are, and on which conditions. */
const asked = ["content-type", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since", "if-range", "range"];

/** What the page is not told of the answer: what counts for this connection alone, and for pages of other origins. */
const untold = /^(connection|keep-alive|transfer-encoding|vary|access-control-.*)$/;

/** How long the program may be silent. */
const patienceMs = 30_000;

/** Whether a path is the program's, and not a page of the app. */
export function isForwarded(pathname: string): boolean {
  return pathname.startsWith("/files/") || pathname === "/igor/link";
}

/** Hands a request on, and answers as the program does; with 502 where it does not. */
export async function forward(page: Request, { url, token, pipe }: BackendAddress): Promise<Response> {
  const { hostname, port, host } = new URL(url);
  const { pathname, search } = new URL(page.url);
  const told = asked.flatMap((name) => {
    const value = page.headers.get(name);
    return value === null ? [] : [[name, value] as const];
  });
  const handed = request({
    ...(pipe === undefined ? { host: hostname, port } : { socketPath: pipe }),
    // A connection each: one that is kept may be gone when it is used again, and a body cannot be sent twice.
    agent: false,
    setHost: false,
    method: page.method,
    path: pathname + search,
    headers: { ...Object.fromEntries(told), host, authorization: `Bearer ${token}` },
    signal: page.signal,
    timeout: patienceMs,
  });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    handed.once("response", resolve);
    handed.on("timeout", () => handed.destroy(new Error("the program did not answer")));
    handed.on("error", reject);
  });
  const body = page.body ? Readable.fromWeb(page.body as ReadableStream) : Readable.from([]);
  // What is wrong with the body ends the request, which is the error that counts.
  body.on("error", (error) => handed.destroy(error)).pipe(handed);
  try {
    return answer(await answered);
  } catch {
    body.destroy();
    return new Response("the program cannot be reached", { status: 502 });
  }
}

function answer(from: IncomingMessage): Response {
  const { statusCode: status = 502, headers } = from;
  const told = Object.entries(headers).filter(([name, value]) => typeof value === "string" && !untold.test(name));
  const hasBody = ![204, 205, 304].includes(status);
  if (!hasBody) from.resume();
  const body = hasBody ? (Readable.toWeb(from) as unknown as globalThis.ReadableStream) : null;
  return new Response(body, { status, headers: Object.fromEntries(told) as Record<string, string> });
}
