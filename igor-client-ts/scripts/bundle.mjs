// Writes the runtime as one text, for the generator to put behind the code that it generates:
//
//   runtime.ts     the sources in floor order, without imports, only the public names exported
//   runtime.js     the same without types
//   runtime.names  every name at its top level, which generated types must not have
//
// `npm run bundle` writes them; `npm run bundle -- --check` fails when one is stale.

import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { floors } from "./floors.mjs";

const here = fileURLToPath(new URL("..", import.meta.url));
const target = fileURLToPath(new URL("../../igor/src/emit/", import.meta.url));

const declaration = /^(?:export )?(?:(?:async )?function|class|const|interface|let|type) (\w+)/gm;

/**
 * Makes the three texts.
 *
 * @returns {Record<string, string>} by file name
 */
export function bundle() {
  const files = floors.flat().filter((file) => file !== "index");
  const parts = files.map((file) =>
    readSource(file)
      .replace(/^import .*;\n/gm, "")
      .replace(/^export /gm, "")
      .trim(),
  );
  const names = parts.flatMap((part) =>
    [...part.matchAll(declaration)].map((match) => /** @type {string} */ (match[1])),
  );
  const twice = names.filter((name, index) => names.indexOf(name) !== index);
  if (twice.length > 0) throw new Error(`two files declare \`${twice.join("`, `")}\``);

  const ts = `${parts.join("\n\n")}\n\n${publicNames()}`;
  return {
    "runtime.ts": ts,
    "runtime.js": withoutTypes(ts),
    "runtime.names": `${names.sort().join("\n")}\n`,
  };
}

/**
 * Reads a source file, and fails if it imports from its own floor or above, or in a form that the bundle cannot drop.
 *
 * @param {string} file
 */
function readSource(file) {
  const text = readFileSync(join(here, "src", `${file}.ts`), "utf8");
  const floor = floors.findIndex((names) => names.includes(file));
  const below = floors.slice(0, floor).flat();
  for (const line of text.match(/^import.*/gm) ?? []) {
    const from = /^import .* from "\.\/(\w+)\.js";$/.exec(line)?.[1];
    if (from === undefined || !below.includes(from))
      throw new Error(`\`${file}.ts\` may not do this: ${line}`);
  }
  return text;
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

/**
 * Drops the types with the compiler, which keeps the comments and checks the text as a strict project would.
 *
 * @param {string} ts
 */
function withoutTypes(ts) {
  const folder = mkdtempSync(join(tmpdir(), "igor-bundle-"));
  try {
    writeFileSync(join(folder, "runtime.ts"), ts);
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
    return readFileSync(join(folder, "runtime.js"), "utf8");
  } finally {
    rmSync(folder, { recursive: true });
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  mkdirSync(target, { recursive: true });
  for (const [file, text] of Object.entries(bundle())) {
    if (!process.argv.includes("--check")) {
      writeFileSync(join(target, file), text);
    } else if (readFileSync(join(target, file), "utf8") !== text) {
      console.error(`\`igor/src/emit/${file}\` is stale: run \`npm run bundle\` in \`igor-client-ts\``);
      process.exitCode = 1;
    }
  }
}
