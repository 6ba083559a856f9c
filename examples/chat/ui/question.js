// The question: what the server asks whoever sits here, one thing at a time.

import { element } from "./dom.js";

const dialog = element("question", HTMLDialogElement);
const text = element("question-text", HTMLParagraphElement);

/** @type {Promise<unknown>} settled when nothing is asked that came before */
let before = Promise.resolve();

/**
 * Asks, when what came before is answered; closing the dialog is a no. A question whose answer the server no longer
 * waits for is taken back.
 *
 * @param {string} question
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}
 */
export function confirm(question, signal) {
  const answer = before.then(() => !signal.aborted && ask(question, signal));
  before = answer;
  return answer;
}

/**
 * @param {string} question
 * @param {AbortSignal} signal
 * @returns {Promise<boolean>}
 */
function ask(question, signal) {
  text.textContent = question;
  dialog.returnValue = "";
  dialog.showModal();
  return new Promise((resolve) => {
    signal.onabort = () => dialog.close();
    dialog.onclose = () => {
      signal.onabort = null; // The dialog is the next question's.
      resolve(dialog.returnValue === "yes");
    };
  });
}
