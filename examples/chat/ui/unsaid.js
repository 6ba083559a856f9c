// What is written and not said yet: it is shown until the program has taken it.

import { element, make } from "./dom.js";
import { IgorError } from "./igor-client.js";
import { notice } from "./notices.js";
import { declared, unexpected } from "./words.js";

/**
 * @import { Igor } from "./igor-client.js"
 * @import { Arrived } from "./tray.js"
 */

/**
 * A line that is written, for a room.
 *
 * @typedef {{ room: string, text: string, picture: Arrived | undefined }} Written
 */

const list = element("unsaid", HTMLOListElement);

/**
 * Says lines one after another, because calls that are made together are carried out together, in any order.
 *
 * While the connection is lost a call waits by itself, in the client. Only when the program knows nobody of this page
 * any more, lines wait here: until the page has said again who it is.
 */
export class Unsaid {
  /** @type {(Written & { element: HTMLLIElement })[]} */
  #lines = [];
  /** @type {Igor} */
  #igor;
  /** @type {(written: Written) => void} */
  #giveBack;
  /** Takes back the call that the program has not got; there is none while nobody knows this page. */
  #known = new AbortController();
  #isSaying = false;

  /**
   * @param {Igor} igor
   * @param {(written: Written) => void} giveBack called with what was not taken
   */
  constructor(igor, giveBack) {
    this.#igor = igor;
    this.#giveBack = giveBack;
    this.#known.abort();
  }

  /**
   * @param {Written} written
   */
  add(written) {
    const { text, picture } = written;
    const element = make("li", "", ...(picture ? [picture.preview] : []), text);
    list.append(element);
    this.#lines.push({ ...written, element });
    void this.#sayAll();
  }

  /** The program does not know this page any more. */
  hold() {
    this.#known.abort();
  }

  /** The program knows this page. */
  release() {
    if (this.#known.signal.aborted) this.#known = new AbortController();
    void this.#sayAll();
  }

  async #sayAll() {
    if (this.#isSaying) return;
    this.#isSaying = true;
    for (let line; !this.#known.signal.aborted && (line = this.#lines[0]); ) {
      const objection = await this.#say(line);
      if (objection === "later") continue;
      this.#lines.shift();
      line.element.remove();
      if (objection === undefined) continue;
      notice(objection);
      this.#giveBack(line);
    }
    this.#isSaying = false;
  }

  /**
   * @param {Written} written
   * @returns {Promise<string | undefined>} why it was not taken
   */
  async #say({ room, text, picture }) {
    const { signal } = this.#known;
    try {
      const said = await this.#igor.chat.say(room, text, picture?.name ?? null, { signal }).result();
      return said.ok ? undefined : declared(said.error);
    } catch (error) {
      const isUnheard = error instanceof IgorError && error.executed === "no";
      return isUnheard && signal.aborted ? "later" : unexpected(error);
    }
  }
}
