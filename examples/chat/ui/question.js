// The question: what the server asks whoever sits here.

import { element } from "./dom.js";

const dialog = element("question", HTMLDialogElement);
const text = element("question-text", HTMLParagraphElement);

/**
 * Asks; closing the dialog is a no. When the server no longer waits for the answer the dialog closes by itself.
 *
 * @param {string} question
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}
 */
export function confirm(question, signal) {
  text.textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  signal.onabort = () => dialog.close();
  return new Promise((resolve) => {
    dialog.onclose = () => resolve(dialog.returnValue === "yes");
  });
}
