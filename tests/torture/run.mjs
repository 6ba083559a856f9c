// Plays seeds with the real client: a line of JSON in for each client, lines of JSON out for what happens to it.

import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { WebSocket } from "../sockets.mjs";
import { play } from "./client.mjs";

const root = new URL("../../", import.meta.url);

/** How patient a client is that is tortured: what takes seconds elsewhere must not take the test's minutes. */
const patience = { welcomeMs: 1000, handoverMs: 200, backoffBaseMs: 20, backoffDoublings: 2, keptDoublings: 2 };

/** The runtime as it is generated, but for its patience and for the rule that is left out. */
function runtimeOf(withoutRule) {
  let text = readFileSync(fileURLToPath(new URL("igor/src/emit/runtime.js", root)), "utf8");
  const change = (pattern, to) => {
    if (!pattern.test(text)) throw new Error(`the runtime has no ${pattern}`);
    text = text.replace(pattern, to);
  };
  for (const [name, value] of Object.entries(patience)) change(new RegExp(`^const ${name} = .*;$`, "m"), `const ${name} = ${value};`);
  if (withoutRule) change(new RegExp(`^const ${withoutRule} = true;$`, "m"), `const ${withoutRule} = false;`);
  change(/^export \{ IgorError, open \};$/m, "globalThis.igor = { IgorError, open };");
  return text;
}

const runtime = runtimeOf(process.argv[2]);
for (const level of ["warn", "error", "log"]) console[level] = () => {};

const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

/** Tells how late this process looks at its clock, whenever that is later than ever. */
function tellLag(worst = 0, since = performance.now()) {
  setTimeout(() => {
    const lagMs = Math.floor(performance.now() - since) - 10;
    if (lagMs > worst) say({ lagMs });
    tellLag(Math.max(worst, lagMs));
  }, 10).unref();
}
tellLag();

for await (const text of createInterface({ input: process.stdin })) {
  const { id, ...seed } = JSON.parse(text);
  play(seed, { runtime, WebSocket }, (line) => say({ id, ...line })).then(
    () => say({ id, done: true }),
    (error) => say({ id, wrong: String(error?.stack ?? error) }),
  );
}
