// Fails where a crate that is built has a licence that `deny.toml` does not allow.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("..", import.meta.url);
const list = /^allow = \[(.*?)^\]/ms.exec(readFileSync(new URL("deny.toml", root), "utf8"))[1];
const allowed = new Set([...list.matchAll(/"(.+?)"/g)].map(([, licence]) => licence));

/** Whether an expression of SPDX can be kept by allowed licences alone. */
function isAllowed(expression) {
  // `A/B` is how crates said `A OR B` before there were expressions.
  const words = expression.replaceAll("/", " OR ").replace(/[()]/g, " $& ").trim().split(/\s+/);
  const either = () => {
    let value = both();
    while (words[0] === "OR") value = [words.shift(), both()][1] || value;
    return value;
  };
  const both = () => {
    let value = one();
    while (words[0] === "AND") value = [words.shift(), one()][1] && value;
    return value;
  };
  const one = () => {
    const word = words.shift();
    if (word === "(") return [either(), words.shift()][0];
    return allowed.has(words[0] === "WITH" ? [word, ...words.splice(0, 2)].join(" ") : word);
  };
  return either() && words.length === 0;
}

const host = /^host: (.+)$/m.exec(execFileSync("rustc", ["-vV"], { encoding: "utf8" }))[1];
const asked = ["metadata", "--format-version", "1", "--locked", "--filter-platform", host];
const { packages } = JSON.parse(execFileSync("cargo", asked, { cwd: root, maxBuffer: 1 << 28 }));
const refused = packages.filter(({ license }) => !license || !isAllowed(license));
for (const { name, version, license } of refused)
  console.error(`\`${name}\` ${version}: \`${license ?? "no licence"}\` is not allowed by deny.toml`);
if (refused.length > 0) process.exit(1);
console.log(`${packages.length} crates have licences that are allowed`);
