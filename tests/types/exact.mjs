// Bytes, integers and dates, through everything that a client says and hears.

import { deepStrictEqual } from "node:assert/strict";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const { WebSocket } = createRequire(new URL("../../igor-client-ts/package.json", import.meta.url))("ws");
const [file, url, token] = process.argv.slice(2);
const { connect } = await import(pathToFileURL(file).href);
const igor = connect(url, { token, WebSocket });

const large = 2n ** 100n + 1n;
const picture = {
  name: "$ada",
  parts: [new Uint8Array([1, 2, 3]), new Uint8Array(0), new Uint8Array(70_000).map((_, at) => at % 251)],
  size: large,
  at: new Date("2026-01-02T03:04:05.678Z"),
  sizes: { $bin: 1n, "a b": -large },
  inside: { name: "", parts: [new Uint8Array([255, 0])], size: -7n, at: null, sizes: {}, inside: null },
};

/** What the server makes of it. */
const turned = ({ name, parts, size, at, sizes, inside }) => ({
  name,
  parts: parts.map((part) => part.toReversed()),
  size: -size,
  at: at && new Date(at.getTime() + 86_400_000),
  sizes: Object.fromEntries(Object.entries(sizes).map(([key, inner]) => [key, -inner])),
  inside: inside && turned(inside),
});
/** Bytes are views of the message that they came in; only what they hold is compared. */
const plain = (value) => {
  if (value instanceof Uint8Array) return new Uint8Array(value);
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object" || value instanceof Date) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
};
const same = (value, expected) => deepStrictEqual(plain(value), expected);

const event = igor.once("exact.turned");
same(await igor.exact.turn(picture, new Uint8Array([9, 8])), [turned(picture), new Uint8Array([8, 9])]);
same((await event).pictures, [turned(picture), turned(picture)]);

same(await igor.exact.fail(picture).result(), { ok: false, error: { picture: turned(picture) } });

const gathering = igor.exact.gather([picture, picture.inside]);
const sizes = [];
for await (const size of gathering) sizes.push(size);
same(sizes, [-large, 7n]);
same(await gathering, [...turned(picture).parts, ...turned(picture.inside).parts]);

same(await igor.exact.each([picture, picture.inside]).toArray(), [turned(picture), turned(picture.inside)]);

igor.handle("exact.choose", ({ picture: asked }) => {
  same(asked, turned(picture));
  return asked.parts;
});
same(await igor.exact.ask(picture), picture.parts);
igor.close();
