// What surrounds the client: a page, a worker or Node. Everything here may be missing, so nothing
// outside this file touches a global that only some of them have.

/** What the client asks of a socket; a browser's `WebSocket` and the one of `ws` both fit. */
export interface WebSocketLike {
  readonly readyState: number;
  binaryType: string;
  send(data: string | Uint8Array<ArrayBuffer>): void;
  close(code?: number, reason?: string): void;
  addEventListener(type: "open" | "error", listener: () => void): void;
  addEventListener(type: "message", listener: (event: { data: unknown }) => void): void;
  addEventListener(type: "close", listener: (event: { code: number; reason: string }) => void): void;
}

/** The ready state of an open one. */
export const openState = 1;

/** The class of such a socket. */
export type WebSocketClass = new (url: string, protocols: string[]) => WebSocketLike;

/** The part of a storage that is used. */
export interface KeyedStorage {
  getItem(key: string): string | null;
  setItem(key: string, value: string): void;
}

/** The part of Web Locks that is used. */
export interface LockSource {
  request(name: string, options: { signal: AbortSignal }, held: () => Promise<void>): Promise<unknown>;
}

interface ListenerSource {
  addEventListener(
    type: string,
    listener: (event: { persisted?: boolean }) => void,
    options: { signal: AbortSignal },
  ): void;
}

interface HostGlobals extends Partial<ListenerSource> {
  readonly WebSocket?: WebSocketClass;
  readonly document?: ListenerSource & { readonly visibilityState: string };
  readonly location?: {
    readonly origin: string;
    readonly protocol: string;
    readonly host: string;
    readonly hash: string;
    readonly pathname: string;
    readonly search: string;
  };
  readonly history?: {
    readonly state: unknown;
    replaceState(state: unknown, unused: string, url: string): void;
  };
  readonly navigator?: { readonly locks?: LockSource };
  readonly sessionStorage?: KeyedStorage;
  readonly localStorage?: KeyedStorage;
  readonly reportError?: (error: unknown) => void;
}

/** The globals of this place, each of which may be missing. */
export const host: HostGlobals = globalThis as unknown as HostGlobals;

/** Whether this is a page, and not a worker or Node. */
export function isPage(): boolean {
  return host.document !== undefined;
}

/** Reads a value of the page; outside of one, or where the page forbids it, there is none. */
export function readStored(storage: "sessionStorage" | "localStorage", key: string): string | undefined {
  try {
    return (isPage() && host[storage]?.getItem(key)) || undefined;
  } catch {
    return undefined; // A sandboxed frame may not even look at its storage.
  }
}

/** Keeps a value for the page where that is possible. */
export function store(storage: "sessionStorage" | "localStorage", key: string, value: string): void {
  try {
    if (isPage()) host[storage]?.setItem(key, value);
  } catch {
    // Storage may be full or forbidden; then the value lives as long as this program.
  }
}

/**
 * Watches the page: calls `woken` when it is likely to have its network back, and `restored` when a page that was
 * left is shown again as it was, until the signal aborts.
 */
export function watchPage(woken: () => void, restored: () => void, signal: AbortSignal): void {
  const { document } = host;
  host.addEventListener?.("online", woken, { signal });
  host.addEventListener?.("pageshow", ({ persisted }) => persisted && restored(), { signal });
  document?.addEventListener("visibilitychange", () => document.visibilityState === "visible" && woken(), { signal });
}

/** Says that a handler of the user's threw, in the way of the place, and goes on. */
export function report(error: unknown): void {
  (host.reportError ?? console.error)(error);
}

/** Random bytes as unpadded base64url. */
export function randomText(bytes: number): string {
  return base64url(crypto.getRandomValues(new Uint8Array(bytes)));
}

/** Bytes as unpadded base64url, the only alphabet that a subprotocol and an id share. */
export function base64url(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
