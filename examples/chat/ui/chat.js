// The page: one connection, and what to do when something happens.

import { showStatus } from "./banner.js";
import { Composer } from "./composer.js";
import { element, make } from "./dom.js";
import { takeFiles } from "./drop.js";
import { face } from "./face.js";
import { connect } from "./igor-client.js";
import { askName } from "./introduction.js";
import { Log } from "./log.js";
import { notice } from "./notices.js";
import { showPeople } from "./people.js";
import { Pictures } from "./picture.js";
import { paintPortrait } from "./portrait.js";
import { confirm } from "./question.js";
import { readTexts } from "./reading.js";
import { Rooms } from "./rooms.js";
import { declared, unexpected } from "./words.js";
import { hasWritten, nobodyWrites, writes } from "./writing.js";

/** The room that everybody is in: a page begins here, and comes back here from a room it leaves. */
const LOBBY = "lobby";

/** Which room this page showed, for when it is reloaded. */
const SHOWN = "chat.room";

const igor = connect();

/** @type {string | undefined} the name of whoever uses this page */
let name;

/** Whether the page shows what the program knows; a connection that is lost and found again changes nothing in it. */
let isHere = false;

/** @type {AbortController | undefined} ends the settling that is under way */
let settling;

const rooms = new Rooms((room) => void enter(room));
const log = new Log(igor, () => name, new Pictures(igor));
const composer = new Composer(igor);

const drawer = element("rooms", HTMLElement);
const title = element("room-title", HTMLHeadingElement);
const rename = element("rename", HTMLButtonElement);
const paint = element("paint", HTMLButtonElement);
const leave = element("leave", HTMLButtonElement);
const newRoom = element("new-room", HTMLFormElement);
const newRoomName = element("new-room-name", HTMLInputElement);

showStatus(igor.status);
igor.onStatus((status, why) => {
  showStatus(status, why);
  if (status === "open" && !isHere) void settle();
  if (status === "lost" || status === "closed") composer.end();
});

// The program knows nobody of this page any more: the page settles when it is back.
igor.onSessionLost(() => {
  miss();
  setHere(false);
});

// More happened while the connection was lost than the program could keep for this page.
igor.onMissed(() => {
  miss();
  void settle();
});

igor.handle("chat.confirm", ({ question }, { signal }) => confirm(question, signal));

igor.on("chat.said", ({ line }) => {
  if (line.room !== log.room) {
    // What this page itself reads aloud there, somebody knows.
    if (line.who !== name) rooms.countUnread(line.room);
    return;
  }
  if (line.who !== null) hasWritten(line.who);
  log.add(line);
});

igor.on("chat.people", ({ room, people }) => {
  rooms.setPeople(room, people);
  if (room === log.room) showPeople(people, igor.clientId);
});

igor.on("chat.writing", ({ room, person }) => {
  if (room === log.room) writes(person.name);
});

rename.onclick = async () => setName(await askName(igor, name));

takeFiles((files) => composer.offer(files));

readTexts(igor, () => log.room);

paint.onclick = () => void (log.room !== undefined && paintPortrait(igor, log.room));

leave.onclick = async () => {
  const { room } = log;
  if (room === undefined) return;
  await kindly(async () => {
    await igor.chat.leave(room);
    rooms.leave(room);
    await enter(LOBBY);
  });
};

newRoom.onsubmit = async (event) => {
  event.preventDefault();
  await enter(newRoomName.value);
  newRoomName.value = "";
};

/**
 * Brings this page to where it was: when it is loaded or reloaded, when it has missed something,
 * and when the program was started anew and knows nobody.
 */
async function settle() {
  if (settling) return;
  const own = (settling = new AbortController());
  const { signal } = own;
  await kindly(async () => {
    const me = await igor.chat.me({ signal });
    if (me.name !== null) setName(me.name);
    else if (name !== undefined) await igor.chat.introduce(name, { signal });
    else setName(await askName(igor));

    const joined = me.rooms.length > 0 ? me.rooms : await joinAll(rooms.joined, signal);
    rooms.set(await igor.chat.rooms({ signal }), joined);
    const last = log.room ?? sessionStorage.getItem(SHOWN) ?? LOBBY;
    await show(joined.includes(last) ? last : LOBBY);
    if (!signal.aborted) setHere(true);
  }, signal);
  if (settling === own) settling = undefined;
}

/** From now on the page shows less than there is, until it has settled anew. */
function miss() {
  settling?.abort();
  settling = undefined;
  log.miss();
}

/**
 * @param {boolean} here
 */
function setHere(here) {
  isHere = here;
  composer.isKnown = here;
  document.body.dataset.state = here ? "here" : "away";
}

/**
 * @param {readonly string[]} names
 * @param {AbortSignal} signal
 */
async function joinAll(names, signal) {
  const wanted = [...new Set([LOBBY, ...names])];
  const joined = await Promise.all(wanted.map((room) => igor.chat.join(room, { signal })));
  return joined.map((room) => room.name);
}

/**
 * Enters a room, which is made if it is not there, and shows it.
 *
 * @param {string} wanted
 */
async function enter(wanted) {
  if (igor.status !== "open") return notice("Not while the connection is lost.");
  await kindly(async () => {
    const entered = await igor.chat.join(wanted).result();
    if (!entered.ok) return notice(declared(entered.error));
    rooms.setPeople(entered.value.name, entered.value.people);
    await show(entered.value.name);
  });
}

/**
 * @param {string} room
 */
async function show(room) {
  drawer.hidePopover();
  sessionStorage.setItem(SHOWN, room);
  title.textContent = room;
  document.title = `${room} · Igor chat`;
  paint.disabled = false;
  leave.hidden = room === LOBBY;
  const isAnother = log.room !== room;
  rooms.show(room);
  showPeople(rooms.people(room), igor.clientId);
  composer.show(room);
  if (isAnother) nobodyWrites();
  await (isAnother ? log.show(room) : log.catchUp());
}

/**
 * @param {string} chosen
 */
function setName(chosen) {
  name = chosen;
  rename.replaceChildren(face(chosen), make("span", "name", chosen), make("small", "", "change"));
}

/**
 * Does something with the server and says kindly what went wrong. When there is no connection
 * the banner says so, and what was given up on purpose went as it should.
 *
 * @param {() => Promise<void>} deed
 * @param {AbortSignal} [signal] by which the deed may be given up
 */
async function kindly(deed, signal) {
  try {
    await deed();
  } catch (error) {
    if (igor.status === "open" && !signal?.aborted) notice(unexpected(error));
  }
}
