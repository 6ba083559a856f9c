// The list of rooms: yours, with what you have not read, and the others.

import { element, make } from "./dom.js";

/** @import { Person, Room } from "./igor-client.js" */

const joinedList = element("joined-rooms", HTMLUListElement);
const otherList = element("other-rooms", HTMLUListElement);
const otherTitle = element("other-title", HTMLHeadingElement);
const elsewhere = element("unread-elsewhere", HTMLElement);

/** What the page knows of the rooms. */
export class Rooms {
  /** @type {Map<string, readonly Person[]>} */
  #people = new Map();
  /** @type {Map<string, number>} how many lines are unread, in each room that this page is in */
  #unread = new Map();
  /** @type {string | undefined} */
  #shown;
  /** @type {(name: string) => void} */
  #choose;

  /**
   * @param {(name: string) => void} choose called with the room that the user chose
   */
  constructor(choose) {
    this.#choose = choose;
  }

  /** The rooms that this page is in. */
  get joined() {
    return [...this.#unread.keys()].sort();
  }

  /**
   * @param {string} name
   */
  people(name) {
    return this.#people.get(name) ?? [];
  }

  /**
   * Everything anew, as the server knows it.
   *
   * @param {readonly Room[]} rooms
   * @param {readonly string[]} joined
   */
  set(rooms, joined) {
    this.#people = new Map(rooms.map(({ name, people }) => [name, people]));
    this.#unread = new Map(joined.map((name) => [name, this.#unread.get(name) ?? 0]));
    this.#render();
  }

  /**
   * @param {string} name
   */
  show(name) {
    this.#shown = name;
    this.#unread.set(name, 0);
    this.#render();
  }

  /**
   * @param {string} name
   * @param {readonly Person[]} people
   */
  setPeople(name, people) {
    this.#people.set(name, people);
    this.#render();
  }

  /**
   * @param {string} name
   */
  leave(name) {
    this.#unread.delete(name);
    this.#render();
  }

  /**
   * A line was said in a room that is not shown.
   *
   * @param {string} name
   */
  countUnread(name) {
    const unread = this.#unread.get(name);
    if (unread === undefined) return;
    this.#unread.set(name, unread + 1);
    this.#render();
  }

  #render() {
    const others = [...this.#people.keys()].filter((name) => !this.#unread.has(name)).sort();
    joinedList.replaceChildren(...this.joined.map((name) => this.#item(name)));
    otherList.replaceChildren(...others.map((name) => this.#item(name)));
    otherTitle.hidden = others.length === 0;
    elsewhere.hidden = [...this.#unread.values()].every((count) => count === 0);
  }

  /**
   * @param {string} name
   */
  #item(name) {
    const [unread, here] = [this.#unread.get(name) ?? 0, this.people(name).length];
    const button = make("button", "", make("span", "name", name));
    if (unread > 0) button.append(make("b", "unread", String(unread), aloud(" unread")));
    else if (here > 0) button.append(make("small", "", String(here), aloud(" here")));
    if (name === this.#shown) button.setAttribute("aria-current", "true");
    button.onclick = () => this.#choose(name);
    return make("li", "", button);
  }
}

/**
 * What the eye does not need.
 *
 * @param {string} text
 */
function aloud(text) {
  return make("span", "aloud", text);
}
