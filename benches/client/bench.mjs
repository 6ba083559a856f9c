// Measures the clients in rounds that take turns, and prints a table; ends with 1 where igor's costs too much.
//
// node bench.mjs ROUNDS SCALE

import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { promisify } from "node:util";

import { launch } from "./in-chromium.mjs";

const [rounds, scale] = process.argv.slice(2).map(Number);
const here = new URL(".", import.meta.url).pathname;
const programs = new URL("../target/release/", import.meta.url).pathname;

/** How much more than a bare socket igor may take, in its best rounds. */
const MOST = 1.25;

/** What serves each client; the Rust ones are those of the server's table. */
const servers = {
  bare: [`${programs}hand_written`],
  igor: [`${programs}igor`],
  trpc: [process.execPath, `${here}peers.mjs`, "trpc"],
  socketIo: [process.execPath, `${here}peers.mjs`, "socketIo"],
};

/** Calls and events of a round: multiples of what is asked for at once. */
const totals = [40_000, 80_000].map((total) => Math.max(8_000, Math.round((total * scale) / 8_000) * 8_000));

/** Servers have one processor and programs in Node the other; Chromium has both. */
const on = (processor, [program, ...args]) => ["taskset", ["--cpu-list", processor, program, ...args]];

async function inNode(name, port) {
  const words = [process.execPath, `${here}in-node.mjs`, name, port, ...totals].map(String);
  const { stdout } = await promisify(execFile)(...on("1", words), { timeout: 120_000 });
  return JSON.parse(stdout);
}

/** Does something with a server of its own. */
async function beside(name, act) {
  const [program, args] = on("0", servers[name]);
  const server = spawn(program, args, { stdio: ["pipe", "pipe", "inherit"] });
  const [port] = await once(createInterface({ input: server.stdout }), "line");
  try {
    return await act(Number(port));
  } finally {
    server.stdin.end();
  }
}

/** A round takes one or two minutes, unless something hangs. */
const LONGEST_MS = rounds * 300_000;
setTimeout(() => {
  console.error("it took too long");
  process.exit(2);
}, LONGEST_MS).unref();

const browser = await launch();
const places = { Node: inNode, Chromium: (name, port) => browser.measure(name, port, ...totals) };
const found = {};
for (let round = 0; round < rounds; round++)
  for (const [place, measure] of Object.entries(places))
    for (const name of Object.keys(servers)) {
      const each = await beside(name, (port) => measure(name, port));
      for (const [kind, times] of Object.entries(each))
        for (const [clock, time] of Object.entries(times)) (found[[place, kind, clock, name]] ??= []).push(time);
    }
await browser.close();

const sorted = (values) => values.toSorted((a, b) => a - b);
const median = (values) => sorted(values)[Math.floor(values.length / 2)];
const cell = (values) => `${median(values).toFixed(1)} (${Math.min(...values).toFixed(1)}–${Math.max(...values).toFixed(1)})`;
const head = ["", "bare `WebSocket`", "igor", "igor / bare", "tRPC", "Socket.IO"];
console.log(`| ${head.join(" | ")} |\n|${"---|".repeat(head.length)}`);
let isKept = true;
for (const place of Object.keys(places)) {
  for (const [kind, words] of [
    ["calls", "a call, 64 in flight, µs"],
    ["events", "an event, µs"],
  ]) {
    const of = (name, clock = "cpu") => found[[place, kind, clock, name]];
    const ratio = (value) => value(of("igor")) / value(of("bare"));
    const best = ratio((values) => Math.min(...values));
    const holds = best <= MOST;
    isKept &&= holds;
    const bound = `${ratio(median).toFixed(2)} (${best.toFixed(2)} ${holds ? "≤" : "**over**"} ${MOST})`;
    console.log(`| ${place}: ${words} | ${cell(of("bare"))} | ${cell(of("igor"))} | ${bound} | ${cell(of("trpc"))} | ${cell(of("socketIo"))} |`);
    const rate = (name) => Math.round(1000 / median(of(name, "wall")));
    const share = (rate("igor") / rate("bare")).toFixed(2);
    console.log(`| thousand a second | ${rate("bare")} | ${rate("igor")} | ${share} | ${rate("trpc")} | ${rate("socketIo")} |`);
  }
}
process.exitCode = isKept ? 0 : 1;
