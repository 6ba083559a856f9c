//! Frames and their bytes: what stands on the wire, and nothing else.

use igor_tests::frame;

use crate::{SAY, Test};

/// The texts of the frames that the first client heard last.
fn heard(test: &Test) -> Vec<&str> {
    test.clients[0].heard().collect()
}

#[test]
fn a_call_is_one_frame_each_way() {
    let mut test = Test::new(1);
    for n in 1..=100 {
        test.once(SAY, 1, 1, 0);
        let answer = format!(
            r#"{{"n":{n},"ack":{n},"streamId":{n},"data":{{"who":"lobby","text":"hello"}},"close":true}}"#
        );
        assert_eq!(heard(&test), [answer]);
    }
}

#[test]
fn an_item_and_an_event_have_a_number_and_what_they_carry() {
    let mut test = Test::new(1);
    test.once(r#""action":"items","data":2"#, 1, 3, 0);
    // What was received is told when it has risen, and not again.
    let items = [
        r#"{"n":1,"ack":1,"streamId":1,"data":0}"#,
        r#"{"n":2,"streamId":1,"data":1}"#,
        r#"{"n":3,"streamId":1,"close":true}"#,
    ];
    assert_eq!(heard(&test), items);
    test.once(r#""action":"tell","data":"hello""#, 1, 2, 0);
    let event = r#"{"n":4,"ack":2,"action":"told","data":{"text":"hello"}}"#;
    assert_eq!(heard(&test)[0], event);
}

#[test]
fn what_has_no_answer_is_acknowledged_every_32_frames() {
    let mut test = Test::new(1);
    test.once(SAY, 1, 1, 0);
    let Test { runtime, clients, .. } = &mut test;
    for n in 2..=97 {
        // Of a call that has ended nobody hears any more; the pong shows that it was read.
        let cancel = clients[0].numbered(r#""streamId":1,"cancel":true"#);
        let bytes = [cancel, frame(true, 9, b"read?")].concat();
        let is_due = n % 32 == 1;
        runtime.block_on(clients[0].ask(&bytes, if is_due { 2 } else { 1 }));
        let heard: Vec<_> = clients[0].heard().collect();
        let ack = format!(r#"{{"ack":{n}}}"#);
        let expected = if is_due { vec!["read?", &ack] } else { vec!["read?"] };
        assert_eq!(heard, expected);
    }
}
