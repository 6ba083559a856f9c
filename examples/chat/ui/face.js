// A face: the initial of a name on a colour of its own.

import { make } from "./dom.js";

/**
 * @param {string} name
 */
export function face(name) {
  const made = make("span", "face", [...name][0]?.toUpperCase() ?? "?");
  made.style.setProperty("--hue", String(hue(name)));
  made.setAttribute("aria-hidden", "true");
  return made;
}

/**
 * The same colour for the same name, on every page.
 *
 * @param {string} name
 */
export function hue(name) {
  let hash = 7;
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) % 9973;
  return (hash * 137) % 360;
}
