// One client in a process of its own: prints what its calls and events took, in microseconds each.

import WebSocket from "ws";

import { start } from "./work.mjs";

const [name, port, calls, events] = process.argv.slice(2);

/**
 * The processor time and the wall time of so many. What the kernel takes is left out: writing to a server that sleeps
 * costs more than to one that is busy, and says nothing about the client.
 */
async function measured(work, total) {
  const before = process.cpuUsage();
  const wallMs = await work(total);
  return { cpu: process.cpuUsage(before).user / total, wall: (wallMs * 1000) / total };
}

/** How long a client works before it is measured: V8 compiles what is hot for about a second, and that is counted too. */
const WARM_MS = 2_000;

async function warm(work, total) {
  const begun = performance.now();
  while (performance.now() - begun < WARM_MS) await work(total / 4);
}

const client = await start(name, Number(port), WebSocket);
const found = {};
for (const [kind, total] of [
  ["calls", Number(calls)],
  ["events", Number(events)],
]) {
  await warm(client[kind], total);
  found[kind] = await measured(client[kind], total);
}
console.log(JSON.stringify(found));
process.exit(0);
