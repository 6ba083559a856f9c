// The last lines of a log, for the error that says why a program ended.

import { tailChars, tailLines } from "./options.js";

/** Keeps the last lines, each cut to a length that can be read. */
export class Tail {
  readonly #lines: string[] = [];

  add(line: string): void {
    this.#lines.push(line.slice(0, tailChars));
    if (this.#lines.length > tailLines) this.#lines.shift();
  }

  /** The lines under a text, indented; the text alone if there are none. */
  under(text: string): string {
    return [text, ...this.#lines.map((line) => `  ${line}`)].join("\n");
  }
}
