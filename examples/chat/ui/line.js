// One line of the log, as an element.

import { make } from "./dom.js";
import { face, hue } from "./face.js";

/**
 * @import { Line } from "./igor-client.js"
 * @import { Pictures } from "./picture.js"
 */

/** Lines of one person closer than this belong together. */
const TOGETHER_MS = 5 * 60_000;

const LINK = /https?:\/\/[^\s<>"]+[^\s<>".,:;!?)\]]/g;

const clock = new Intl.DateTimeFormat(undefined, { hour: "numeric", minute: "2-digit" });
const date = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });

/** A line that is shown. */
export class ShownLine {
  /** @type {Line} */
  line;
  /** @type {HTMLLIElement} */
  element;

  /**
   * @param {Line} line
   * @param {string | undefined} me the name of whoever reads
   * @param {Pictures} pictures
   */
  constructor(line, me, pictures) {
    this.line = line;
    const time = make("time", "", clock.format(line.at));
    time.dateTime = new Date(line.at).toISOString();
    const said = line.text === "" ? [] : [make("p", "text", ...withLinks(line.text))];
    if (line.who === null) {
      this.element = make("li", "line igor", ...said);
    } else {
      const alt = line.text || `A picture that ${line.who} shows without a word`;
      const shown = line.picture === null ? [] : [pictures.show(line.picture, alt)];
      const by = make("p", "by", make("b", "", line.who), time);
      this.element = make("li", "line", face(line.who), make("div", "", by, ...shown, ...said));
      this.element.classList.toggle("mine", line.who === me);
      this.element.style.setProperty("--hue", String(hue(line.who)));
    }
  }

  /**
   * Shows who and when, and the day, unless the line before says so already.
   *
   * @param {ShownLine | undefined} before
   */
  standBehind(before) {
    const day = date.format(this.line.at);
    const isNewDay = before === undefined || date.format(before.line.at) !== day;
    const isTogether =
      !isNewDay && before.line.who === this.line.who && this.line.at - before.line.at < TOGETHER_MS;
    this.element.classList.toggle("first", !isTogether);
    if (isNewDay) this.element.dataset.day = day;
    else delete this.element.dataset.day;
  }
}

/**
 * @param {string} text
 * @returns {(Node | string)[]}
 */
function withLinks(text) {
  /** @type {(Node | string)[]} */
  const parts = [];
  let end = 0;
  for (const { 0: url, index } of text.matchAll(LINK)) {
    const link = make("a", "", url);
    Object.assign(link, { href: url, target: "_blank", rel: "noopener noreferrer" });
    parts.push(text.slice(end, index), link);
    end = index + url.length;
  }
  return [...parts, text.slice(end)];
}
