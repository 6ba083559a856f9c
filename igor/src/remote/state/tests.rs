use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;
use crate::action::{Never, signature};
use crate::place::Place;
use crate::wire::calling::Calling;
use crate::wire::message;

/// A remote with a socket that is open.
fn open() -> State {
    let mut state = State::new();
    state.is_open = true;
    state
}

fn said(state: &mut State) -> Vec<String> {
    std::iter::from_fn(|| state.next_message()).map(|message| message.to_string()).collect()
}

#[test]
fn a_server_that_asks_for_signs_and_reads_none_is_given_one() {
    let mut state = open();
    for _ in 0..1_000 {
        let beat = message::Message::of_text(r#"{"beat":true}"#.into());
        state.receive(&beat).expect("it is a frame");
    }
    assert_eq!(said(&mut state), [r#"{"ack":0}"#]);
    assert!(said(&mut state).is_empty());
}

#[test]
fn one_frame_says_that_this_end_is_there_and_asks_for_the_other() {
    let mut state = open();
    for asks in [Asks::Nothing, Asks::Answer, Asks::Nothing] {
        state.beat(asks);
    }
    assert_eq!(said(&mut state), [r#"{"ack":0,"beat":true}"#]);
}

const ASK: &Action = &Action {
    name: "ask",
    docs: "",
    place: Place { file: file!(), line: line!() },
    parameters: &[],
    idempotent: true,
    timeout: None,
    no_cancel: false,
    guard: None,
    concurrency: None,
    rate: None,
    signature: || signature(|_| std::future::pending::<Result<Result<(), Never>, Error>>()),
};

/// The frame of a call of it that may take five seconds.
fn asked(id: i64) -> CallFrame {
    let timeout = Some(Duration::from_secs(5));
    let calling = Calling::new("ask", None, timeout, None::<&()>, None, 1 << 10);
    calling.expect("it is short").frame(id)
}

#[tokio::test(start_paused = true)]
async fn a_call_that_has_waited_says_how_much_time_is_left_when_it_goes_out() {
    let waited = |state: &mut State| said(state).concat();
    let mut state = State::new();
    let deadline = Some(Instant::now() + Duration::from_secs(5));
    let id = state.begin(ASK, 0, false, deadline, asked).expect("begun");
    tokio::time::advance(Duration::from_secs(2)).await;
    state.is_open = true;
    let first = r#"{"n":1,"streamId":1,"action":"ask","deadlineMs":3000}"#;
    assert_eq!(waited(&mut state), first);
    // What is sent again because it was not received is the same frame.
    tokio::time::advance(Duration::from_secs(1)).await;
    state.link.resume(Standing { received: 0, have: 1 }).expect("it is kept");
    assert_eq!(waited(&mut state), first);
    // What is sent again because its session was lost is another.
    tokio::time::advance(Duration::from_secs(1)).await;
    state.lose("gone");
    let again = r#"{"n":1,"streamId":1,"action":"ask","deadlineMs":1000}"#;
    assert_eq!(waited(&mut state), again);
    state.forget(id);
    assert_eq!(state.open_bytes, 0);
}

/// What happens to a remote whose server says what it likes.
#[derive(Clone, Debug)]
enum Step {
    Said(String),
    Welcomed(String, bool),
    Called(u32, bool),
    Taken(i64),
    Forgotten(i64),
    Detached,
    Lost,
}

fn number() -> impl Strategy<Value = String> {
    let odd = ["-1", "-9223372036854775808", "18446744073709551615", "1e9", "0.5", "null", "\"7\""];
    prop_oneof![
        (0..12_u32).prop_map(|n| n.to_string()),
        select(odd.to_vec()).prop_map(str::to_owned)
    ]
}

fn frame() -> impl Strategy<Value = String> {
    let names = ["n", "ack", "streamId", "credit", "code", "retryAfterMs"];
    let number = (select(names.to_vec()), number()).prop_map(|(name, n)| format!("\"{name}\":{n}"));
    let words = [
        r#""action":"said""#,
        r#""action":"igor.missed""#,
        r#""action":"igor.goodbye""#,
        r#""action":"confirm""#,
        r#""data":{"lastCall":1,"retryAfterMs":18446744073709551615}"#,
        r#""data":{"said":18446744073709551615}"#,
        r#""data":[1]"#,
        r#""error":"no""#,
        r#""close":true"#,
        r#""cancel":true"#,
        r#""beat":true"#,
    ];
    let member = prop_oneof![number, select(words.to_vec()).prop_map(str::to_owned)];
    vec(member, 0..5).prop_map(|members| format!("{{{}}}", members.join(",")))
}

fn welcome() -> impl Strategy<Value = String> {
    vec(number(), 5).prop_map(|n| {
        format!(
            r#"{{"clientId":"c","session":"s","key":"k","epoch":"e","resumed":true,"received":{},
            "graceMs":1,"beatMs":1,"contract":"","limits":{{"messageBytes":{},"openCalls":{},
            "credit":{},"ringFrames":1,"ringBytes":{}}}}}"#,
            n[0], n[1], n[2], n[3], n[4]
        )
    })
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        8 => frame().prop_map(Step::Said),
        2 => (welcome(), any::<bool>()).prop_map(|(text, resumes)| Step::Welcomed(text, resumes)),
        3 => (0..4_u32, any::<bool>()).prop_map(|(window, is_stream)| Step::Called(window, is_stream)),
        1 => (1..5_i64).prop_map(Step::Taken),
        1 => (1..5_i64).prop_map(Step::Forgotten),
        1 => Just(Step::Detached),
        1 => Just(Step::Lost),
    ]
}

proptest! {
    #[test]
    fn whatever_a_server_says_the_books_are_kept(steps in vec(step(), 0..40)) {
        let mut state = open();
        for step in steps {
            match step {
                Step::Said(text) => {
                    let _ = state.receive(&message::Message::of_text(text.into()));
                }
                Step::Welcomed(text, resumes) => {
                    if let Ok(welcomed) = serde_json::from_str::<Welcomed>(&text) {
                        let _ = state.welcome(welcomed, resumes);
                    }
                }
                Step::Called(window, is_stream) => {
                    let deadline = Some(Instant::now() + Duration::from_secs(5));
                    let _ = state.begin(ASK, window, is_stream, deadline, asked);
                }
                Step::Taken(id) => {
                    state.calls.get_mut(&id).and_then(Open::take);
                    state.grant(id);
                }
                Step::Forgotten(id) => state.forget(id),
                Step::Detached => state.detach(),
                Step::Lost => state.lose("gone"),
            }
            let frames = said(&mut state).len();
            prop_assert!(frames < 1_000, "{frames} frames at once");
            let queued: usize = state.queue.iter().map(|(_, body)| body.len()).sum();
            prop_assert_eq!(queued, state.queue_bytes);
        }
        state.close(Code::Cancelled, "closed");
        prop_assert!(state.queue.is_empty() && said(&mut state).is_empty());
        prop_assert!(state.calls.values().all(|open| open.end.is_some()));
    }
}
