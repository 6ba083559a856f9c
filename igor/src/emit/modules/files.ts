// One request for a file, and how far it is.


/** How much of a file has come or gone. */
interface Transferred {
  readonly doneBytes: number;
  /** How much it is in all, where that is known. */
  readonly totalBytes: number | undefined;
}

/** A request, with the token already in its headers. */
interface Transfer {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: globalThis.Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Transferred) => void) | undefined;
}

/** What is read of an answer to something that was sent. */
interface Answered {
  readonly status: number;
  readonly text: string;
  readonly tag: string | null;
}

/** The part of `XMLHttpRequest` that is used. */
interface PageRequest {
  readonly upload: { onprogress: ((event: { loaded: number; total: number }) => void) | null };
  readonly status: number;
  readonly responseText: string;
  onload: (() => void) | null;
  onerror: (() => void) | null;
  onabort: (() => void) | null;
  open(method: string, url: string): void;
  setRequestHeader(name: string, value: string): void;
  getResponseHeader(name: string): string | null;
  send(body: unknown): void;
  abort(): void;
}

/**
 * Sends something and waits for the answer. In a page it goes the old way, which alone tells how much was sent; but it
 * sends nothing to a scheme of an app's own, where all is told at the end.
 */
async function send(transfer: Transfer): Promise<Answered> {
  const { XMLHttpRequest } = globalThis as unknown as { XMLHttpRequest?: new () => PageRequest };
  const { url, body, onProgress } = transfer;
  const isWeb = /^http/.test(url.protocol);
  if (XMLHttpRequest && onProgress && isWeb) return sendByPage(new XMLHttpRequest(), transfer);
  // A `Blob` is in another process, from which an app's own scheme may not get it.
  const isThere = !isWeb && body instanceof globalThis.Blob;
  const response = await request(isThere ? { ...transfer, body: await body.arrayBuffer() } : transfer);
  const answered = { status: response.status, text: await response.text(), tag: response.headers.get("etag") };
  const totalBytes = sizeOf(body);
  if (response.ok) onProgress?.({ doneBytes: totalBytes, totalBytes });
  return answered;
}

/** Makes a request, and waits for the head of its answer. */
async function request({ method, url, headers, body, signal }: Transfer): Promise<globalThis.Response> {
  try {
    return await fetch(url, { method, headers, body: body ?? null, signal: signal ?? null });
  } catch (error) {
    throw signal?.aborted ? cancelled() : unreachable(textOf(error));
  }
}

/** Reads the body of an answer to its end, and tells how far it is. */
async function read(response: globalThis.Response, { signal, onProgress }: Partial<Transfer>): Promise<globalThis.Blob> {
  const length = response.headers.get("content-encoding") ? null : response.headers.get("content-length");
  const totalBytes = length === null ? undefined : Number(length);
  const chunks = []; // Of whose memory they are views the types of older browsers do not say.
  let doneBytes = 0;
  try {
    const reader = response.body?.getReader();
    for (let read = await reader?.read(); read && !read.done; read = await reader?.read()) {
      chunks.push(read.value);
      doneBytes += read.value.length;
      onProgress?.({ doneBytes, totalBytes });
    }
  } catch (error) {
    throw signal?.aborted ? cancelled() : unreachable(textOf(error));
  }
  return new globalThis.Blob(chunks, { type: response.headers.get("content-type") ?? "" });
}

/** The error that an answer tells; none where it is a good one. */
function refusal(status: number, text: string): IgorError | undefined {
  if (status < 400) return undefined;
  const codes: Readonly<Record<number, Code>> = {
    401: "unauthorized",
    403: "forbidden",
    408: "deadline_exceeded",
    413: "too_large",
    500: "internal",
    503: "overloaded",
  };
  return new IgorError(codes[status] ?? "action_failed", text || `the server answers ${status}`, { data: { status } });
}

function sizeOf(body: Transfer["body"] = ""): number {
  if (typeof body === "string") return new TextEncoder().encode(body).length;
  return body instanceof globalThis.Blob ? body.size : body.byteLength;
}

function sendByPage(page: PageRequest, transfer: Transfer): Promise<Answered> {
  const { method, url, headers, body, signal, onProgress } = transfer;
  const abort = (): void => page.abort();
  return new Promise<Answered>((resolve, reject) => {
    page.open(method, url.href);
    for (const [name, value] of Object.entries(headers)) page.setRequestHeader(name, value);
    page.upload.onprogress = ({ loaded, total }) => onProgress?.({ doneBytes: loaded, totalBytes: total });
    page.onload = () =>
      resolve({ status: page.status, text: page.responseText, tag: page.getResponseHeader("etag") });
    page.onerror = () => reject(unreachable("the connection failed"));
    page.onabort = () => reject(cancelled());
    if (signal?.aborted) return reject(cancelled());
    signal?.addEventListener("abort", abort);
    page.send(body);
  }).finally(() => signal?.removeEventListener("abort", abort));
}

function cancelled(): IgorError {
  return new IgorError("cancelled", "the transfer of a file was cancelled");
}

function unreachable(why: string): IgorError {
  return new IgorError("session_lost", `a file could not be transferred: ${why}`, { executed: "unknown" });
}

