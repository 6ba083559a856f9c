//! Who may come back to a session.

use std::task::{Context, Waker};
use std::time::Duration;

use super::*;
use crate::session::credit::Credit;
use crate::session::input::MostKept;
use crate::wire::message::Message;
use crate::wire::piece::Piece;

fn sessions() -> Sessions {
    sessions_by(SessionLimits::default())
}

fn sessions_by(limits: SessionLimits) -> Sessions {
    let wire = WireLimits::default();
    let hub = Hub::new(wire.message_bytes, Default::default(), Default::default());
    Sessions::new(hub, limits, wire, Shutdown::default(), Rules::default())
}

fn hello(key: &str, attempt: u64) -> Hello {
    Hello {
        session: "session".to_owned(),
        key: key.to_owned(),
        page: "page".to_owned(),
        attempt,
        contract: String::new(),
        name: None,
        ring: 1 << 20,
        resume: None,
    }
}

fn attach(entry: &Entry) -> Arc<Socket> {
    let socket = Arc::new(Socket::new(tokio::io::sink()));
    assert!(entry.record.outbox.attach(entry.over.turn, &socket));
    socket
}

#[test]
fn a_key_is_confirmed_over_the_socket_that_it_was_given_over_and_no_other() {
    let sessions = sessions();
    let first = sessions.enter(&hello("first", 1), None).expect("new");
    let old_socket = attach(&first);
    // Its welcome is lost; what was on its way over the old socket is read only now.
    sessions.enter(&hello(&first.key, 2), None).expect("by the newest key");
    sessions.confirm_key("session", &old_socket);
    let third = sessions.enter(&hello(&first.key, 3), None).expect("the client has no other key");
    sessions.confirm_key("session", &attach(&third));
    assert!(
        sessions.enter(&hello(&first.key, 4), None).is_err(),
        "the client has shown the newer one"
    );
    sessions.enter(&hello(&third.key, 5), None).expect("by the newest key");
}

#[tokio::test(start_paused = true)]
async fn who_is_away_longest_goes_first_when_all_that_are_away_cost_too_much() {
    // One of them costs some 4 KiB: there is room for two.
    let limits = SessionLimits { absent_bytes: 10 << 10, ..SessionLimits::default() };
    let sessions = sessions_by(limits);
    let enter = |session: &str, attempt| {
        let hello = Hello { session: session.to_owned(), ..hello("key", attempt) };
        sessions.enter(&hello, None).expect("it is its key")
    };
    let leave = |entry: &Entry| sessions.leave(&entry.session, &attach(entry), None);
    let there = || {
        let mut there: Vec<_> =
            sessions.table().sessions.keys().map(|session| session.to_string()).collect();
        there.sort();
        there
    };
    let all = ["first", "fourth", "second", "third"];
    let entries = all.map(|session| (session, enter(session, 1)));
    let entry =
        |session| &entries.iter().find(|(name, _)| *name == session).expect("it is there").1;
    let _here = attach(entry("fourth"));
    leave(entry("first"));
    leave(entry("second"));
    // Who has come back and left again is away only since then.
    leave(&enter("first", 2));
    assert_eq!(there(), all);
    sessions.expire(Instant::now());
    assert_eq!(there(), all, "there is room for two");
    leave(entry("third"));
    let next = sessions.expire(Instant::now());
    assert_eq!(there(), ["first", "fourth", "third"]);
    assert_eq!(next, Some(Instant::now() + sessions.limits.grace));
    // Whoever is here is no part of it, and the grace ends the others.
    sessions.expire(Instant::now() + sessions.limits.grace);
    assert_eq!(there(), ["fourth"]);
}

#[test]
fn who_comes_back_as_somebody_else_finds_another_session() {
    let sessions = sessions();
    let enter = |key: &str, attempt, user: &'static str| {
        sessions.enter(&hello(key, attempt), Some(Known::new(user))).expect("by its key")
    };
    let first = enter("first", 1, "ann");
    first.record.value::<u32>().replace(7);
    let second = enter(&first.key, 2, "ann");
    assert_eq!(second.record.value::<u32>().cloned(), 7);
    let other = enter(&second.key, 3, "bert");
    assert_eq!(other.record.value::<u32>().cloned(), 0);
    assert_eq!(*other.record.identity::<&str>().expect("known"), "bert");
    assert!(sessions.enter(&hello(&other.key, 4), None).is_ok_and(|nobody| {
        nobody.record.identity::<&str>().is_err() && nobody.entered == Entered::New
    }));
}

#[tokio::test(start_paused = true)]
async fn who_comes_and_goes_again_and_again_is_away_once() {
    let grace = Duration::from_secs(24 * 60 * 60);
    let sessions = sessions_by(SessionLimits { grace, ..SessionLimits::default() });
    let enter = |session: &str, attempt| {
        let hello = Hello { session: session.to_owned(), ..hello("key", attempt) };
        sessions.enter(&hello, None).expect("it is its key")
    };
    // Who stays away stands before all others.
    let away = enter("away", 1);
    sessions.leave(&away.session, &attach(&away), None);
    for attempt in 1..1_000 {
        let entry = enter("restless", attempt);
        sessions.leave(&entry.session, &attach(&entry), None);
        sessions.expire(Instant::now());
    }
    assert!(sessions.table().absent.len() < 50);
    assert_eq!(sessions.expire(Instant::now() + grace), None);
    assert!(sessions.table().sessions.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_calls_of_those_that_are_away_count_with_what_they_are_sent() {
    let limits = SessionLimits { absent_bytes: 3 << 20, ..SessionLimits::default() };
    let sessions = sessions_by(limits);
    let enter = |session: &str| {
        let hello = Hello { session: session.to_owned(), ..hello("key", 1) };
        sessions.enter(&hello, None).expect("it is new")
    };
    let leave = |entry: &Entry| sessions.leave(&entry.session, &attach(entry), None);
    let left = || {
        sessions.expire(Instant::now());
        sessions.table().sessions.len()
    };
    let entries = ["first", "second"].map(enter);
    for entry in &entries {
        for id in 1..=1024 {
            entry.record.page().calls.begin(id, Credit::new(None)).expect("above all before it");
        }
        leave(entry);
    }
    assert_eq!(left(), 1, "there is room for 2 MiB");
    let [_, second] = entries;
    for id in 1..=1024 {
        second.record.page().calls.finish(id);
    }
    let third = enter("third");
    let calls = third.record.page().calls;
    calls.begin(1, Credit::new(None)).expect("above all before it");
    let queue = calls.open_input(1, 256);
    let most = MostKept { message_bytes: 2 << 20, client_bytes: 16 << 20 };
    let cx = &mut Context::from_waker(Waker::noop());
    assert!(queue.poll_take(cx, |_| {}).is_pending(), "it asks");
    leave(&third);
    assert_eq!(left(), 2);
    let message = Message::of_text("1".repeat(1 << 20).into());
    for _ in 0..2 {
        queue.push(Piece::new(&message, Some(&message.text)), most).expect("credit");
    }
    assert_eq!(left(), 2);
    queue.push(Piece::new(&message, Some(&message.text)), most).expect("credit");
    assert_eq!(left(), 0, "who has been away longest goes first, and that is not enough");
}
