//! Allocations: the numbers are what it takes today, and may only become less.

use crate::{Cost, SAY, Test};

#[test]
fn a_call_takes_7_allocations_alone_and_among_others() {
    for calls in [1, 64] {
        let Cost { allocations, bytes, .. } = Test::new(1).cost(SAY, calls, 1, 0);
        assert!(allocations <= 7 * calls as u64, "{calls} calls: {allocations}");
        assert!(bytes <= 1024 * calls as u64, "{calls} calls: {bytes} bytes");
    }
}

#[test]
fn a_page_takes_30_allocations_from_its_hello_to_its_first_reply() {
    let test = Test::new(0);
    test.first_call(SAY);
    let Cost { allocations, bytes, .. } = test.first_call(SAY);
    assert!(allocations <= 30, "{allocations}");
    assert!(bytes <= 6 << 10, "{bytes} bytes");
}

#[test]
fn an_item_takes_one_allocation_of_a_stream_and_of_an_output() {
    const ITEMS: usize = 200;
    for action in ["items", "outputs"] {
        let call = format!(r#""action":"{action}","data":{ITEMS}"#);
        let Cost { allocations, .. } = Test::new(1).cost(&call, 1, ITEMS + 1, 0);
        assert!(allocations <= 8 + ITEMS as u64, "{action}: {allocations}");
    }
}

#[test]
fn an_event_is_encoded_once_and_copied_for_nobody() {
    const TEXT_BYTES: usize = 100_000;
    let call = format!(r#""action":"tell","data":"{}""#, "x".repeat(TEXT_BYTES));
    let [one, many] = [1, 33].map(|clients| Test::new(clients).cost(&call, 1, 2, 1));
    let bytes = (many.bytes - one.bytes) / 32;
    let allocations = many.allocations - one.allocations;
    assert!(bytes <= 64, "{bytes} bytes for each further client");
    assert!(allocations < 32, "{allocations} for 32 further clients");
}
