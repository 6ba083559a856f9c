// Pictures: what is shown in the log from the server's mount.

import { make } from "./dom.js";
import { IgorError } from "./igor-client.js";

/** @import { Igor } from "./igor-client.js" */

/**
 * Shows pictures of the mount. An `<img>` can show no token, so that each gets a link, which is good for a while and
 * for as long as the program runs. When one is no longer good another is asked for.
 */
export class Pictures {
  /** @type {Igor} */
  #igor;
  /** @type {Set<() => void>} those that wait for the connection */
  #waiting = new Set();

  /**
   * @param {Igor} igor
   */
  constructor(igor) {
    this.#igor = igor;
    igor.onStatus((status) => {
      if (status !== "open") return;
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const link of waiting) link();
    });
  }

  /**
   * @param {string} name in the mount
   * @param {string} alt what is to be seen
   * @returns {HTMLElement}
   */
  show(name, alt) {
    const image = make("img", "");
    image.alt = alt;
    image.loading = "lazy";
    const frame = make("div", "picture is-coming", image);
    let isAnother = false; // the link is not the first: that one was not good

    const link = async () => {
      try {
        image.src = await this.#igor.files.url("pictures", name);
      } catch (error) {
        if (error instanceof IgorError && error.code === "session_lost") this.#waiting.add(link);
        else lack();
      }
    };
    const lack = () => frame.replaceChildren(make("p", "", "This picture is not there any more."));

    image.onload = () => {
      frame.classList.remove("is-coming");
      isAnother = false;
    };
    image.onerror = () => {
      if (this.#igor.status !== "open") return void this.#waiting.add(link);
      if (isAnother) return lack();
      isAnother = true;
      void link();
    };
    void link();
    return frame;
  }
}
