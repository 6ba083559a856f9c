// The composer: where a line is written. Enter sends it, Shift+Enter begins a new one.

import { element } from "./dom.js";
import { notice } from "./notices.js";
import { Tray } from "./tray.js";
import { Unsaid } from "./unsaid.js";

/**
 * @import { Igor } from "./igor-client.js"
 * @import { Written } from "./unsaid.js"
 */

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
  /** @type {Tray} */
  #tray;
  #toldAt = -Infinity;

  /**
   * @param {Igor} igor
   */
  constructor(igor) {
    this.#unsaid = new Unsaid(igor, (written) => this.#giveBack(written));
    this.#tray = new Tray(igor, () => this.#refresh());
    text.oninput = () => {
      this.#refresh();
      if (this.#room === undefined || text.readOnly || text.value.trim() === "" || igor.status !== "open") return;
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
      this.#unsaid.add({ room: this.#room, text: text.value, picture: this.#tray.take() });
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
    if (matchMedia("(hover: hover)").matches) text.focus();
    this.#refresh();
  }

  /**
   * Takes a picture that goes with the next line.
   *
   * @param {readonly File[]} files
   */
  offer([file, ...others]) {
    if (this.#room === undefined || text.readOnly || !file) return;
    if (others.length > 0) return notice("One picture at a time, please.");
    void this.#tray.put(file);
    text.focus();
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
   * @param {Written} written
   */
  #giveBack({ text: words, picture }) {
    text.value += text.value === "" ? words : `\n${words}`;
    if (picture) this.#tray.giveBack(picture);
    this.#refresh();
  }

  #refresh() {
    const { state } = this.#tray;
    const isEmpty = state === "empty" && text.value.trim() === "";
    send.disabled = this.#room === undefined || text.readOnly || state === "coming" || isEmpty;
    text.placeholder = state === "empty" ? `Say something in ${this.#room}` : "What is to be seen?";
  }
}
