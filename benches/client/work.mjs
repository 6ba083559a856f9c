// What a client is asked to do, in Node and in a page alike. Every answer and event is checked.

import { clients } from "./clients.mjs";

/** Calls that are open at the same time. */
const IN_FLIGHT = 64;

/** Events that are asked for at once. */
const EVENTS = 2_000;

const said = { room: "lobby", text: "hello there, how are you?" };

/** A client of this name, and its two kinds of work; each answers how many milliseconds it took. */
export async function start(name, port, WebSocket) {
  const client = await clients[name](port, WebSocket);
  return {
    async calls(total) {
      const begun = performance.now();
      let left = total;
      const caller = async () => {
        while (left-- > 0) {
          const { who, text } = await client.call(said);
          if (who !== said.room || text !== said.text) throw new Error(`${name}: a wrong answer`);
        }
      };
      await Promise.all(Array.from({ length: IN_FLIGHT }, caller));
      return performance.now() - begun;
    },
    async events(total) {
      const begun = performance.now();
      for (let left = total; left > 0; left -= EVENTS) await told(client, name);
      return performance.now() - begun;
    },
    close: () => client.close(),
  };
}

function told(client, name) {
  return new Promise((all, failed) => {
    let next = 0;
    client.events(EVENTS, ({ n }) => {
      if (n !== next++) failed(new Error(`${name}: event ${n} in the place of ${next - 1}`));
      else if (next === EVENTS) all();
    });
  });
}
