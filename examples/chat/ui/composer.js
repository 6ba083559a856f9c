// The composer: where a line is written. Enter sends it, Shift+Enter begins a new one.

import { element } from "./dom.js";
import { notice } from "./notices.js";
import { declared, unexpected } from "./words.js";

/** @import { Igor } from "./igor-client.js" */

/** The others are told that somebody writes no more often than this. */
const TELL_MS = 2_000;

const form = element("say", HTMLFormElement);
const text = element("text", HTMLTextAreaElement);
const send = element("send", HTMLButtonElement);

export class Composer {
  /** @type {string | undefined} */
  #room;
  #isPaused = true;
  #toldAt = -Infinity;

  /**
   * @param {Igor} igor
   */
  constructor(igor) {
    text.oninput = () => {
      this.#refresh();
      if (this.#canSend() && performance.now() - this.#toldAt > TELL_MS) {
        this.#toldAt = performance.now();
        void igor.chat.typing(this.#room ?? "");
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
      void this.#say(igor);
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

  /** While the server cannot be reached, what is written stays where it is. */
  set isPaused(/** @type {boolean} */ isPaused) {
    this.#isPaused = isPaused;
    this.#refresh();
  }

  /**
   * @param {Igor} igor
   */
  async #say(igor) {
    if (!this.#canSend() || this.#room === undefined) return;
    const written = text.value;
    text.value = "";
    this.#toldAt = -Infinity;
    this.#refresh();
    try {
      const said = await igor.chat.say(this.#room, written).result();
      if (said.ok) return;
      notice(declared(said.error));
    } catch (error) {
      notice(unexpected(error));
    }
    // It was not taken, so it is given back, unless something else is being written.
    text.value ||= written;
    this.#refresh();
  }

  #canSend() {
    return !this.#isPaused && text.value.trim() !== "";
  }

  #refresh() {
    send.disabled = !this.#canSend();
  }
}
