// The client of one server, written by igor 0.1.0 from its Rust. Do not edit: it is written anew.
/* eslint-disable */

import { open } from "igor-client-ts";
import { files } from "igor-client-ts/files";
import { inputs } from "igor-client-ts/inputs";
import { requests } from "igor-client-ts/requests";
export * from "igor-client-ts";

/** Names the contract that this client was written for; a program that starts the server may ask for the same. */
export const contract = {
  hash: "3ee72e7711e061df",
  names: {
    "ask_name": "4422a9ed",
    "chat.history": "98bf0be4",
    "chat.import": "0b38337c",
    "chat.list_rooms": "ec599ad5",
    "chat.said": "dba44361",
    "chat.say": "22a475e4",
    "confirm": "5dfa461a",
    "ping": "19ea30ab",
    "table.fill": "737b222c",
  },
};

/** The actions of this server. */
const actions = (call) => ({
  chat: {
    /**
     * Reads a room's history, oldest first.
     *
     * At most `limit` lines.
     */
    history: (roomId, options_, before, limit, options) => call.stream("chat.history", { room_id: roomId, options: options_, before, limit }, options),
    import: (path, options) => call.outputs("chat.import", path, options),
    listRooms: (after, options) => call.value("chat.list_rooms", after, options),
    /** Says a line in a room. */
    say: (room, text, options) => call.value("chat.say", { room, text }, options),
  },
  /** Does nothing. */
  ping: (options) => call.value("ping", undefined, options),
  table: {
    /** Takes rows, and says on the way how many there are. */
    fill: (table, rows, first, options) => call.sending(rows).outputs("table.fill", { table, first }, options),
  },
});

/**
 * Connects to the server. It answers at once; calls wait for the connection.
 *
 * Without a `url` a page speaks to the server that it came from, everything else to `ws://127.0.0.1:5678/`.
 */
export function connect(url, options) {
  return open(contract, actions, url, options, [files(), inputs(), requests()]);
}
