// The log: what was said in the room that is shown. Older lines are read when they are looked for.

import { element } from "./dom.js";
import { ShownLine } from "./line.js";
import { notice } from "./notices.js";
import { unexpected } from "./words.js";

/**
 * @import { Igor, Line } from "./igor-client.js"
 * @import { Pictures } from "./picture.js"
 */

/** How many lines are read at once. */
const PAGE = 60;

/** Nearer to the newest line than this the log follows what is said. */
const FOLLOWS_PX = 80;

/** Older lines are read when the oldest that is there is nearer to the window than this. */
const AHEAD_PX = 400;

const scroller = element("log", HTMLElement);
const list = element("lines", HTMLOListElement);
const beginning = element("beginning", HTMLLIElement);
const toNewest = element("to-newest", HTMLButtonElement);

export class Log {
  /** @type {string | undefined} the room that is shown */
  room;
  /** @type {Igor} */
  #igor;
  /** @type {() => string | undefined} the name of whoever reads */
  #me;
  /** @type {Pictures} */
  #pictures;
  /** @type {ShownLine[]} in the order of their numbers */
  #lines = [];
  /** @type {IntersectionObserver} */
  #nearBeginning;
  /** @type {number | undefined} since lines were missed: the last one before, behind which some may be missing */
  #newestKnown;
  /** Ends what is being read when another room is shown. */
  #reading = new AbortController();
  #isReadingOlder = false;
  #hasBeginning = false;

  /**
   * @param {Igor} igor
   * @param {() => string | undefined} me
   * @param {Pictures} pictures
   */
  constructor(igor, me, pictures) {
    this.#igor = igor;
    this.#me = me;
    this.#pictures = pictures;
    this.#nearBeginning = new IntersectionObserver(
      ([entry]) => void (entry?.isIntersecting && this.#readOlder()),
      { root: scroller, rootMargin: `${AHEAD_PX}px 0px 0px` },
    );
    this.#lookForOlder();
    scroller.onscroll = () => {
      if (isAtNewest()) toNewest.hidden = true;
    };
    toNewest.onclick = () => {
      scroller.scrollTo({ top: 0, behavior: "smooth" });
      toNewest.hidden = true;
    };
  }

  /**
   * Shows a room, from its newest lines on.
   *
   * @param {string} room
   */
  async show(room) {
    this.#stopReading();
    this.room = room;
    this.#lines = [];
    this.#newestKnown = undefined;
    this.#hasBeginning = false;
    beginning.textContent = "";
    list.replaceChildren(beginning);
    toNewest.hidden = true;
    await this.#readOlder();
  }

  /** From now on lines may be missed, until the page has caught up; what is being read is given up. */
  miss() {
    this.#newestKnown ??= this.#lines.at(-1)?.line.id ?? (this.#hasBeginning ? 0 : undefined);
    this.#stopReading();
  }

  /** Reads what was missed. */
  async catchUp() {
    const known = this.#newestKnown;
    if (known !== undefined) {
      const end = await this.#read(null, (line) => line.id <= known);
      if (end !== "failed") this.#newestKnown = undefined;
    }
    this.#lookForOlder();
  }

  /**
   * Shows a line that was just said.
   *
   * @param {Line} line
   */
  add(line) {
    const isFollowing = isAtNewest();
    this.#insert(line);
    if (isFollowing || line.who === this.#me()) scroller.scrollTop = 0;
    else toNewest.hidden = false;
  }

  #stopReading() {
    this.#reading.abort();
    this.#reading = new AbortController();
    this.#isReadingOlder = false;
    scroller.ariaBusy = "false";
  }

  async #readOlder() {
    if (this.#isReadingOlder || this.#hasBeginning || this.room === undefined) return;
    const { room, signal } = { room: this.room, signal: this.#reading.signal };
    this.#isReadingOlder = true;
    let count = 0;
    const end = await this.#read(this.#lines[0]?.line.id ?? null, () => count++ === PAGE);
    if (signal.aborted) return;
    this.#isReadingOlder = false;
    if (end === "enough") this.#lookForOlder();
    if (end === "whole") {
      this.#hasBeginning = true;
      beginning.textContent = `This is where ${room} begins.`;
    }
  }

  /** An observer tells of changes only; observing anew tells also when more is wanted already. */
  #lookForOlder() {
    this.#nearBeginning.unobserve(beginning);
    this.#nearBeginning.observe(beginning);
  }

  /**
   * Reads lines, the newest first, until there is enough or the room has no more.
   *
   * @param {number | null} before
   * @param {(line: Line) => boolean} isEnough
   * @returns {Promise<"enough" | "whole" | "failed">}
   */
  async #read(before, isEnough) {
    if (this.room === undefined) return "failed";
    const { signal } = this.#reading;
    scroller.ariaBusy = "true";
    try {
      for await (const line of this.#igor.chat.history(this.room, before, { signal })) {
        // Leaving the loop ends the call: the server reads no further.
        if (isEnough(line)) return "enough";
        this.#insert(line);
      }
      return "whole";
    } catch (error) {
      if (!signal.aborted && this.#igor.status === "open") notice(unexpected(error));
      return "failed";
    } finally {
      if (!signal.aborted) scroller.ariaBusy = "false";
    }
  }

  /**
   * Puts a line in its place; it may be there already, from an event or from the history.
   *
   * @param {Line} line
   */
  #insert(line) {
    const at = this.#lines.findLastIndex((shown) => shown.line.id <= line.id) + 1;
    const before = this.#lines[at - 1];
    if (before?.line.id === line.id) return;
    const shown = new ShownLine(line, this.#me(), this.#pictures);
    const behind = this.#lines[at];
    this.#lines.splice(at, 0, shown);
    (before?.element ?? beginning).after(shown.element);
    shown.standBehind(before);
    behind?.standBehind(shown);
  }
}

/** The log grows upwards, so that its end is at zero. */
function isAtNewest() {
  return scroller.scrollTop > -FOLLOWS_PX;
}
