// The clients, each as its users write it: `call(data)` answers what the server says, `events(count, heard)` asks for so
// many events and hands on each.

import { createTRPCClient, createWSClient, wsLink } from "@trpc/client";
import { io } from "socket.io-client";

import { connect } from "./generated/igor-client.js";

const token = "a-token-for-benches-only";

/** The clients by name; each is given the port of its own server and the class that makes sockets. */
export const clients = {
  /** A bare socket: `JSON.parse`, and one lookup for each message. */
  async bare(port, WebSocket) {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/`);
    const open = new Map();
    const handlers = new Map();
    let lastId = 0;
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.id === undefined) return handlers.get(message.action)?.(message.data);
      open.get(message.id)(message.data);
      open.delete(message.id);
    };
    await new Promise((opened) => (socket.onopen = opened));
    const ask = (action, data) =>
      new Promise((answered) => {
        open.set(++lastId, answered);
        socket.send(JSON.stringify({ id: lastId, action, data }));
      });
    return {
      call: (data) => ask("say", data),
      events(count, heard) {
        handlers.set("counted", heard);
        void ask("tell_many", count);
      },
      close: () => socket.close(),
    };
  },

  async igor(port, WebSocket) {
    const igor = connect(`ws://127.0.0.1:${port}/`, { token, WebSocket });
    let off = () => {};
    return {
      call: ({ room, text }) => igor.say(room, text),
      events(count, heard) {
        off();
        off = igor.on("counted", heard);
        void igor.tellMany(count);
      },
      close: () => igor.close(),
    };
  },

  async trpc(port, WebSocket) {
    const client = createWSClient({ url: `ws://127.0.0.1:${port}/`, WebSocket });
    const trpc = createTRPCClient({ links: [wsLink({ client })] });
    return {
      call: (data) => trpc.say.mutate(data),
      events: (count, heard) => void trpc.counted.subscribe(count, { onData: heard }),
      close: () => client.close(),
    };
  },

  async socketIo(port) {
    const socket = io(`http://127.0.0.1:${port}`, { transports: ["websocket"] });
    await new Promise((opened) => socket.on("connect", opened));
    return {
      call: (data) => new Promise((answered) => socket.emit("say", data, answered)),
      events(count, heard) {
        socket.removeAllListeners("counted");
        socket.on("counted", heard);
        socket.emit("tell_many", count);
      },
      close: () => socket.close(),
    };
  },
};
