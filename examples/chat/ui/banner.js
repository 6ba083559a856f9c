// The banner: says what is the matter while there is no connection.

import { element } from "./dom.js";

/** @import { Status } from "./igor-client.js" */

const BACK_MS = 2_000;

/** How the client calls a socket of which the browser tells nothing but that it is gone. */
const GONE = "closed with 1006";

const banner = element("banner", HTMLParagraphElement);

/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

/**
 * @param {Status} status
 * @param {string} [why] the client's own words
 */
export function showStatus(status, why) {
  clearTimeout(hiding);
  const isBack = status === "open" && banner.dataset.status === "resuming";
  if (isBack) hiding = setTimeout(() => (banner.hidden = true), BACK_MS);
  banner.hidden = status === "open" && !isBack;
  banner.dataset.status = status;
  const text = words(status, why === GONE ? "the program does not answer" : why);
  // What has not changed is not read out again.
  if (banner.textContent !== text) banner.textContent = text;
}

/**
 * @param {Status} status
 * @param {string | undefined} why
 */
function words(status, why) {
  switch (status) {
    case "open":
      return "Back again.";
    case "connecting":
      return why ? `No connection yet: ${why}. Trying again…` : "Looking for the program…";
    case "resuming":
      return `Connection lost: ${why}. Trying again…`;
    case "lost":
      return `This page is not let in: ${why}. Open the link that the program printed.`;
    case "closed":
      return "This page has ended. Reload it to come back.";
  }
}
