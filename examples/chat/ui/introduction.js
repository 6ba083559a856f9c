// The introduction: asks for a name until the server takes one.

import { element } from "./dom.js";
import { declared, unexpected } from "./words.js";

/** @import { Igor } from "./igor-client.js" */

/** The last name chosen in this browser, offered to whoever comes without one. */
const OFFERED = "chat.name";

const dialog = element("introduction", HTMLDialogElement);
const form = element("introduction-form", HTMLFormElement);
const input = element("name", HTMLInputElement);
const error = element("name-error", HTMLParagraphElement);

/**
 * Asks for a name. Whoever has one may keep it, by Escape; whoever has none must choose.
 *
 * @param {Igor} igor
 * @param {string} [current]
 * @returns {Promise<string>}
 */
export function askName(igor, current) {
  // Who is being asked already may have begun to write.
  if (!dialog.open) {
    input.value = current ?? localStorage.getItem(OFFERED) ?? "";
    error.textContent = "";
    dialog.showModal();
    input.select();
  }
  return new Promise((resolve) => {
    const done = (/** @type {string} */ name) => {
      dialog.close();
      resolve(name);
    };
    form.onsubmit = async (event) => {
      event.preventDefault();
      try {
        const introduced = await igor.chat.introduce(input.value).result();
        if (!introduced.ok) {
          error.textContent = declared(introduced.error);
          return;
        }
        localStorage.setItem(OFFERED, introduced.value.name);
        done(introduced.value.name);
      } catch (failure) {
        error.textContent = unexpected(failure);
      }
    };
    dialog.oncancel = (event) => {
      event.preventDefault();
      if (current !== undefined) done(current);
    };
  });
}
