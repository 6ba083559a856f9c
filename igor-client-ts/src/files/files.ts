// The module for files: what lies in the mounts of the server.

import type { Module } from "../core.js";
import { IgorError } from "../error.js";
import { read, refusal, request, send } from "./transfer.js";
import type { Answered, Transfer, Transferred } from "./transfer.js";

/** How much of a file has come or gone. */
export type FileProgress = Transferred;

/** How a file is transferred. */
export interface FileOptions {
  /** Ends the transfer with `cancelled` when it aborts; a file that was being replaced stays as it was. */
  signal?: AbortSignal | undefined;
  /** Told again and again how far it is. */
  onProgress?: ((progress: FileProgress) => void) | undefined;
}

/** How a file is changed. */
export interface FileChangeOptions extends FileOptions {
  /** Changes only this state of the file, told by the tag that `upload` gave; `*` for whatever is there. */
  ifMatch?: string | undefined;
  /** `*` for a file that is not to be there yet. */
  ifNoneMatch?: string | undefined;
}

/** How long a link is good. */
export interface FileLinkOptions {
  /** At least so long, at most twice that; an hour, and a week at most. */
  lifeMs?: number | undefined;
  signal?: AbortSignal | undefined;
}

/**
 * The files of the server's mounts. Whatever is refused rejects with an `IgorError`: `unauthorized`, `forbidden`,
 * `too_large`, `overloaded`, or `action_failed` with the HTTP status in its `data`, as `{ status: 404 }`.
 */
export interface Files<Name extends string> {
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
export function files(): Module {
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
