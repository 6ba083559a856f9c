// A client with checks at a server that lies: each lie is told once, with its place, and goes its way.

import { deepStrictEqual } from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { WebSocket } = createRequire(new URL("../../igor-client-ts/package.json", import.meta.url))("ws");
const [file, url, token] = process.argv.slice(2);
const { connect } = await import(pathToFileURL(file).href);

const igor = connect(url, { token, WebSocket });
const told = [];
igor.onMismatch(({ name, part, path, expected, got }) => told.push(`${name} ${part} ${path}: ${got}, not ${expected}`));
igor.handle("lie.asked", () => {});

/** Does everything with this number; what the server said is answered as it came. */
async function hear(number) {
  const event = igor.once("lie.told");
  await igor.lie.tell([1, number]);
  const counting = igor.lie.count(number);
  const counted = [];
  for await (const fact of counting) counted.push(fact.number);
  const listed = (await igor.lie.list([1, number]).toArray()).map((fact) => fact.number);
  const failed = await igor.lie.fail(number).result();
  await igor.lie.ask(number);
  const { facts } = await event;
  return [(await igor.lie.say(number)).number, counted, await counting, listed, failed.error, facts[1].number];
}

deepStrictEqual(await hear(100), [100, [100], 100, [1, 100], { number: 100 }, 100]);
deepStrictEqual(told, []);
deepStrictEqual(await hear(101), ["many", ["many"], 101, [1, "many"], { number: "many" }, "many"]);
const lie = '`"many"`, not an integer from 0 to 4294967295';
deepStrictEqual(told.sort(), [
  `lie.asked request fact.number: ${lie}`,
  `lie.count output number: ${lie}`,
  `lie.fail error number: ${lie}`,
  `lie.list output number: ${lie}`,
  `lie.say result number: ${lie}`,
  `lie.told event facts[1].number: ${lie}`,
]);
igor.close();
