// The banner: says when the program cannot be reached.

import { element } from "./dom.js";

/** @import { Status } from "./igor-client.js" */

const BACK_MS = 2_000;

const banner = element("banner", HTMLParagraphElement);

/** @type {Record<Exclude<Status, "open">, string>} */
const words = {
  connecting: "Looking for the program…",
  resuming: "Connection lost, trying again…",
  lost: "This page is not let in. Open the link that the program printed.",
  closed: "This page has ended. Reload it to come back.",
};

/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

/**
 * @param {Status} status
 * @param {string} [why] the client's own words, which are shown to whoever asks
 */
export function showStatus(status, why = "") {
  clearTimeout(hiding);
  banner.title = why;
  if (status !== "open") {
    banner.textContent = words[status];
    banner.hidden = false;
  } else if (!banner.hidden && banner.dataset.status === "resuming") {
    banner.textContent = "Back again.";
    hiding = setTimeout(() => (banner.hidden = true), BACK_MS);
  } else {
    banner.hidden = true;
  }
  banner.dataset.status = status;
}
