//! Writes: each is a call of the system.

use crate::{SAY, Test};

#[test]
fn calls_that_come_together_are_answered_by_one_write() {
    for calls in [1, 2, 64] {
        assert_eq!(Test::new(1).cost(SAY, calls, 1, 0).writes, 1, "{calls} calls");
    }
}

#[test]
fn items_that_are_ready_together_are_written_together() {
    for action in ["items", "outputs"] {
        let call = format!(r#""action":"{action}","data":600"#);
        assert_eq!(Test::new(1).cost(&call, 1, 601, 0).writes, 1, "{action}");
    }
}

#[test]
fn an_event_is_one_write_for_each_client() {
    const CLIENTS: usize = 10;
    let cost = Test::new(CLIENTS).cost(r#""action":"tell","data":"hello""#, 1, 2, 1);
    assert_eq!(cost.writes, CLIENTS as u64);
}

#[test]
fn the_first_calls_of_a_page_are_answered_with_its_welcome() {
    assert_eq!(Test::new(0).first_call(SAY).writes, 1);
}
