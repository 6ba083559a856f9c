// A WebSocket of Node to a program on this machine: over a port or a pipe, which the global one cannot do.

import { randomBytes } from "node:crypto";
import { request } from "node:http";
import type { Socket } from "node:net";

import { closeProtocol, closeTooLarge, closeUnauthorized } from "../close.js";
import { FoundSocket } from "../desktop/found_socket.js";
import { SocketEvents, closeLost, readyStates } from "../desktop/socket_events.js";
import type { SocketListener } from "../desktop/socket_events.js";
import { IgorError, textOf } from "../error.js";
import type { WebSocketClass, WebSocketLike } from "../host.js";
import { subprotocol } from "../protocol.js";
import type { BackendAddress } from "./address.js";
import { FrameReader, opcodes, writeFrame } from "./frames.js";

/** More than any server sends in one frame. */
const longestBytes = 1 << 30;

/** How long the handshake may take, and the other side's close. */
const patienceMs = 10_000;

/** A class of sockets that ask where the program is, each for itself. */
export function socketClass(find: () => Promise<BackendAddress>): WebSocketClass {
  return class extends FoundSocket {
    constructor() {
      super(async () => new LocalSocket(await find()));
    }
  };
}

/** A socket to a program on this machine. */
export class LocalSocket implements WebSocketLike {
  readyState = readyStates.connecting;
  /** Binary messages come as `ArrayBuffer`s, whatever is asked for: Node has no use for another form. */
  binaryType = "arraybuffer";
  readonly #events = new SocketEvents();
  readonly #frames = new FrameReader(longestBytes);
  #socket: Socket | undefined;
  #patience: ReturnType<typeof setTimeout> | undefined;

  constructor({ url, token, pipe }: BackendAddress) {
    const { hostname, port, host } = new URL(url);
    const upgrade = request({
      ...(pipe === undefined ? { host: hostname, port } : { socketPath: pipe }),
      setHost: false,
      timeout: patienceMs,
      headers: {
        host,
        connection: "upgrade",
        upgrade: "websocket",
        authorization: `Bearer ${token}`,
        "sec-websocket-key": randomBytes(16).toString("base64"),
        "sec-websocket-version": "13",
        "sec-websocket-protocol": subprotocol,
      },
    });
    upgrade.on("upgrade", (_, socket, head) => this.#open(socket as Socket, head));
    upgrade.on("response", ({ statusCode }) => {
      upgrade.destroy();
      const code = statusCode === 401 ? closeUnauthorized : closeLost;
      this.#end(code, `the program refused the socket with ${statusCode}`);
    });
    upgrade.on("timeout", () => upgrade.destroy(new Error("the program did not answer")));
    upgrade.on("error", (error) => this.#end(closeLost, error.message));
    upgrade.end();
  }

  send(data: string | Uint8Array): void {
    if (this.readyState !== readyStates.open) return;
    const isText = typeof data === "string";
    this.#socket?.write(writeFrame(isText ? opcodes.text : opcodes.binary, isText ? Buffer.from(data) : data));
  }

  close(code = 1000, reason = ""): void {
    if (this.readyState === readyStates.open) {
      const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
      payload.writeUInt16BE(code);
      payload.write(reason, 2);
      this.#socket?.end(writeFrame(opcodes.close, payload));
    }
    this.#end(code, reason);
  }

  addEventListener(type: string, listener: SocketListener): void {
    this.#events.add(type, listener);
  }

  #open(socket: Socket, head: Buffer): void {
    if (this.readyState === readyStates.closed) return void socket.destroy();
    this.#socket = socket;
    this.readyState = readyStates.open;
    socket.setTimeout(0);
    socket.setNoDelay();
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#end(closeLost, error.message));
    socket.on("close", () => this.#end(closeLost, ""));
    this.#events.tell("open", {});
    if (head.length > 0) this.#take(head);
  }

  #take(chunk: Buffer): void {
    try {
      for (const { opcode, payload } of this.#frames.push(chunk)) this.#receive(opcode, payload);
    } catch (error) {
      const isTooLarge = error instanceof IgorError && error.code === "too_large";
      this.close(isTooLarge ? closeTooLarge : closeProtocol, textOf(error));
    }
  }

  #receive(opcode: number, payload: Buffer): void {
    if (this.readyState !== readyStates.open) return;
    if (opcode === opcodes.text) this.#events.tell("message", { data: payload.toString("utf8") });
    else if (opcode === opcodes.binary) this.#events.tell("message", { data: new Uint8Array(payload).buffer });
    else if (opcode === opcodes.ping) this.#socket?.write(writeFrame(opcodes.pong, payload));
    else if (opcode === opcodes.close) {
      this.#socket?.end(writeFrame(opcodes.close, payload.subarray(0, 2)));
      const code = payload.length >= 2 ? payload.readUInt16BE() : closeLost;
      this.#end(code, payload.toString("utf8", 2));
    }
  }

  #end(code: number, reason: string): void {
    if (this.readyState === readyStates.closed) return;
    this.readyState = readyStates.closed;
    const socket = this.#socket;
    if (socket) {
      this.#patience = setTimeout(() => socket.destroy(), patienceMs).unref();
      socket.once("close", () => clearTimeout(this.#patience));
    }
    this.#events.tell("close", { code, reason });
  }
}
