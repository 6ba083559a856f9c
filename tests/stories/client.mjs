// The real client as a program of its own: it calls what it is told, line by line, and says what happens to it.

import { createInterface } from "node:readline";
import { open } from "../../igor/src/emit/runtime.js";
import { WebSocket } from "../sockets.mjs";

const actions = (call) => ({
  hold: (nonce) => call.value("story.hold", nonce),
  again: (nonce) => call.idempotent("story.again", nonce),
});

const [url, token, contract] = process.argv.slice(2);
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

const igor = open(JSON.parse(contract), actions, url, { token, WebSocket });
igor.onStatus((status, why) => say({ status, why }));
igor.onSessionLost((lost) => say({ lost }));
igor.on("story.said", ({ count }) => say({ said: count }));

for await (const line of createInterface({ input: process.stdin })) {
  const { verb, nonce } = JSON.parse(line);
  igor[verb](nonce).then(
    (value) => say({ call: nonce, value }),
    ({ code, executed, message }) => say({ call: nonce, code, executed, message }),
  );
}
igor.close();
