// Reading aloud: a text from the disk, said line by line, with its progress, until it ends or is stopped.

import { element } from "./dom.js";
import { IgorError } from "./igor-client.js";
import { notice } from "./notices.js";
import { declared, unexpected } from "./words.js";

/** @import { Call, Igor, ReadError } from "./igor-client.js" */

const KIB = 1024;

/** Nobody listens to more. */
const MOST_BYTES = 256 * KIB;

const choose = element("read", HTMLButtonElement);
const chosen = element("text-file", HTMLInputElement);
const panel = element("reading", HTMLDivElement);
const words = element("reading-words", HTMLSpanElement);
const count = element("reading-count", HTMLElement);
const bar = element("reading-progress", HTMLProgressElement);
const stop = element("reading-stop", HTMLButtonElement);

/**
 * Lets whoever uses the page choose a text, to be read aloud in the room that is shown then.
 *
 * @param {Igor} igor
 * @param {() => string | undefined} shown
 */
export function readTexts(igor, shown) {
  choose.onclick = () => (panel.hidden ? chosen.click() : notice("One text at a time, please."));
  chosen.onchange = async () => {
    const [file] = chosen.files ?? [];
    const room = shown();
    if (!file || room === undefined) return;
    if (file.size > MOST_BYTES) notice(`That text is too long: ${MOST_BYTES / KIB} KiB at most.`);
    else await readAloud(igor, room, file);
    chosen.value = ""; // The same file may be chosen again.
  };
}

/**
 * @param {Igor} igor
 * @param {string} room
 * @param {File} file
 */
async function readAloud(igor, room, file) {
  const lines = (await file.text()).split("\n").filter((line) => line.trim() !== "");
  show(0, lines.length);
  words.textContent = `Reading ${file.name} aloud in ${room}`;
  panel.hidden = false;
  // The page sends the lines as they are said; here they could as well come out of a stream.
  const job = igor.chat.readAloud(room, lines);
  stop.onclick = () => job.cancel();
  void follow(job, lines.length);
  try {
    const read = await job.result();
    if (!read.ok) notice(`Line ${read.error.line}: ${declared(read.error.why)}`);
  } catch (error) {
    const isStopped = error instanceof IgorError && error.code === "cancelled";
    notice(isStopped ? `The rest of ${file.name} stays unread.` : unexpected(error));
  }
  panel.hidden = true;
}

/**
 * Shows how far it is. How it ends is for whoever awaits the call.
 *
 * @param {Call<number, number, ReadError>} job
 * @param {number} all
 */
async function follow(job, all) {
  try {
    for await (const said of job) show(said, all);
  } catch {
    // The loop throws what the call rejects with.
  }
}

/**
 * @param {number} said
 * @param {number} all
 */
function show(said, all) {
  bar.value = said / Math.max(all, 1);
  count.textContent = `${said} of ${all} lines`;
}
