use super::*;

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
