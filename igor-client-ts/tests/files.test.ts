// Files: links, uploads and downloads, against a server that says what the test wants.

import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Core } from "../src/core.js";
import { files } from "../src/files/files.js";
import type { Files } from "../src/files/files.js";
import { failure } from "./failure.js";

type Answer = (request: IncomingMessage, response: ServerResponse, body: string) => void;

let server: Server;
let answer: Answer;
let igor: { files: Files<"pictures"> };
let at: string;

beforeEach(async () => {
  server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => answer(request, response, Buffer.concat(chunks).toString()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  at = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const target = { address: async () => ({ url: `ws://${at}/`, token: "secret" }) };
  igor = files()({ target } as unknown as Core) as typeof igor;
});

afterEach(async () => {
  vi.unstubAllGlobals();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

describe("a link", () => {
  it("is asked for with the token and points to the server", async () => {
    let asked: unknown;
    answer = ({ url, method, headers }, response, body) => {
      asked = [method, url, headers.authorization, JSON.parse(body)];
      response.end(JSON.stringify({ link: "/files/pictures/a%20b.png?until=1&sign=x" }));
    };
    const link = await igor.files.url("pictures", "a b.png", { lifeMs: 90_500 });
    expect(link).toBe(`http://${at}/files/pictures/a%20b.png?until=1&sign=x`);
    const data = { mount: "pictures", name: "a b.png", seconds: 91 };
    expect(asked).toEqual(["POST", "/igor/link", "Bearer secret", data]);
  });
});

describe("a server that answers what is no link", () => {
  it.each(["javascript:alert(1)", "//other.example/files/a", "https://other.example/files/a", "/igor/metrics", 7, null])(
    "gives none by %s",
    async (link) => {
      answer = (_, response) => response.end(JSON.stringify({ link }));
      expect(await failure(igor.files.url("pictures", "a.png"))).toMatchObject({ code: "bad_frame" });
    },
  );

  it("gives none by what is not JSON", async () => {
    for (const text of ["", "null", "<html>"]) {
      answer = (_, response) => response.end(text);
      expect(await failure(igor.files.url("pictures", "a.png"))).toMatchObject({ code: "bad_frame" });
    }
  });
});

describe("a name that leads out of its mount", () => {
  it.each(["..", "../others/a", "../../igor/metrics", "a/../../../igor/metrics", "./a", "a/.", "\ud800"])(
    "is of no file: %j",
    async (name) => {
      answer = vi.fn();
      for (const asked of [
        igor.files.download("pictures", name),
        igor.files.upload("pictures", name, "bytes"),
        igor.files.delete("pictures", name),
      ])
        expect(await failure(asked)).toMatchObject({ code: "action_failed", data: { status: 404 } });
      expect(answer).not.toHaveBeenCalled();
    },
  );
});

describe("an upload", () => {
  it("puts the bytes and answers with the tag", async () => {
    let asked: unknown;
    answer = ({ url, method, headers }, response, body) => {
      asked = [method, url, headers.authorization, headers["if-none-match"], body];
      response.writeHead(201, { etag: '"1"' }).end();
    };
    const tag = await igor.files.upload("pictures", "rooms/a#b.png", "bytes", { ifNoneMatch: "*" });
    expect(tag).toBe('"1"');
    expect(asked).toEqual(["PUT", "/files/pictures/rooms/a%23b.png", "Bearer secret", "*", "bytes"]);
  });

  it("tells why it was refused", async () => {
    for (const [status, code] of [
      [401, "unauthorized"],
      [403, "forbidden"],
      [412, "action_failed"],
      [413, "too_large"],
      [503, "overloaded"],
    ] as const) {
      answer = (_, response) => response.writeHead(status).end("because of it");
      const error = await failure(igor.files.upload("pictures", "a", "b"));
      expect(error).toMatchObject({ code, data: { status }, message: `${code}: because of it` });
    }
  });

  it("in a page tells how far it is and can be aborted", async () => {
    const page = new FakePageRequest();
    vi.stubGlobal("XMLHttpRequest", function () {
      return page;
    });
    const told: unknown[] = [];
    const stop = new AbortController();
    const options = { signal: stop.signal, onProgress: (progress: unknown) => told.push(progress) };
    const first = igor.files.upload("pictures", "a", "bytes", options);
    await page.sent;
    page.upload.onprogress?.({ loaded: 2, total: 5 });
    page.onload?.();
    expect(await first).toBe('"7"');
    expect(told).toEqual([{ doneBytes: 2, totalBytes: 5 }]);
    expect(page.headers).toEqual({ authorization: "Bearer secret" });

    const second = igor.files.upload("pictures", "a", "bytes", options);
    await page.sent;
    stop.abort();
    expect(await failure(second)).toMatchObject({ code: "cancelled" });
    expect(page.isAborted).toBe(true);
  });
});

describe("a download", () => {
  it("brings the bytes and tells how far it is", async () => {
    answer = (_, response) => {
      response.writeHead(200, { "content-length": "5", "content-type": "image/png" }).end("bytes");
    };
    const told: unknown[] = [];
    const blob = await igor.files.download("pictures", "a", { onProgress: (it) => told.push(it) });
    expect([await blob.text(), blob.type]).toEqual(["bytes", "image/png"]);
    expect(told.at(-1)).toEqual({ doneBytes: 5, totalBytes: 5 });
  });

  it("ends when it is aborted", async () => {
    const stop = new AbortController();
    answer = (_, response) => {
      response.writeHead(200, { "content-length": "10" }).write("bytes");
    };
    const options = { signal: stop.signal, onProgress: () => stop.abort() };
    expect(await failure(igor.files.download("pictures", "a", options))).toMatchObject({ code: "cancelled" });
  });

  it("says that the connection was lost", async () => {
    answer = (request) => request.socket.destroy();
    const error = await failure(igor.files.download("pictures", "a"));
    expect(error).toMatchObject({ code: "session_lost", executed: "unknown" });
  });

  it("says that there is no such file", async () => {
    answer = (_, response) => response.writeHead(404).end("there is no such file");
    const error = await failure(igor.files.download("pictures", "a"));
    expect(error).toMatchObject({ code: "action_failed", data: { status: 404 } });
  });
});

it("a file is deleted in the state that was meant", async () => {
  let asked: unknown;
  answer = ({ method, headers }, response) => {
    asked = [method, headers["if-match"]];
    response.writeHead(204).end();
  };
  await igor.files.delete("pictures", "a", { ifMatch: '"1"' });
  expect(asked).toEqual(["DELETE", '"1"']);
});

/** A request of a page that the test answers. */
class FakePageRequest {
  readonly upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
  readonly status = 204;
  readonly responseText = "";
  readonly headers: Record<string, string> = {};
  onload?: () => void;
  onabort?: () => void;
  isAborted = false;
  sent = Promise.resolve();
  #tell = (): void => {};

  constructor() {
    this.#await();
  }

  open(): void {}

  setRequestHeader(name: string, value: string): void {
    this.headers[name] = value;
  }

  getResponseHeader(): string {
    return '"7"';
  }

  send(): void {
    this.#tell();
    this.#await();
  }

  abort(): void {
    this.isAborted = true;
    this.onabort?.();
  }

  #await(): void {
    this.sent = new Promise((resolve) => (this.#tell = resolve));
  }
}
