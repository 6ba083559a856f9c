// Sessions that survive the socket, one story each.

import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Status } from "../src/index.js";
import type { WireFrame } from "../src/protocol.js";
import { failure } from "./failure.js";
import { FakePage } from "./fake_page.js";
import { FakeServer, settled } from "./fake_server.js";
import type { Igor } from "./fixtures/generated.js";

let server: FakeServer;
beforeEach(() => {
  vi.useFakeTimers();
  server = new FakeServer();
});
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** What a handler was called with, one after the other. */
const heard = (igor: Igor): number[] => {
  const counters: number[] = [];
  igor.on("counter_increment", ({ counter }) => counters.push(counter));
  return counters;
};

const event = (counter: number): WireFrame => ({ action: "counter_increment", data: { counter } });

/** Lets time pass in which no timer runs: the machine sleeps. */
const sleep = (ms: number): void => {
  const now = performance.now.bind(performance);
  vi.spyOn(performance, "now").mockImplementation(() => now() + ms);
};

describe("a page that comes back", () => {
  it("says_where_it_stands_and_stays_the_same_page", async () => {
    const igor = await server.connected();
    const { session, page } = server.socket.hello;
    expect(server.socket.hello).not.toHaveProperty("resume");
    void igor.ping();
    void igor.ping();
    server.socket.reply(event(1));
    server.socket.say({ ack: 1 });
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.hello).toMatchObject({
      session,
      page,
      key: "the-next-key",
      attempt: 2,
      resume: { epoch: "the-epoch", received: 1, have: 2 },
    });
    expect(igor.status).toBe("open");
  });

  it("says_so_too_when_its_first_hello_was_never_answered", async () => {
    const igor = await server.connecting();
    const call = igor.ping();
    server.socket.accept();
    const { key } = server.socket.hello;
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.hello).toMatchObject({ key, attempt: 2, resume: { received: 0, have: 1 } });
    expect(socket.hello["resume"]).not.toHaveProperty("epoch");
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
    expect(socket.calls("ping")).toEqual([]);
  });

  it("does_not_when_its_first_hello_never_went_out", async () => {
    await server.connecting();
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.hello).not.toHaveProperty("resume");
  });

  it("does_not_when_its_first_hello_was_refused_and_nothing_was_run", async () => {
    const igor = await server.connecting();
    const call = igor.ping();
    const cancelled = igor.ping();
    server.socket.accept();
    cancelled.cancel();
    server.socket.say({ action: "igor.welcome", error: "too many clients", code: 429, close: true });
    const socket = await server.reconnected();
    expect(socket.hello).not.toHaveProperty("resume");
    expect(socket.sent.slice(1)).toEqual([{ n: 1, streamId: 1, action: "ping" }, { ack: 0 }]);
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
  });

  it("keeps_what_it_sent_when_a_later_hello_is_refused_for_now", async () => {
    const igor = await server.connected();
    const call = igor.ping();
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(300);
    server.socket
      .accept()
      .say({ action: "igor.welcome", error: "going down", code: 503, close: true, retryAfterMs: 1000 });
    const socket = await server.reconnected();
    expect(socket.hello["resume"]).toMatchObject({ received: 0, have: 1 });
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
  });

  it("gets_a_result_that_was_produced_while_it_was_away", async () => {
    const igor = await server.connected();
    const call = igor.chat.say("lobby", "hello");
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.calls("chat.say")).toEqual([]);
    socket.reply({ streamId: 1, data: { who: "ann", text: "hello" }, close: true });
    expect(await call).toEqual({ who: "ann", text: "hello" });
  });

  it("sends_again_what_did_not_arrive_with_the_same_number_behind_its_ack", async () => {
    const igor = await server.connected();
    const calls = [igor.ping(), igor.ping(), igor.ping()];
    server.socket.reply(event(1));
    server.socket.drop();
    const queued = igor.ping();
    const socket = await server.reconnected({ received: 1 });
    expect(socket.sent.slice(1)).toEqual([
      { ack: 1 },
      { n: 2, ack: 1, streamId: 2, action: "ping" },
      { n: 3, ack: 1, streamId: 3, action: "ping" },
      { n: 4, ack: 1, streamId: 4, action: "ping" },
    ]);
    for (const streamId of [1, 2, 3, 4]) socket.reply({ streamId, data: null, close: true });
    expect(await Promise.all([...calls, queued])).toEqual([null, null, null, null]);
  });

  it("does_not_send_again_what_arrived", async () => {
    const igor = await server.connected();
    void igor.ping();
    server.socket.drop();
    const socket = await server.reconnected({ received: 1 });
    void igor.ping();
    expect(socket.sent.slice(1)).toEqual([{ ack: 0 }, { n: 2, streamId: 2, action: "ping" }]);
  });

  it("drops_what_it_has_already_and_hears_the_rest_in_order", async () => {
    const igor = await server.connected();
    const counters = heard(igor);
    server.socket.reply(event(1));
    server.socket.reply(event(2));
    server.socket.drop();
    const socket = await server.reconnected();
    for (const n of [1, 2, 3, 4]) socket.say({ n, ...event(n) });
    expect(counters).toEqual([1, 2, 3, 4]);
  });

  it("presents_its_newest_key_when_a_welcome_was_lost", async () => {
    const igor = await server.connected({ key: "key-1" });
    const call = igor.ping();
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(300);
    server.socket.accept(); // It answers with a welcome that never arrives.
    expect(server.socket.hello).toMatchObject({ key: "key-1", attempt: 2 });
    server.socket.drop();
    const socket = await server.reconnected({ key: "key-3" });
    expect(socket.hello).toMatchObject({ key: "key-1", attempt: 3 });
    socket.drop();
    const last = await server.reconnected();
    expect(last.hello).toMatchObject({ key: "key-3", attempt: 4 });
    last.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
  });

  it("goes_on_with_a_stream_and_its_credit", async () => {
    const igor = await server.connected();
    const read = igor.chat.history("lobby").toArray();
    const line = (item: number) => ({ who: "ann", text: String(item) });
    let credit = 256;
    let seen = 1; // Frames of the client that the server has read.
    for (let item = 0; item < 1000; item += 1) {
      if (item % 300 === 299) {
        // The last frames of this side may be lost with the socket.
        server.socket.drop();
        await server.reconnected({ received: seen });
      }
      expect(credit).toBeGreaterThan(0);
      credit -= 1;
      server.socket.reply({ streamId: 1, data: line(item) });
      await settled();
      for (const { n = 0, credit: more = 0 } of server.socket.sent) {
        if (n <= seen || item % 7 === 0) continue;
        seen = n;
        credit += more;
      }
    }
    server.socket.reply({ streamId: 1, close: true });
    expect(await read).toEqual(Array.from({ length: 1000 }, (_, item) => line(item)));
  });

  it("tells_the_server_when_it_is_back_what_was_cancelled_meanwhile", async () => {
    const igor = await server.connected();
    const call = igor.ping();
    const history = igor.chat.history("lobby");
    server.socket.drop();
    call.cancel();
    history.cancel();
    const never = igor.ping();
    never.cancel();
    expect(await failure(call)).toMatchObject({ code: "cancelled", executed: "unknown" });
    expect(await failure(never)).toMatchObject({ code: "cancelled", executed: "no" });
    const socket = await server.reconnected();
    expect(socket.sent.slice(2)).toEqual([
      { n: 3, streamId: 1, cancel: true },
      { n: 4, streamId: 2, cancel: true },
    ]);
  });

  it("lets_a_deadline_run_on_while_it_is_away", async () => {
    const igor = await server.connected();
    const call = igor.ping({ timeoutMs: 1000 });
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(1000);
    expect(await failure(call)).toMatchObject({ code: "deadline_exceeded", executed: "unknown" });
    const socket = server.socket.welcome();
    expect(socket.sent.at(-1)).toEqual({ n: 2, streamId: 1, cancel: true });
  });

  it("ends_the_session_over_a_server_that_has_received_what_was_never_sent", async () => {
    const igor = await server.connected();
    const call = igor.ping();
    const { session } = server.socket.hello;
    server.socket.drop();
    const socket = await server.reconnected({ received: 2 });
    expect(socket.closedWith).toBe(4400);
    expect(await failure(call)).toMatchObject({ code: "session_lost" });
    expect((await server.reconnected()).hello["session"]).not.toBe(session);
  });

  it("comes_back_over_a_gap_once_and_with_a_new_session_when_it_is_still_there", async () => {
    const igor = await server.connected();
    const { session } = server.socket.hello;
    const why = vi.fn();
    igor.onSessionLost(why);
    server.socket.reply(event(1));
    server.socket.say({ n: 3, ...event(3) });
    const second = await server.reconnected();
    expect(second.hello).toMatchObject({ session, resume: { received: 1 } });
    second.say({ n: 3, ...event(3) });
    expect(second.closedWith).toBe(4440);
    expect(why.mock.calls).toEqual([["a frame of the server is missing"]]);
    expect((await server.reconnected()).hello["session"]).not.toBe(session);
  });

  it("comes_back_over_two_gaps_at_different_places", async () => {
    const igor = await server.connected();
    const { session } = server.socket.hello;
    const counters = heard(igor);
    server.socket.say({ n: 2, ...event(2) });
    const second = await server.reconnected();
    second.reply(event(1));
    second.say({ n: 3, ...event(3) });
    expect((await server.reconnected()).hello["session"]).toBe(session);
    expect(counters).toEqual([1]);
  });
});

