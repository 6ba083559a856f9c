// Builds the app into `dist`: the main process, the page and the preload.

import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, existsSync, mkdirSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const path = (/** @type {string} */ name) => fileURLToPath(new URL(name, import.meta.url));
const ui = path("../ui");

// In this repository the package of igor is not built, as one from npm is, and may have changed since the last time.
const client = path("../../../igor-client-ts");
const npm = (/** @type {string[]} */ ...args) =>
  execFileSync("npm", args, { cwd: client, stdio: "inherit", shell: process.platform === "win32" });
if (!existsSync(`${client}/node_modules`)) npm("ci");
npm("run", "--silent", "build");

rmSync(path("dist"), { recursive: true, force: true });
mkdirSync(path("dist/page"), { recursive: true });

await build({
  entryPoints: [path("src/main.ts")],
  outfile: path("dist/main.js"),
  bundle: true,
  external: ["electron"],
  format: "esm",
  platform: "node",
  target: "node22",
});
await build({
  entryPoints: [`${ui}/chat.js`],
  outfile: path("dist/page/chat.js"),
  bundle: true,
  format: "esm",
  minify: true,
  target: "chrome140",
});
cpSync(ui, path("dist/page"), { recursive: true, filter: (file) => file === ui || /\.(html|css|svg)$/.test(file) });
// Beside the bundle of the main process, where `startIgor` looks for it.
copyFileSync(createRequire(import.meta.url).resolve("igor-client-ts/electron/preload"), path("dist/preload.cjs"));
