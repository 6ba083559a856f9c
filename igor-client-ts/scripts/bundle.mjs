// Writes the runtime as text, for the generator to put behind the code that it generates:
//
//   runtime.ts         the core in floor order, without imports, only the public names exported
//   modules/<name>.ts  a module, to stand behind the core of a client that needs it
//   runtime.js         the same without types,
//   modules/<name>.js  and so here
//   runtime.names      every name at the top level of any of them, which generated types must not have
//
// `npm run bundle` writes them; `npm run bundle -- --check` fails when one is stale.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { floors, modules } from "./floors.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const target = fileURLToPath(new URL("../../igor/src/emit/", import.meta.url));

const declaration = /^(?:export )?(?:(?:async )?function|class|const|interface|let|type) (\w+)/gm;

/**
 * Makes the texts.
 *
 * @returns {Record<string, string>} by file name
 */
export function bundle() {
  const files = floors.flat().filter((file) => file !== "index");
  const core = files.map((file) => readSource(file, belowInCore(file)));
  const behind = Object.entries(modules).map(([name, own]) => {
    const parts = own.map((file, at) => {
      const below = [...files.map((path) => `../${path}`), ...own.slice(0, at).map((path) => `./${path}`)];
      return readSource(`${name}/${file}`, below);
    });
    return { name, parts, types: publicTypes(parts.at(-1) ?? "") };
  });
  const names = [...core, ...behind.flatMap(({ parts }) => parts)].flatMap((part) =>
    [...part.matchAll(declaration)].map((match) => /** @type {string} */ (match[1])),
  );
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`two files declare \`${twice.join("`, `")}\``);

  const texts = [
    { file: "runtime", text: `${joined(core)}\n${publicNames()}` },
    ...behind.map(({ name, parts, types }) => ({ file: `modules/${name}`, text: joined(parts) + types })),
  ];
  const scripts = withoutTypes(texts.map(({ text }) => text));
  return {
    ...Object.fromEntries(texts.map(({ file, text }) => [`${file}.ts`, text])),
    ...Object.fromEntries(texts.map(({ file }, at) => [`${file}.js`, scripts[at] ?? ""])),
    "runtime.names": `${names.sort().join("\n")}\n`,
  };
}

/**
 * What a file of the core may import.
 *
 * @param {string} file
 */
function belowInCore(file) {
  const floor = floors.findIndex((names) => names.includes(file));
  return floors.slice(0, floor).flat().map((path) => `./${path}`);
}

/**
 * Reads a source file, and fails if it imports what it may not, or in a form that the bundle cannot drop.
 *
 * @param {string} file
 * @param {readonly string[]} below
 */
function readSource(file, below) {
  const text = readFileSync(join(here, "src", `${file}.ts`), "utf8");
  for (const line of text.match(/^import.*/gm) ?? []) {
    const from = /^import .* from "(\.\.?\/\w+)\.js";$/.exec(line)?.[1];
    if (from === undefined || !below.includes(from))
      throw new Error(`\`${file}.ts\` may not do this: ${line}`);
  }
  return text.replace(/^import .*;\n/gm, "").trim();
}

/** @param {readonly string[]} parts */
function joined(parts) {
  return `${parts.map((part) => part.replace(/^export /gm, "")).join("\n\n")}\n`;
}

/**
 * The types that the last file of a module exports, for its users. Its function is named by generated code alone.
 *
 * @param {string} part
 */
function publicTypes(part) {
  const names = [...part.matchAll(/^export (?:interface|type) (\w+)/gm)].map(([, name]) => name);
  return names.length > 0 ? `\nexport type { ${names.join(", ")} };\n` : "";
}

/** The export list of the package, for one file instead of many. */
function publicNames() {
  const lines = readFileSync(join(here, "src/index.ts"), "utf8").matchAll(
    /^export (type )?\{ (.*) \} from /gm,
  );
  /** @type {{ values: string[], types: string[] }} */
  const found = { values: [], types: [] };
  for (const [, type, names = ""] of lines) (type ? found.types : found.values).push(...names.split(", "));
  return `export { ${found.values.join(", ")} };\nexport type { ${found.types.join(", ")} };\n`;
}

/** A statement that the compiler keeps, to tell its texts apart again. */
const seam = '"the next module";\n';

/**
 * Drops the types with the compiler, which keeps the comments and checks the texts together as a strict project would.
 *
 * @param {readonly string[]} texts
 * @returns {string[]}
 */
function withoutTypes(texts) {
  const folder = mkdtempSync(join(tmpdir(), "igor-bundle-"));
  try {
    writeFileSync(join(folder, "runtime.ts"), `${texts.join(seam)}export { ${Object.keys(modules).join(", ")} };\n`);
    writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
    const config = {
      extends: join(here, "tsconfig.json"),
      compilerOptions: { noEmit: false, noEmitOnError: true, types: [] },
      include: [],
      files: ["runtime.ts"],
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify(config));
    execFileSync(join(here, "node_modules/.bin/tsc"), ["--project", folder], {
      stdio: ["ignore", "inherit", "inherit"],
    });
    const text = readFileSync(join(folder, "runtime.js"), "utf8");
    return text.slice(0, text.lastIndexOf("export {")).split(seam);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(join(target, "modules"), { recursive: true });
  for (const [file, text] of Object.entries(bundle())) {
    if (!process.argv.includes("--check")) {
      writeFileSync(join(target, file), text);
    } else if (readFileSync(join(target, file), "utf8") !== text) {
      console.error(`\`igor/src/emit/${file}\` is stale: run \`npm run bundle\` in \`igor-client-ts\``);
      process.exitCode = 1;
    }
  }
}
