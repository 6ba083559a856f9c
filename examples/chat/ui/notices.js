// Notices: short messages that go away by themselves.

import { element, make } from "./dom.js";

const SHOWN_MS = 6_000;

const notices = element("notices", HTMLDivElement);

/**
 * @param {string} text
 */
export function notice(text) {
  const shown = make("p", "", text);
  notices.append(shown);
  setTimeout(() => shown.remove(), SHOWN_MS);
}
