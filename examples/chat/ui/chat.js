// The page: one connection, and what to do when something happens.

import { showStatus } from "./banner.js";
import { Composer } from "./composer.js";
import { element, make } from "./dom.js";
import { face } from "./face.js";
import { connect } from "./igor-client.js";
import { askName } from "./introduction.js";
import { Log } from "./log.js";
import { notice } from "./notices.js";
import { showPeople } from "./people.js";
import { paintPortrait } from "./portrait.js";
import { confirm } from "./question.js";
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

const rooms = new Rooms((room) => void enter(room));
const log = new Log(igor, () => name);
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
  if (status === "open") void settle();
  else goAway();
});

igor.handle("chat.confirm", ({ question }, { signal }) => confirm(question, signal));

igor.on("chat.said", ({ line }) => {
  if (line.room !== log.room) return rooms.countUnread(line.room);
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
 * Brings this page to where it was: when it is loaded or reloaded, when a lost connection is back,
 * and when the program was started anew and knows nobody.
 */
async function settle() {
  await kindly(async () => {
    const me = await igor.chat.me();
    if (me.name !== null) setName(me.name);
    else if (name !== undefined) await igor.chat.introduce(name);
    else setName(await askName(igor));

    const joined = me.rooms.length > 0 ? me.rooms : await joinAll(rooms.joined);
    rooms.set(await igor.chat.rooms(), joined);
    const last = log.room ?? sessionStorage.getItem(SHOWN) ?? LOBBY;
    await show(joined.includes(last) ? last : LOBBY);
    document.body.dataset.state = "here";
    composer.isPaused = false;
  });
}

/** Until this page has settled again, what is written waits and what is said may be missed. */
function goAway() {
  document.body.dataset.state = "away";
  composer.isPaused = true;
  log.miss();
}

/**
 * @param {readonly string[]} names
 */
async function joinAll(names) {
  const joined = await Promise.all([...new Set([LOBBY, ...names])].map((room) => igor.chat.join(room)));
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
 * Does something with the server and says kindly what went wrong. When the connection is lost
 * the banner says so, and the page settles again when it is back.
 *
 * @param {() => Promise<void>} deed
 */
async function kindly(deed) {
  try {
    await deed();
  } catch (error) {
    if (igor.status === "open") notice(unexpected(error));
  }
}
