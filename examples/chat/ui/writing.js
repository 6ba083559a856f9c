// Writing: who is about to say something in the room that is shown.

import { element } from "./dom.js";

/** A page tells that somebody writes more often than this; without news it is over. */
const HOLDS_MS = 4_000;

const line = element("writing", HTMLParagraphElement);

/** @type {Map<string, ReturnType<typeof setTimeout>>} */
const writers = new Map();

/**
 * @param {string} name
 */
export function writes(name) {
  clearTimeout(writers.get(name));
  writers.set(name, setTimeout(() => hasWritten(name), HOLDS_MS));
  show();
}

/**
 * @param {string} name
 */
export function hasWritten(name) {
  clearTimeout(writers.get(name));
  if (writers.delete(name)) show();
}

/** Nobody does: another room is shown. */
export function nobodyWrites() {
  for (const timer of writers.values()) clearTimeout(timer);
  writers.clear();
  show();
}

function show() {
  const [first, second, third] = writers.keys();
  line.classList.toggle("is-on", first !== undefined);
  // The words stay while they fade.
  if (first === undefined) return;
  if (second === undefined) line.textContent = `${first} is writing`;
  else if (third === undefined) line.textContent = `${first} and ${second} are writing`;
  else line.textContent = "Several people are writing";
}
