// The banner: says when the program cannot be reached.

import { element } from "./dom.js";

/** @import { Status } from "./igor-client.js" */

const BACK_MS = 2_000;

const banner = element("banner", HTMLParagraphElement);

/** @type {Record<Exclude<Status, "open">, string>} */
const words = {
  connecting: "Looking for the program…",
  resuming: "The connection is lost. Trying to get it back…",
  lost: "This page was not let in. Open the link that the program printed.",
  closed: "This page has ended. Reload it to come back.",
};

/** @type {ReturnType<typeof setTimeout> | undefined} */
let hiding;

/**
 * @param {Status} status
 */
export function showStatus(status) {
  clearTimeout(hiding);
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
