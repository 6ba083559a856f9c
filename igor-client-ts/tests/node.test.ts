// The bundle in Node, over a real socket of the package `ws`.

import { spawn } from "node:child_process";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, it } from "vitest";
import { WebSocketServer } from "ws";
import type { WireFrame } from "../src/protocol.js";
import { welcomeData } from "./fake_server.js";

let server: WebSocketServer;
beforeEach(async () => {
  server = new WebSocketServer({ host: "127.0.0.1", port: 0, handleProtocols: () => "igor.1" });
  server.on("connection", (socket) => {
    let n = 0;
    socket.on("message", (text) => {
      const { action, streamId, data } = JSON.parse(String(text)) as WireFrame;
      const answer: WireFrame | undefined =
        action === "igor.hello"
          ? { action: "igor.welcome", data: welcomeData(data as Record<string, unknown>) }
          : action && streamId !== undefined
            ? { n: ++n, streamId, data: data ?? null, close: true }
            : undefined;
      if (answer) socket.send(JSON.stringify(answer));
    });
  });
  await once(server, "listening");
});
afterEach(() => void server.close());

/** Runs a program with a client `igor` whose server is here, and answers with what it wrote when it has ended. */
async function run(program: string, { port } = server.address() as AddressInfo): Promise<string> {
  const module = fileURLToPath(new URL("../../igor/src/emit/runtime.js", import.meta.url));
  const source = `
    import { WebSocket } from "ws";
    import { open } from ${JSON.stringify(module)};
    const igor = open({ hash: "h", names: {} }, (call) => ({ echo: (data, options) => call.value("echo", data, options) }), "ws://127.0.0.1:${port}", { WebSocket });
    ${program}`;
  const child = spawn(process.execPath, ["--input-type=module", "--eval", source], {
    cwd: fileURLToPath(new URL("..", import.meta.url)),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (text) => (output += String(text)));
  const [code] = (await once(child, "exit")) as [number];
  return `${output}exit ${code}`;
}

it("lets the program end once it is closed", async () => {
  expect(
    await run(
      `console.log(await igor.echo({ deep: [1, "ü"] }, { timeoutMs: 60000 }), igor.status); igor.close();`,
    ),
  ).toBe("{ deep: [ 1, 'ü' ] } open\nexit 0");
});

it("lets the program end when it is closed before it was open", async () => {
  expect(await run(`igor.echo(1); igor.close();`)).toBe("exit 0");
  expect(await run(`igor.echo(1); setTimeout(() => igor.close(), 1);`)).toBe("exit 0");
});

it("keeps a client that nobody awaits from ending the program", async () => {
  const address = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  expect(
    await run(
      `igor.echo(1); const off = igor.onStatus((status) => { off(); console.log(status); igor.close(); });`,
      address,
    ),
  ).toBe("connecting\nexit 0");
});
