// People: who is in the room that is shown.

import { element, make } from "./dom.js";
import { face } from "./face.js";

/** @import { Person } from "./igor-client.js" */

const FACES = 4;

const faces = element("faces", HTMLUListElement);
const list = element("people", HTMLUListElement);
const count = element("here-count", HTMLParagraphElement);

/**
 * @param {readonly Person[]} people
 * @param {string | undefined} me the id of this page's client
 */
export function showPeople(people, me) {
  count.textContent = people.length === 1 ? "Only you are here" : `${people.length} are here`;
  list.replaceChildren(
    ...people.map(({ id, name }) => {
      const person = make("li", "", face(name), make("span", "name", name));
      if (id === me) person.append(make("small", "", "you"));
      return person;
    }),
  );
  const shown = people.slice(0, FACES).map(({ name }) => make("li", "", face(name)));
  if (people.length > FACES) shown.push(make("li", "more", `+${people.length - FACES}`));
  faces.replaceChildren(...shown);
}