describe("a ring that is full", () => {
  const large = "x".repeat(400_000);
  const numbers = (): (number | undefined)[] => server.socket.calls("chat.say").map(({ n }) => n);

  it("lets_calls_wait_without_a_number_and_in_order", async () => {
    const igor = await server.connected();
    for (let count = 0; count < 5; count += 1) void igor.chat.say("lobby", large);
    void igor.ping();
    expect(numbers()).toEqual([1, 2]);
    expect(server.socket.calls("ping")).toEqual([]);
    server.socket.say({ ack: 1 });
    expect(numbers()).toEqual([1, 2, 3]);
    server.socket.say({ ack: 3 });
    expect(numbers()).toEqual([1, 2, 3, 4, 5]);
    expect(server.socket.calls("ping")).toMatchObject([{ n: 6 }]);
  });

  it("lets_cancels_wait_too_and_forgets_calls_that_had_no_number", async () => {
    const igor = await server.connected();
    const calls = Array.from({ length: 4 }, () => igor.chat.say("lobby", large));
    void igor.chat.say("lobby", "x".repeat(248_000));
    for (const call of calls) call.cancel();
    expect(await failure(calls[1] ?? igor.ping())).toMatchObject({ code: "cancelled", executed: "unknown" });
    expect(await failure(calls[3] ?? igor.ping())).toMatchObject({ code: "cancelled", executed: "no" });
    server.socket.say({ ack: 2 });
    expect(server.socket.sent.slice(4).map(({ streamId, cancel }) => [streamId, cancel])).toEqual([
      [5, undefined],
      [1, true],
      [2, true],
    ]);
  });

  it("refuses_calls_that_hold_too_much_together", async () => {
    const igor = await server.connecting();
    const calls = Array.from({ length: 41 }, () => igor.chat.say("lobby", large));
    expect(await failure(igor.chat.say("lobby", large))).toMatchObject({
      code: "overloaded",
      executed: "no",
    });
    calls[0]?.cancel();
    void igor.chat.say("lobby", large);
    server.socket.accept();
    expect(server.socket.calls("chat.say")).toHaveLength(2);
  });

  it("ends_a_session_whose_server_asks_and_does_not_listen", async () => {
    const igor = await server.connected();
    void igor.chat.say("lobby", large);
    void igor.chat.say("lobby", "x".repeat(648_000));
    for (let id = -1; id > -10; id -= 1) server.socket.reply({ streamId: id, action: "confirm" });
    expect(server.socket.closedWith).toBe(4400);
    expect(igor.status).toBe("resuming");
  });
});

