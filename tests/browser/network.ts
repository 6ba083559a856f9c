// The network between one user's browser and the server: a SOCKS proxy (RFC 1928), which a test may take down. To page
// and server it is not there: what they say to each other is as without it.

import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo, Server, Socket } from "node:net";

/**
 * How a network is down.
 *
 * - `broken`: what was connected is cut off, and nothing can be connected.
 * - `half-open`: both ends believe that they are connected, and hear nothing any more, then or ever.
 */
export type Outage = "broken" | "half-open";

/** The answers of the handshake: nobody has to say who it is; the server is connected. */
const noPassword = Buffer.from([5, 0]);
const connected = Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]);

export class Network implements AsyncDisposable {
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  /** Those that will never hear anything again. */
  readonly #dead = new WeakSet<Socket>();
  #outage: Outage | undefined;

  private constructor() {
    this.#server = createServer((browser) => void this.#accept(browser));
  }

  static async start(): Promise<Network> {
    const network = new Network();
    await once(network.#server.listen(0, "127.0.0.1"), "listening");
    return network;
  }

  /** What a browser has to be told to be on this network. */
  get proxy(): { server: string } {
    return { server: `socks5://127.0.0.1:${(this.#server.address() as AddressInfo).port}` };
  }

  fail(outage: Outage): void {
    this.#outage = outage;
    for (const socket of this.#sockets) this.#strike(socket, outage);
  }

  /** From now on there are new connections; those that failed stay as they are. */
  recover(): void {
    this.#outage = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.fail("broken");
    const closed = once(this.#server, "close");
    this.#server.close();
    await closed;
  }

  async #accept(browser: Socket): Promise<void> {
    this.#add(browser);
    try {
      await message(browser);
      browser.write(noPassword);
      const request = await message(browser);
      const server = connect(request.readUInt16BE(request.length - 2), "127.0.0.1");
      this.#add(server);
      await once(server, "connect");
      browser.write(connected);
      this.#forward(browser, server);
      this.#forward(server, browser);
    } catch {
      browser.destroy(); // There is no server.
    }
  }

  #add(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on("error", () => {}); // Its close follows.
    socket.on("close", () => this.#sockets.delete(socket));
    if (this.#outage) this.#strike(socket, this.#outage);
  }

  #forward(from: Socket, to: Socket): void {
    from.on("data", (bytes) => this.#dead.has(from) || to.write(bytes));
    from.on("close", () => this.#dead.has(from) || to.destroy());
  }

  #strike(socket: Socket, outage: Outage): void {
    if (outage === "broken") socket.destroy();
    else this.#dead.add(socket);
  }
}

/** The next bytes. Both messages of the handshake are so short that they come in one piece, and wait for an answer. */
async function message(socket: Socket): Promise<Buffer> {
  const [bytes] = (await once(socket, "data")) as [Buffer];
  return bytes;
}
