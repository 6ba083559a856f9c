// The tray: the picture that goes with the next line, and how much of it has arrived.

import { element, make } from "./dom.js";
import { IgorError } from "./igor-client.js";
import { notice } from "./notices.js";
import { declared, unexpected } from "./words.js";

/** @import { Igor } from "./igor-client.js" */

/**
 * A picture that lies in the mount.
 *
 * @typedef {{ name: string, preview: HTMLCanvasElement }} Arrived
 */

/** How high a preview is, at twice the density. */
const PREVIEW_PX = 144;

const tray = element("tray", HTMLDivElement);
const words = element("tray-words", HTMLParagraphElement);
const bar = element("tray-progress", HTMLProgressElement);
const remove = element("tray-remove", HTMLButtonElement);

export class Tray {
  /** @type {Igor} */
  #igor;
  /** @type {() => void} */
  #onChange;
  /** Ends what is under way to the tray. */
  #coming = new AbortController();
  /** @type {Arrived | undefined} */
  #arrived;

  /**
   * @param {Igor} igor
   * @param {() => void} onChange called when there is a picture, when it has arrived, and when there is none
   */
  constructor(igor, onChange) {
    this.#igor = igor;
    this.#onChange = onChange;
    remove.onclick = () => this.#clear();
  }

  /** @returns {"empty" | "coming" | "arrived"} */
  get state() {
    if (tray.hidden) return "empty";
    return this.#arrived ? "arrived" : "coming";
  }

  /**
   * Has a picture uploaded, in the place of the one that is there.
   *
   * @param {File} file
   */
  async put(file) {
    this.#clear();
    const { signal } = (this.#coming = new AbortController());
    this.#show(`${file.name} is on its way`);
    try {
      // The program says whether it takes such a picture and gives it its name, so that no name of ours is ever a path.
      const named = await this.#igor.chat.picture(file.type, file.size, { signal }).result();
      if (!named.ok) return this.#refuse(signal, declared(named.error));
      const preview = await draw(file);
      if (!preview) return this.#refuse(signal, "No browser can show this picture.");
      if (signal.aborted) return;
      this.#show(`${file.name} is on its way`, preview);
      await this.#igor.files.upload("pictures", named.value, file, {
        ifNoneMatch: "*",
        signal,
        onProgress: ({ doneBytes, totalBytes }) => (bar.value = doneBytes / (totalBytes ?? file.size)),
      });
      this.#hold({ name: named.value, preview }, `${file.name} is ready`);
    } catch (error) {
      this.#refuse(signal, objection(error));
    }
  }

  /**
   * Takes the picture out.
   *
   * @returns {Arrived | undefined}
   */
  take() {
    const arrived = this.#arrived;
    if (arrived) this.#clear();
    return arrived;
  }

  /**
   * Puts back what was not said after all, unless there is another by now.
   *
   * @param {Arrived} picture
   */
  giveBack(picture) {
    if (tray.hidden) this.#hold(picture, "This picture was not shown");
  }

  /**
   * @param {Arrived} picture
   * @param {string} text
   */
  #hold(picture, text) {
    this.#arrived = picture;
    this.#show(text, picture.preview);
  }

  /**
   * @param {AbortSignal} signal of what was refused; who gave it up knows
   * @param {string} text
   */
  #refuse(signal, text) {
    if (signal.aborted) return;
    this.#clear();
    notice(text);
  }

  /**
   * @param {string} text
   * @param {HTMLCanvasElement} [preview]
   */
  #show(text, preview) {
    tray.querySelector("canvas")?.remove();
    if (preview) tray.prepend(preview);
    words.textContent = text;
    bar.hidden = this.#arrived !== undefined;
    tray.hidden = false;
    this.#onChange();
  }

  #clear() {
    this.#coming.abort();
    this.#arrived = undefined;
    bar.removeAttribute("value");
    tray.hidden = true;
    this.#onChange();
  }
}

/**
 * A small copy. It is drawn, and not shown from the file itself, so that the page's policy need not let more in.
 *
 * @param {File} file
 * @returns {Promise<HTMLCanvasElement | undefined>} nothing when it is no picture
 */
async function draw(file) {
  try {
    const bitmap = await createImageBitmap(file, { resizeHeight: PREVIEW_PX, resizeQuality: "medium" });
    const canvas = make("canvas", "");
    Object.assign(canvas, { width: bitmap.width, height: bitmap.height });
    canvas.getContext("2d")?.drawImage(bitmap, 0, 0);
    bitmap.close();
    return canvas;
  } catch {
    return undefined;
  }
}

/**
 * @param {unknown} error
 */
function objection(error) {
  const isLost = error instanceof IgorError && error.code === "session_lost";
  return isLost ? "The picture did not get through. Please try again." : unexpected(error);
}
