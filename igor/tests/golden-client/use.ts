// What a page may write with the golden client, and what it may not.

import { connect, IgorError } from "./igor-client";
import type { Igor, Line, SayError, Topic } from "./igor-client";

export async function use(igor: Igor = connect()): Promise<void> {
  const line: Line = await igor.chat.say("lobby", "hello", { timeoutMs: 1000 });
  line.reply_to?.who.toUpperCase();

  const said = await igor.chat.say("lobby", "hello").result();
  if (!said.ok) {
    const error: SayError = said.error;
    if (error.kind === "TooLong") error.limit.toFixed();
  }

  const topics: Topic[] = ["None", { Text: "chess" }, { Picture: { width: 1, height: 2 } }];
  // TypeScript lets it through, and the server refuses it.
  topics.push({ Text: "chess", Picture: { width: 1, height: 2 } });
  for (const topic of topics) {
    if (topic === "None") continue;
    if ("Text" in topic) topic.Text.trim();
    else topic.Picture.width.toFixed();
  }
  for await (const old of igor.chat.history(1, topics)) old.text.trim();
  const all: Line[] = await igor.chat.history(1, topics, null, 100).toArray();
  all[0]?.seconds.toFixed();

  const job = igor.chat.import("lines.txt");
  for await (const step of job) step.done.toFixed();
  const { items, next } = await job;
  items.concat(line).length + (next ?? 0);

  const [room] = (await igor.chat.listRooms()).items;
  // What a map does not hold is `undefined`.
  room?.topics["chess"]?.length.toFixed();

  const nothing: null = await igor.ping();
  igor.on("chat.said", ({ room, line }) => `${room}: ${line.text} ${nothing}`);

  const filling = igor.table.fill("lines", [line]);
  for await (const count of filling) count.toFixed();
  void igor.table.fill("lines", igor.chat.history(1, topics), 7);
  void igor.table.fill("lines", new Set([line]), null, { timeoutMs: 1000 });
  void igor.table.fill("lines", new ReadableStream<Line>());
  // @ts-expect-error these are no lines
  void igor.table.fill("lines", [7]);
  // @ts-expect-error a line is not many
  void igor.table.fill("lines", line);

  const off: () => void = igor.handle("confirm", async ({ question }, { signal }) => question !== "" && !signal.aborted);
  off();
  igor.handle("confirm", ({ question }) => question === "");
  igor.handle("ask_name", () => undefined);
  igor.handle("ask_name", () => "Ann");
  // @ts-expect-error the answer is a boolean
  igor.handle("confirm", () => "yes");
  // @ts-expect-error there is no such request
  igor.handle("conform", () => true);

  const link: string = await igor.files.url("pictures", "ada.png");
  await igor.files.upload("drawings", "ada.png", link, { ifNoneMatch: "*" });

  // @ts-expect-error there is no such mount
  void igor.files.download("elsewhere", "ada.png");
  // @ts-expect-error a parameter is missing
  void igor.chat.say("lobby");
  // @ts-expect-error there is no such event
  igor.on("chat.sad", () => {});
  // @ts-expect-error there is no such action
  void igor.chat.shout("hello");
  // @ts-expect-error the runtime's error has a closed set of codes
  new IgorError("no_such_code", "");
}
