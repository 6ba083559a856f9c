// A program that behaves as its first argument says, in the place of a Rust one.

import { createInterface } from "node:readline";

const [, , mode, detail] = process.argv;
const log = (/** @type {string} */ text) => process.stderr.write(`${text}\n`);

if (process.argv.at(-1) !== "--igor-sidecar") throw new Error("not bound");
log(`seen: ${JSON.stringify([process.argv, process.env])}`);
if (mode === "fails") {
  for (let line = 1; line <= 30; line += 1) log(`line ${line}`);
  process.exit(7);
}
process.on("SIGTERM", () => {
  log("terminated");
  if (mode === "until SIGTERM") process.exit(0);
});
const lines = createInterface(process.stdin);
lines.on("line", (line) => {
  const said = JSON.parse(line);
  if (said.end) {
    log("asked");
    if (mode === "serves") process.exit(0);
    return;
  }
  log(`told: ${Object.keys(said).join()}`);
  if (mode === "silent") return;
  const ready = { igor: "igor.1", address: `127.0.0.1:${said.port || 40_000}`, pid: process.pid, contract: "ours" };
  process.stdout.write("something else\n");
  process.stdout.write(`${JSON.stringify(mode === "refuses" ? { igor: "igor.1", refused: "no, because" } : ready)}\n`);
  if (mode === "leaves") process.exit(Number(detail));
});
lines.on("close", () => {
  log("closed");
  if (mode === "until its input ends") process.exit(0);
});
setInterval(() => {}, 1000); // It ends by what it was told, and not because it has nothing to do.