describe("a session that is lost", () => {
  it("takes_only_what_was_sent_with_it", async () => {
    const igor = await server.connected();
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const sent = igor.ping();
    const history = igor.chat.history("lobby");
    server.socket.drop();
    const queued = igor.ping();
    const socket = await server.reconnected({
      resumed: false,
      reason: "the server does not know the session",
    });
    expect(lost.mock.calls).toEqual([["the server does not know the session"]]);
    expect(await failure(sent)).toMatchObject({
      code: "session_lost",
      message: "session_lost: the server does not know the session",
      action: "ping",
      executed: "unknown",
    });
    expect(await failure(history.toArray())).toMatchObject({ code: "session_lost", executed: "unknown" });
    expect(socket.sent.slice(1)).toEqual([{ ack: 0 }, { n: 1, streamId: 3, action: "ping" }]);
    socket.reply({ streamId: 3, data: null, close: true });
    expect(await queued).toBeNull();
    expect(igor.status).toBe("open");
  });

  it("takes_no_cancel_and_no_credit_to_the_next_one", async () => {
    const igor = await server.connected();
    const call = igor.ping();
    server.socket.drop();
    call.cancel();
    const socket = await server.reconnected({ resumed: false });
    expect(socket.sent.slice(1)).toEqual([{ ack: 0 }]);
  });

  it("counts_from_one_again_in_both_directions", async () => {
    const igor = await server.connected();
    const counters = heard(igor);
    for (const counter of [1, 2, 3]) server.socket.reply(event(counter));
    server.socket.drop();
    const socket = await server.reconnected({ resumed: false });
    socket.say({ n: 1, ...event(4) });
    expect(counters).toEqual([1, 2, 3, 4]);
    void igor.ping();
    expect(socket.sent.at(-1)).toEqual({ n: 1, ack: 1, streamId: 1, action: "ping" });
  });

  it("is_given_up_after_the_grace_and_two_beats", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const { session } = server.socket.hello;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const sent = igor.ping();
    const failed = vi.fn();
    sent.catch(failed);
    server.socket.drop();
    const queued = igor.ping();
    for (let at = 0; at < 4900; at += 100) {
      await vi.advanceTimersByTimeAsync(100);
      if (server.socket.readyState === 0) server.socket.drop();
    }
    expect(failed).not.toHaveBeenCalled();
    await vi.advanceTimersByTimeAsync(100);
    expect(lost.mock.calls).toEqual([["the server was out of reach for too long"]]);
    expect(failed.mock.calls[0]?.[0]).toMatchObject({ code: "session_lost", executed: "unknown" });
    await vi.advanceTimersByTimeAsync(60_000);
    expect(lost).toHaveBeenCalledOnce();
    const socket = await server.reconnected({ resumed: false });
    expect(socket.hello).toMatchObject({ resume: { received: 0, have: 1 } });
    expect(socket.hello["resume"]).not.toHaveProperty("epoch");
    expect(socket.hello["session"]).not.toBe(session);
    expect(socket.hello["key"]).not.toBe("the-next-key");
    expect(lost).toHaveBeenCalledOnce();
    socket.reply({ streamId: 2, data: null, close: true });
    expect(await queued).toBeNull();
  });

  it("is_given_up_with_the_socket_that_still_waits_for_its_welcome", async () => {
    vi.spyOn(Math, "random").mockReturnValue(0.5);
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const { session } = server.socket.hello;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(300);
    const blackhole = server.socket.accept();
    expect(blackhole.hello["session"]).toBe(session);
    await vi.advanceTimersByTimeAsync(4700);
    expect(lost).toHaveBeenCalledOnce();
    expect(blackhole.closedWith).toBe(1000);
    await vi.advanceTimersByTimeAsync(300);
    expect(server.socket.accept().hello["session"]).not.toBe(session);
    blackhole.welcome({ resumed: true });
    expect(igor.status).toBe("resuming");
  });

  it("is_looked_for_once_more_when_the_machine_slept_through_the_grace", async () => {
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const { session } = server.socket.hello;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const call = igor.ping();
    server.socket.drop();
    sleep(60_000);
    await vi.advanceTimersByTimeAsync(5000);
    expect(lost).not.toHaveBeenCalled();
    const socket = server.socket.welcome();
    expect(socket.hello["session"]).toBe(session);
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
    expect(igor.status).toBe("open");
  });

  it("is_given_up_with_the_next_failure_after_such_a_sleep", async () => {
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const { session } = server.socket.hello;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(300);
    const before = server.socket.accept();
    sleep(60_000);
    await vi.advanceTimersByTimeAsync(4700);
    expect(before.closedWith).toBe(1000);
    expect(lost).not.toHaveBeenCalled();
    expect(server.socket.accept().hello["session"]).toBe(session);
    server.socket.drop();
    expect(lost).toHaveBeenCalledOnce();
  });

  it("is_given_up_too_when_the_server_answers_after_such_a_sleep_but_takes_nobody", async () => {
    const igor = await server.connected({ graceMs: 3000, beatMs: 1000 });
    const lost = vi.fn();
    igor.onSessionLost(lost);
    server.socket.drop();
    sleep(60_000);
    await vi.advanceTimersByTimeAsync(5000);
    server.socket.accept().say({ action: "igor.welcome", error: "going down", code: 503, close: true });
    expect(lost).toHaveBeenCalledOnce();
  });

  it("is_not_told_where_there_never_was_one", async () => {
    const igor = await server.connecting();
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const call = igor.ping();
    server.socket.accept().drop();
    await vi.advanceTimersByTimeAsync(20_000);
    expect(await failure(call)).toMatchObject({ code: "session_lost", executed: "unknown" });
    expect(lost).not.toHaveBeenCalled();
    igor.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("may_be_the_end_of_the_client_for_who_hears_of_it", async () => {
    const igor = await server.connected();
    const statuses: Status[] = [];
    igor.onStatus((status) => statuses.push(status));
    igor.onSessionLost(() => igor.close());
    server.socket.drop();
    await server.reconnected({ resumed: false });
    expect(statuses).toEqual(["resuming", "closed"]);
    expect(vi.getTimerCount()).toBe(0);
    const other = await server.connected();
    other.onSessionLost(() => other.close());
    server.socket.drop(4400);
    expect(other.status).toBe("closed");
    expect(vi.getTimerCount()).toBe(0);
  });

  it("is_no_end_to_a_server_that_says_goodbye_for_a_restart", async () => {
    const igor = await server.connected();
    server.socket.say({ action: "igor.goodbye", data: { reason: "shutdown", retryAfterMs: 800 } });
    server.socket.drop(4503);
    await vi.advanceTimersByTimeAsync(790);
    expect(server.sockets).toHaveLength(1);
    for (let round = 0; round < 6; round += 1) {
      await vi.advanceTimersByTimeAsync(10_000);
      server.socket.drop();
    }
    const socket = await server.reconnected({ resumed: false, epoch: "the-next-epoch" });
    expect(igor.status).toBe("open");
    const call = igor.ping();
    socket.reply({ streamId: 1, data: null, close: true });
    expect(await call).toBeNull();
    socket.drop();
    expect((await server.reconnected()).hello["resume"]).toMatchObject({ epoch: "the-next-epoch" });
  });
});

describe("a call that may run twice", () => {
  const lose = () => server.reconnected({ resumed: false });

  it("is_sent_again_by_itself_when_its_session_is_lost", async () => {
    const igor = await server.connected();
    const plain = igor.ping();
    const rooms = igor.chat.rooms();
    server.socket.drop();
    const queued = igor.ping();
    const socket = await lose();
    expect(await failure(plain)).toMatchObject({ code: "session_lost" });
    expect(socket.sent.slice(2)).toEqual([
      { n: 1, streamId: 2, action: "chat.rooms" },
      { n: 2, streamId: 3, action: "ping" },
    ]);
    socket.reply({ streamId: 2, data: ["lobby"], close: true });
    expect(await rooms).toEqual(["lobby"]);
    queued.cancel();
  });

  it("is_sent_again_twice_at_most", async () => {
    const igor = await server.connected();
    const rooms = igor.chat.rooms();
    const sockets = [server.socket];
    for (let round = 0; round < 2; round += 1) {
      server.socket.drop();
      sockets.push(await lose());
    }
    const settledYet = vi.fn();
    rooms.finally(settledYet).catch(() => {});
    await settled();
    expect(settledYet).not.toHaveBeenCalled();
    server.socket.drop();
    sockets.push(await lose());
    expect(await failure(rooms)).toMatchObject({ code: "session_lost", executed: "unknown" });
    expect(sockets.map((socket) => socket.calls("chat.rooms").length)).toEqual([1, 1, 1, 0]);
  });

  it("keeps_its_deadline_and_knows_that_it_may_have_run", async () => {
    const igor = await server.connected();
    const rooms = igor.chat.rooms({ timeoutMs: 12_000 });
    server.socket.drop();
    await vi.advanceTimersByTimeAsync(8000);
    const socket = server.socket.welcome({ resumed: false });
    expect(socket.calls("chat.rooms")[0]?.deadlineMs).toBe(4000);
    socket.drop();
    await vi.advanceTimersByTimeAsync(4000);
    expect(await failure(rooms)).toMatchObject({ code: "deadline_exceeded", executed: "unknown" });
  });

  it("goes_on_like_any_other_where_the_session_does", async () => {
    const igor = await server.connected();
    const rooms = igor.chat.rooms();
    server.socket.drop();
    const socket = await server.reconnected();
    expect(socket.calls("chat.rooms")).toEqual([]);
    socket.reply({ streamId: 1, data: [], close: true });
    expect(await rooms).toEqual([]);
  });
});

describe("events", () => {
  it("that_are_missing_are_told_in_their_place", async () => {
    const igor = await server.connected();
    const seen: unknown[] = [];
    igor.on("counter_increment", ({ counter }) => seen.push(counter));
    const off = igor.onMissed((missed) => seen.push(missed));
    server.socket.reply(event(1));
    server.socket.reply({ action: "igor.missed", data: { counter_increment: 17, "chat.said": 2 } });
    server.socket.reply(event(19));
    off();
    server.socket.reply({ action: "igor.missed", data: { counter_increment: 1 } });
    expect(seen).toEqual([1, { counter_increment: 17, "chat.said": 2 }, 19]);
  });

  it("that_are_volatile_have_no_number_and_arrive_like_others", async () => {
    const igor = await server.connected();
    const counters = heard(igor);
    server.socket.say(event(1));
    server.socket.reply(event(2));
    server.socket.say(event(3));
    expect(counters).toEqual([1, 2, 3]);
  });
});

describe("a socket after a sleep", () => {
  it("has_a_beat_to_speak_before_it_is_given_up", async () => {
    const igor = await server.connected({ beatMs: 1000 });
    sleep(8000);
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.socket.closedWith).toBeUndefined();
    expect(server.socket.sent.at(-1)).toEqual({ ack: 0, beat: true });
    server.socket.say({ ack: 0 });
    await vi.advanceTimersByTimeAsync(1500);
    expect(igor.status).toBe("open");
    await vi.advanceTimersByTimeAsync(500);
    expect(igor.status).toBe("resuming");
  });

  it("is_given_up_when_it_does_not", async () => {
    const igor = await server.connected({ beatMs: 1000 });
    sleep(8000);
    await vi.advanceTimersByTimeAsync(1999);
    expect(igor.status).toBe("open");
    await vi.advanceTimersByTimeAsync(1);
    expect(server.socket.closedWith).toBe(4442);
  });

  it("is_looked_at_at_once_when_the_page_is_seen_again", async () => {
    const page = new FakePage().show();
    await server.connected({ beatMs: 1000 });
    sleep(8000);
    page.listeners.get("visibilitychange")?.();
    expect(server.socket.sent.at(-1)).toEqual({ ack: 0, beat: true });
    page.listeners.get("online")?.();
    expect(server.socket.sent).toHaveLength(3);
    server.socket.say({ ack: 0 });
    await vi.advanceTimersByTimeAsync(1000);
    expect(server.socket.closedWith).toBeUndefined();
  });
});

