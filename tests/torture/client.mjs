// One client of a seed: the real runtime in a tab, which takes the steps that it is told.

import { Locks, Tab } from "./tab.mjs";

const actions = (call) => ({
  add: (nonce) => call.value("torture.add", nonce),
  again: (nonce) => call.idempotent("torture.add", nonce),
  wait: (nonce, { milliseconds }) => call.value("torture.wait", { nonce, milliseconds }),
  fail: (nonce) => call.value("torture.fail", nonce),
  output: (nonce, { count }) => call.outputs("torture.output", { nonce, count }),
  stream: (nonce, { count }) => call.stream("torture.stream", { nonce, count }),
  tell: (nonce, { count, bytes }) => call.value("torture.tell", { nonce, count, bytes }),
  count: () => call.value("torture.count"),
});

const events = ["told", "logged", "progressed", "moved", "ticked"].map((name) => `torture.${name}`);

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** Takes all steps, waits for what they cause, and says what happened, line by line. */
export async function play({ url, aside, token, contract, steps, nonce }, { runtime, WebSocket }, say) {
  const tab = new Tab(new Locks());
  let open = new Map();
  let igor;
  let wasOpen = false;

  const load = () => {
    for (const [number, { kind }] of open) say({ call: number, kind, end: "unknown" });
    const mine = (open = new Map());
    wasOpen = false;
    const { open: connect } = tab.load(runtime, WebSocket);
    say({ page: true });
    const tell = (line) => mine === open && say(line);
    igor = connect(contract, actions, url, { token });
    for (const name of events) igor.on(name, (data) => tell({ event: name, data }));
    igor.onMissed((missed) => tell({ event: "igor.missed", data: missed }));
    igor.onSessionLost((why) => tell({ lost: why }));
    igor.onStatus((status, why) => {
      if (mine === open) wasOpen ||= status === "open";
      tell({ status, why });
    });
  };

  const begin = (kind, details) => {
    const number = ++nonce;
    const mine = open;
    const early = !wasOpen;
    const call = igor[kind](number, details);
    mine.set(number, { kind, call });
    say({ begun: number });
    ended(kind, number, details, call, () => say({ item: number })).then((line) => {
      if (mine !== open) return;
      mine.delete(number);
      say({ call: number, kind, early, ...line });
    });
  };

  load();
  for (const { step, ...details } of steps) {
    if (step === "pause") await pause(details.ms);
    else if (step === "cancel") [...open.values()].at(-1)?.call.cancel();
    else if (step === "reload") load();
    else if (step === "cut") tab.cut();
    else if (step === "ask") say(details);
    else if (step === "duplicate") await visit(tab.duplicate(), { runtime, WebSocket, url: aside, token, contract, nonce: ++nonce }, say);
    else begin(step, details);
    await pause(nonce % 7);
  }
  while (open.size > 0) await pause(10);
  say({ counted: await counted(igor) });
  igor.close();
  tab.unload();
}

/** Asks how many events were sent, again where the session is lost meanwhile. */
async function counted(igor) {
  for (;;) {
    try {
      return await igor.count();
    } catch (error) {
      if (error.code !== "session_lost") throw error;
    }
  }
}

/** How a call ended, and what was wrong with that; tells of each item before. */
async function ended(kind, nonce, details, call, tell = () => {}) {
  let index = 0;
  try {
    if (kind === "output" || kind === "stream") {
      for await (const item of call) {
        if (item.nonce !== nonce || item.index !== index)
          return { wrong: `${JSON.stringify(item)} in the place of item ${index} of call ${nonce}` };
        index += 1;
        tell();
      }
      if (index !== details.count && kind === "stream") return { wrong: `call ${nonce} ended after ${index} items` };
    }
    const value = kind === "stream" ? nonce : await call;
    if (value !== nonce || kind === "fail") return { wrong: `call ${nonce} gave ${JSON.stringify(value)}` };
    if (kind === "output" && index !== details.count) return { wrong: `call ${nonce} ended after ${index} outputs` };
    return { end: "answered" };
  } catch (error) {
    if (kind === "fail" && error.code === "forbidden" && error.message.endsWith(`: ${nonce}`)) return { end: "answered" };
    if (error.code === "cancelled") return { end: "unknown" };
    if (error.code === "session_lost") return { end: "lost" };
    return { wrong: `call ${nonce} failed by ${error.message}` };
  }
}

/** A duplicated tab: it has a session of its own, and goes again. */
async function visit(tab, { runtime, WebSocket, url, token, contract, nonce }, say) {
  const { open: connect } = tab.load(runtime, WebSocket);
  const igor = connect(contract, actions, url, { token });
  const outcome = await Promise.race([ended("add", nonce, {}, igor.add(nonce)), pause(3000)]);
  say({ call: nonce, kind: "add", end: "unknown", ...(outcome?.wrong && outcome) });
  igor.close();
  tab.unload();
}
