// The composer: where a line is written. Enter sends it, Shift+Enter begins a new one.

import { element } from "./dom.js";
import { Unsaid } from "./unsaid.js";

/** @import { Igor } from "./igor-client.js" */

/** The others are told that somebody writes no more often than this. */
const TELL_MS = 2_000;

const form = element("say", HTMLFormElement);
const text = element("text", HTMLTextAreaElement);
const send = element("send", HTMLButtonElement);

export class Composer {
  /** @type {string | undefined} */
  #room;
  /** @type {Unsaid} */
  #unsaid;
  #toldAt = -Infinity;

  /**
   * @param {Igor} igor
   */
  constructor(igor) {
    this.#unsaid = new Unsaid(igor, (written) => this.#giveBack(written));
    text.oninput = () => {
      this.#refresh();
      if (this.#room === undefined || send.disabled || igor.status !== "open") return;
      if (performance.now() - this.#toldAt > TELL_MS) {
        this.#toldAt = performance.now();
        void igor.chat.typing(this.#room);
      }
    };
    text.onkeydown = (event) => {
      // An Enter that ends the choice of a letter, as in Japanese, sends nothing.
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
        event.preventDefault();
        form.requestSubmit();
      }
    };
    form.onsubmit = (event) => {
      event.preventDefault();
      if (this.#room === undefined || send.disabled) return;
      this.#unsaid.add(this.#room, text.value);
      text.value = "";
      this.#toldAt = -Infinity;
      this.#refresh();
    };
  }

  /**
   * @param {string} room
   */
  show(room) {
    this.#room = room;
    text.placeholder = `Say something in ${room}`;
    if (matchMedia("(hover: hover)").matches) text.focus();
    this.#refresh();
  }

  /** While the program does not know who writes here, what is sent waits. */
  set isKnown(/** @type {boolean} */ isKnown) {
    if (isKnown) this.#unsaid.release();
    else this.#unsaid.hold();
  }

  /** Nothing more will be sent; what is written can still be read and copied. */
  end() {
    text.readOnly = true;
    this.#refresh();
  }

  /**
   * What was not taken is given back, behind what is being written.
   *
   * @param {string} written
   */
  #giveBack(written) {
    text.value += text.value === "" ? written : `\n${written}`;
    this.#refresh();
  }

  #refresh() {
    send.disabled = this.#room === undefined || text.readOnly || text.value.trim() === "";
  }
}
