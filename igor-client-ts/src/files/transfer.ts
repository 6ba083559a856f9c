// One request for a file, and how far it is.

import { IgorError, textOf } from "../error.js";
import type { Code } from "../protocol.js";

/** How much of a file has come or gone. */
export interface Transferred {
  readonly doneBytes: number;
  /** How much it is in all, where that is known. */
  readonly totalBytes: number | undefined;
}

/** A request, with the token already in its headers. */
export interface Transfer {
  readonly method: string;
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: globalThis.Blob | ArrayBuffer | Uint8Array<ArrayBuffer> | string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: Transferred) => void) | undefined;
}

/** What is read of an answer to something that was sent. */
export interface Answered {
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
export async function send(transfer: Transfer): Promise<Answered> {
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
export async function request({ method, url, headers, body, signal }: Transfer): Promise<globalThis.Response> {
  try {
    return await fetch(url, { method, headers, body: body ?? null, signal: signal ?? null });
  } catch (error) {
    throw signal?.aborted ? cancelled() : unreachable(textOf(error));
  }
}

/** Reads the body of an answer to its end, and tells how far it is. */
export async function read(response: globalThis.Response, { signal, onProgress }: Partial<Transfer>): Promise<globalThis.Blob> {
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
export function refusal(status: number, text: string): IgorError | undefined {
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
