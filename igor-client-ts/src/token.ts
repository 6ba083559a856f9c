// Where the token comes from: the caller, the code in the page's address, or an earlier visit.

import { exchangeMs } from "./defaults.js";
import { base64url, host, isPage, readStored, store } from "./host.js";
import { tokenPrefix } from "./protocol.js";

/** Behind it stands the address of the server: a page may speak to several, and none learns the token of another. */
const tokenKey = "igor.token ";

/** The exchanges that are under way: a code works once, but a page may make two clients in one breath. */
const exchanges: Record<string, Promise<string | undefined>> = {};

/** Finds the token for the server at `url`, if there is one. It never fails: the server says whether one is needed. */
export async function findToken(url: string, given: string | undefined): Promise<string | undefined> {
  if (given !== undefined || !isPage()) return given;
  const code = /^#igor=(.+)$/.exec(host.location?.hash ?? "")?.[1];
  const token = code && (await (exchanges[url] ??= exchangeCode(url, code)));
  delete exchanges[url];
  return token || readStored("localStorage", tokenKey + url);
}

/** The subprotocol that carries a token, because a page can set no header on a socket. */
export function tokenProtocol(token: string): string {
  return tokenPrefix + base64url(new TextEncoder().encode(token));
}

/** Trades the one-time code for the token, keeps that, and takes the spent code out of the address. */
async function exchangeCode(url: string, code: string): Promise<string | undefined> {
  try {
    const response = await fetch(new URL("/igor/token", url.replace(/^ws/, "http")), {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ code }),
      signal: AbortSignal.timeout(exchangeMs),
    });
    const token: unknown = response.ok && ((await response.json()) as { token?: unknown } | null)?.token;
    const { location, history } = host;
    if (location && response.status < 500)
      history?.replaceState(history.state, "", location.pathname + location.search);
    if (typeof token !== "string") return undefined;
    store("localStorage", tokenKey + url, token);
    return token;
  } catch {
    return undefined; // The server cannot be reached: the code stays in the address and is tried again with the next socket.
  }
}