// The module for files: what lies in the mounts of the server.


/** How much of a file has come or gone. */
type FileProgress = Transferred;

/** How a file is transferred. */
interface FileOptions {
  /** Ends the transfer with `cancelled` when it aborts; a file that was being replaced stays as it was. */
  signal?: AbortSignal | undefined;
  /** Told again and again how far it is. */
  onProgress?: ((progress: FileProgress) => void) | undefined;
}

/** How a file is changed. */
interface FileChangeOptions extends FileOptions {
  /** Changes only this state of the file, told by the tag that `upload` gave; `*` for whatever is there. */
  ifMatch?: string | undefined;
  /** `*` for a file that is not to be there yet. */
  ifNoneMatch?: string | undefined;
}

/** How long a link is good. */
interface FileLinkOptions {
  /** At least so long, at most twice that; an hour, and a week at most. */
  lifeMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The files of the server's mounts. Whatever is refused rejects with an `IgorError`: `unauthorized`, `forbidden`,
 * `too_large`, `overloaded`, or `action_failed` with the HTTP status in its `data`, as `{ status: 404 }`.
 */
interface Files<Name extends string> {
  /**
   * A link to a file that needs no token, until it expires or the server ends: for `<img>` and `<video>`.
   *
   * ```ts
   * image.src = await igor.files.url("pictures", "ada.png");
   * ```
   */
  url(mount: Name, name: string, options?: FileLinkOptions): Promise<string>;
  /** Makes a file or takes its place, in one step at the end; answers with the tag of its new state. */
  upload(
    mount: Name,
    name: string,
    body: globalThis.Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | string,
    options?: FileChangeOptions,
  ): Promise<string>;
  /** Reads a file whole. */
  download(mount: Name, name: string, options?: FileOptions): Promise<globalThis.Blob>;
  /** Deletes a file. */
  delete(mount: Name, name: string, options?: FileChangeOptions): Promise<void>;
}

/** An hour. */
const linkLifeMs = 3_600_000;

/** Gives the client its `files`. */
function files(): Module {
  return ({ target }) => {
    /** A request to the server, with the token that it has now. */
    const asked = async (path: string, method: string, more: Partial<Transfer>): Promise<Transfer> => {
      const { url, token } = await target.address();
      if (more.signal?.aborted) throw new IgorError("cancelled", "the transfer of a file was cancelled");
      const headers = { ...more.headers, ...(token !== undefined && { authorization: `Bearer ${token}` }) };
      return { ...more, method, url: new URL(path, url.replace(/^ws/, "http")), headers };
    };
    const sent = async (path: string, method: string, more: Partial<Transfer>): Promise<Answered> => {
      const answered = await send(await asked(path, method, more));
      const error = refusal(answered.status, answered.text);
      if (error) throw error;
      return answered;
    };
    const made: Files<string> = {
      async url(mount, name, { lifeMs = linkLifeMs, signal } = {}) {
        const body = JSON.stringify({ mount, name, seconds: Math.ceil(lifeMs / 1000) });
        const { text } = await sent("/igor/link", "POST", { body, signal });
        const { url } = await target.address();
        return new URL(linkIn(text), url.replace(/^ws/, "http")).href;
      },
      async upload(mount, name, body, options = {}) {
        const { tag } = await sent(pathOf(mount, name), "PUT", { ...changing(options), body });
        return tag ?? "";
      },
      async download(mount, name, options = {}) {
        const response = await request(await asked(pathOf(mount, name), "GET", options));
        if (response.ok) return read(response, options);
        throw refusal(response.status, await response.text()) ?? new IgorError("internal", "no file was sent");
      },
      async delete(mount, name, options = {}) {
        await sent(pathOf(mount, name), "DELETE", changing(options));
      },
    };
    return { files: made };
  };
}

function changing({ ifMatch, ifNoneMatch, signal, onProgress }: FileChangeOptions): Partial<Transfer> {
  const headers = {
    ...(ifMatch !== undefined && { "if-match": ifMatch }),
    ...(ifNoneMatch !== undefined && { "if-none-match": ifNoneMatch }),
  };
  return { headers, signal, onProgress };
}

/** The path of a file. A name may be somebody else's: what a URL would read as a way out of the mount is no file. */
function pathOf(mount: string, name: string): string {
  const segments = name.split("/");
  if (!segments.some((segment) => segment === "." || segment === ".."))
    try {
      return `/files/${mount}/${segments.map(encodeURIComponent).join("/")}`;
    } catch {
      // It has half a character, which no path has.
    }
  throw new IgorError("action_failed", "there can be no file of this name", { data: { status: 404 } });
}

/** The link that the server made: a path of its files, and no address of another kind or place. */
function linkIn(text: string): string {
  try {
    const { link } = JSON.parse(text) as { link?: unknown };
    if (typeof link === "string" && link.startsWith("/files/")) return link;
  } catch {
    // What is not JSON has none.
  }
  throw new IgorError("bad_frame", "the server answers with no link to a file");
}

export type { FileProgress, FileOptions, FileChangeOptions, FileLinkOptions, Files };
