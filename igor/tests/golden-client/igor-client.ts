// The client of one server, written by igor 0.1.0 from its Rust. Do not edit: it is written anew.
/* eslint-disable */

import { open } from "igor-client-ts";
import { files } from "igor-client-ts/files";
import { inputs } from "igor-client-ts/inputs";
import { requests } from "igor-client-ts/requests";
import type { Call, CallOptions, Client, ConnectOptions, Contract, Stream } from "igor-client-ts";
import type { Files } from "igor-client-ts/files";
import type { Input, SendingCaller } from "igor-client-ts/inputs";
import type { RequestHandlers } from "igor-client-ts/requests";
export * from "igor-client-ts";
export type * from "igor-client-ts/files";
export type * from "igor-client-ts/inputs";
export type * from "igor-client-ts/requests";

export type Topic =
  | "None"
  /** Any text, but "nothing". */
  | { Text: string }
  /**
   * A picture.
   *
   * In pixels.
   */
  | { Picture: { width: number; height: number } };

/** A line that somebody said. */
export type Line = {
  /** Who said it; matches `users/*\/name`. */
  who: string;
  text: string;
  seconds: number;
  reply_to: Line | null;
};

/**
 * Why a line was not said.
 *
 * It is told to whoever said it.
 */
export type SayError =
  /** Nobody knows who said it. */
  | { kind: "Nameless" }
  | { kind: "TooLong"; limit: number };

export type Page<T> = { items: Array<T>; next: number | null };

export type Progress = { done: number };

/** What is known of a room. */
export type Room = {
  name: string;
  topics: { [key in string]?: Array<Topic> };
  place: [number, number];
  anything: JsonValue;
  aRatherLongNameOfAField: { Ok: string } | { Err: number };
  /** When it is left out there is no limit. */
  limit?: number;
};

export type JsonValue =
  | number
  | string
  | boolean
  | Array<JsonValue>
  | { [key in string]?: JsonValue }
  | null;

/** Somebody said something in a room. */
export type Said = { room: string; line: Line };

export type AskName = null;

export type Name = string;

/** Asks whoever sits in front of the page. */
export type Confirm = { question: string };

/** The events of this server, by their names. */
export interface Events {
  /** Somebody said something in a room. */
  "chat.said": Said;
}

/** What this server asks its pages: what each request carries, and its answer. */
export interface Requests {
  "ask_name": { data: AskName; reply: Name | null };
  /** Asks whoever sits in front of the page. */
  "confirm": { data: Confirm; reply: boolean };
}

/** Names the contract that this client was written for; a program that starts the server may ask for the same. */
export const contract: Contract = {
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
const actions = (call: SendingCaller) => ({
  chat: {
    /**
     * Reads a room's history, oldest first.
     *
     * At most `limit` lines.
     */
    history: (roomId: number, options_: Array<Topic>, before?: Line | null, limit?: number | null, options?: CallOptions): Stream<Line, SayError> => call.stream("chat.history", { room_id: roomId, options: options_, before, limit }, options),
    import: (path: string, options?: CallOptions): Call<Page<Line>, Progress> => call.outputs("chat.import", path, options),
    listRooms: (after?: string | null, options?: CallOptions): Call<Page<Room>> => call.value("chat.list_rooms", after, options),
    /** Says a line in a room. */
    say: (room: string, text: string, options?: CallOptions): Call<Line, never, SayError> => call.value("chat.say", { room, text }, options),
  },
  /** Does nothing. */
  ping: (options?: CallOptions): Call<null> => call.value("ping", undefined, options),
  table: {
    /** Takes rows, and says on the way how many there are. */
    fill: (table: string, rows: Input<Line>, first?: number | null, options?: CallOptions): Call<null, number> => call.sending(rows).outputs("table.fill", { table, first }, options),
  },
});

/** The client of this server. */
export type Igor = Client<Events> & ReturnType<typeof actions> & { readonly files: Files<"pictures" | "drawings"> } & RequestHandlers<Requests>;

/**
 * Connects to the server. It answers at once; calls wait for the connection.
 *
 * Without a `url` a page speaks to the server that it came from, everything else to `ws://127.0.0.1:5678/`.
 */
export function connect(url?: string | URL | ConnectOptions, options?: ConnectOptions): Igor {
  return open<Events, ReturnType<typeof actions>, SendingCaller>(contract, actions, url, options, [files(), inputs(), requests()]) as Igor;
}
