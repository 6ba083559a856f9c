// The portrait: a long call, with its progress, that can be cancelled at any time.

import { element, make } from "./dom.js";
import { face } from "./face.js";
import { IgorError } from "./igor-client.js";
import { notice } from "./notices.js";
import { unexpected } from "./words.js";

/** @import { Igor, Portrait, Tally } from "./igor-client.js" */

const dialog = element("portrait", HTMLDialogElement);
const title = element("portrait-title", HTMLHeadingElement);
const painting = element("painting", HTMLDivElement);
const bar = element("portrait-progress", HTMLProgressElement);
const count = element("portrait-count", HTMLParagraphElement);
const painted = element("painted", HTMLDivElement);

for (const id of ["portrait-cancel", "portrait-close"]) {
  element(id, HTMLButtonElement).onclick = () => dialog.close();
}

/**
 * @param {Igor} igor
 * @param {string} room
 */
export async function paintPortrait(igor, room) {
  title.textContent = `Painting ${room}`;
  count.textContent = "Sharpening the pencil";
  bar.value = 0;
  [painting.hidden, painted.hidden] = [false, true];
  dialog.showModal();
  const job = igor.chat.portrait(room);
  // Escape and both buttons close the dialog; a call that has ended is cancelled in vain.
  dialog.onclose = () => job.cancel();
  try {
    for await (const { done, all } of job) {
      bar.value = done / Math.max(all, 1);
      count.textContent = `${done} of ${all} lines`;
    }
    hang(room, await job);
  } catch (error) {
    const isCancelled = error instanceof IgorError && error.code === "cancelled";
    notice(isCancelled ? "The portrait stays unfinished." : unexpected(error));
    dialog.close();
  }
}

/**
 * @param {string} room
 * @param {Portrait} portrait
 */
function hang(room, { lines, words, talkers, favourites, hours, silenceMs }) {
  title.textContent = `A portrait of ${room}`;
  painted.replaceChildren(
    make("p", "figures", figure(lines, "lines"), figure(words, "words"), figure(span(silenceMs), "longest silence")),
    make("h3", "", "Around the clock"),
    clock(hours),
    make("h3", "", "Who said it"),
    make("ul", "talkers", ...talkers.map((talker) => bars(talker, talkers))),
    make("h3", "", "Words that come back"),
    make("p", "favourites", ...favourites.map((word) => sized(word, favourites))),
  );
  [painting.hidden, painted.hidden] = [true, false];
}

/**
 * @param {number | string} value
 * @param {string} of
 */
function figure(value, of) {
  return make("span", "", make("b", "", typeof value === "number" ? value.toLocaleString() : value), of);
}

/**
 * The hours of the day, turned from UTC to where this page is.
 *
 * @param {readonly number[]} hours
 */
function clock(hours) {
  const offset = Math.round(new Date().getTimezoneOffset() / 60);
  const most = Math.max(...hours, 1);
  const chart = make("div", "hours");
  for (let hour = 0; hour < 24; hour++) {
    const lines = hours[(hour + offset + 24) % 24] ?? 0;
    const column = make("i", "");
    column.style.setProperty("--share", String(lines / most));
    column.title = `${hour}:00: ${lines}`;
    chart.append(column);
  }
  chart.setAttribute("role", "img");
  chart.setAttribute("aria-label", `Lines in each hour of the day: ${[...chart.children].map((column) => column.getAttribute("title")).join(", ")}`);
  return chart;
}

/**
 * @param {Tally} talker
 * @param {readonly Tally[]} all
 */
function bars({ of, count }, all) {
  const bar = make("li", "", face(of), make("span", "name", of), make("i", ""), make("small", "", String(count)));
  bar.style.setProperty("--share", String(count / (all[0]?.count ?? count)));
  return bar;
}

/**
 * @param {Tally} word
 * @param {readonly Tally[]} all
 */
function sized({ of, count }, all) {
  const word = make("span", "", of);
  word.style.setProperty("--share", String(count / (all[0]?.count ?? count)));
  word.title = `${count} times`;
  return word;
}

/**
 * @param {number} ms
 */
function span(ms) {
  const minutes = Math.round(ms / 60_000);
  if (minutes < 1) return "moments";
  if (minutes < 120) return `${minutes} min`;
  const hours = Math.round(minutes / 60);
  return hours < 48 ? `${hours} h` : `${Math.round(hours / 24)} days`;
}