describe("a page", () => {
  let page: FakePage;
  beforeEach(() => {
    page = new FakePage().show();
  });

  it("that_was_left_and_is_shown_again_is_a_page_loaded_anew", async () => {
    const igor = await server.connected();
    const first = server.socket;
    const lost = vi.fn();
    igor.onSessionLost(lost);
    const sent = igor.ping();
    // Meanwhile another page of the tab had the session.
    page.locks.letGo();
    const stored = JSON.parse(page.sessionStorage.items.get("igor.session") ?? "") as object;
    page.sessionStorage.items.set("igor.session", JSON.stringify({ ...stored, key: "newer", attempt: 7 }));
    page.listeners.get("pageshow")?.({ persisted: true });
    await settled();
    expect(first.closedWith).toBe(1000);
    expect(await failure(sent)).toMatchObject({ code: "session_lost", executed: "unknown" });
    expect(lost).toHaveBeenCalledOnce();
    const { hello } = server.socket.welcome();
    expect(hello).toMatchObject({ session: first.hello["session"], key: "newer", attempt: 8 });
    expect(hello).not.toHaveProperty("resume");
    expect(hello["page"]).not.toBe(first.hello["page"]);
    expect(igor.status).toBe("open");
  });

  it("that_is_shown_for_the_first_time_goes_on", async () => {
    await server.connected();
    page.listeners.get("pageshow")?.({ persisted: false });
    await settled();
    expect(server.sockets).toHaveLength(1);
    expect(server.socket.closedWith).toBeUndefined();
  });
});

it("tells_every_change_of_its_status_while_it_comes_and_goes", async () => {
  const igor = await server.connected();
  const seen: [Status, string | undefined][] = [];
  igor.onStatus((status, why) => seen.push([status, why]));
  server.socket.drop(4441, "too slow");
  await server.reconnected();
  server.socket.drop(4413, "message too large");
  await server.reconnected({ resumed: false });
  server.socket.drop(4409);
  expect(seen).toEqual([
    ["resuming", "too slow"],
    ["open", undefined],
    ["resuming", "message too large"],
    ["open", undefined],
    ["lost", "another socket took this session over"],
  ]);
});
