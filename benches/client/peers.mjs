// The servers of tRPC and Socket.IO; prints the port of the one that is asked for, and ends with its standard input.

import { createServer } from "node:http";
import { initTRPC } from "@trpc/server";
import { applyWSSHandler } from "@trpc/server/adapters/ws";
import { Server } from "socket.io";
import { WebSocketServer } from "ws";

const answer = ({ room, text }) => ({ who: room, text });

const servers = {
  trpc(http) {
    const { procedure, router } = initTRPC.create();
    const plain = procedure.input((data) => data);
    applyWSSHandler({
      wss: new WebSocketServer({ server: http }),
      router: router({
        say: plain.mutation(({ input }) => answer(input)),
        counted: plain.subscription(async function* ({ input }) {
          for (let n = 0; n < input; n++) yield { n };
        }),
      }),
    });
  },
  socketIo(http) {
    new Server(http, { transports: ["websocket"] }).on("connection", (socket) => {
      socket.on("say", (data, respond) => respond(answer(data)));
      socket.on("tell_many", (count) => {
        for (let n = 0; n < count; n++) socket.emit("counted", { n });
      });
    });
  },
};

const http = createServer();
servers[process.argv[2]](http);
http.listen(0, "127.0.0.1", () => console.log(http.address().port));
process.stdin.on("end", () => process.exit(0)).resume();
