// The sockets of the clients here: those of `ws`, or, with `IGOR_TRANSPORT=pipe`, those by which a main process speaks
// to a pipe.

import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

const library = new URL("../igor-client-ts/", import.meta.url);
const require = createRequire(new URL("package.json", library));

export const WebSocket = process.env.IGOR_TRANSPORT === "pipe" ? await pipeSockets() : require("ws").WebSocket;

/** The class as a page uses one: it goes to the pipe in the query of its address. */
async function pipeSockets() {
  const LocalSocket = await bundled("src/node/socket.ts", "LocalSocket");
  return class extends LocalSocket {
    #connection;

    constructor(url, protocols) {
      const { searchParams } = new URL(url);
      const token = protocols.at(-1).slice("igor.token.".length);
      let connection;
      const made = ({ socket }) => (connection = socket);
      subscribe("net.client.socket", made);
      super({ url, token: Buffer.from(token, "base64url").toString(), pipe: searchParams.get("pipe") });
      unsubscribe("net.client.socket", made);
      this.#connection = connection;
    }

    on(type, listener) {
      this.addEventListener(type, listener);
    }

    /** Is gone without a word. */
    terminate() {
      this.#connection.destroy();
    }
  };
}

async function bundled(file, name) {
  const entryPoints = [fileURLToPath(new URL(file, library))];
  const { outputFiles } = await require("esbuild").build({ entryPoints, bundle: true, format: "esm", platform: "node", write: false });
  return (await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].text).toString("base64")}`))[name];
}
