//! What a client sends into the inputs of its calls.

use igor_tests::{Identity, Raw, Running, config};
use peak_alloc::PeakAlloc;

use crate::{KIB, MIB, Test, measured, serving};

#[tokio::test]
async fn inputs_that_nobody_takes_cost_the_limit_of_a_client() {
    const CALLS: usize = 64;
    const ITEM_BYTES: usize = 128 * KIB;
    let mut config = config();
    config.wire.client_bytes = 4 * MIB;
    let test = serving(config).await;
    let mut raw = Raw::enter(&test.server, &mut Identity::new()).await;
    for id in 1..=CALLS {
        let call = format!(r#"{{"n":{id},"streamId":{id},"action":"memory.ignore"}}"#);
        raw.send(true, 1, call.as_bytes()).await;
        while raw.json().await["credit"].is_null() {}
    }
    let text = "x".repeat(ITEM_BYTES);
    let before = PeakAlloc.current_usage();
    PeakAlloc.reset_peak_usage();
    for id in 1..=CALLS {
        let n = CALLS + id;
        let item = format!(r#"{{"n":{n},"streamId":{id},"data":"{text}"}}"#);
        raw.send(true, 1, item.as_bytes()).await;
    }
    // Eight MiB were sent. A call that is refused an item gives back what it had.
    let mut refused = 0;
    while refused <= CALLS / 2 {
        refused += usize::from(raw.json().await["code"] == 429);
    }
    test.until(|stats| stats.open_calls == CALLS - refused).await;
    let (cost, kept) = (PeakAlloc.peak_usage() - before, PeakAlloc.current_usage() - before);
    // What is above the limit is the message that is being read, at both ends.
    assert!(cost <= 4 * MIB + 512 * KIB, "{cost}");
    assert!(kept > 3 * MIB, "{kept}");
    test.bench.allow(CALLS);
    test.server.stop().await;
}

#[tokio::test]
async fn a_long_input_costs_what_is_ahead_of_its_action() {
    const ITEMS: usize = 1_000;
    const ITEM_BYTES: usize = 16 * KIB;
    // What a client sends without new credit.
    const AHEAD: usize = 256 * KIB / ITEM_BYTES;
    let Test { server, sender, _alone, .. } = serving(config()).await;
    let mut raw = measured(&server).await;
    let text = "x".repeat(ITEM_BYTES);
    let before = PeakAlloc.current_usage();
    PeakAlloc.reset_peak_usage();
    raw.send(true, 1, br#"{"n":2,"ack":1,"streamId":2,"action":"memory.take"}"#).await;
    let (mut ack, mut credit, mut ahead) = (1, 0, 0);
    for item in 0..ITEMS {
        while credit == 0 || ahead >= AHEAD {
            let granted = raw.json().await;
            ack = granted["n"].as_u64().unwrap_or(ack);
            let more = granted["credit"].as_u64().unwrap_or_default() as usize;
            credit += more;
            ahead = ahead.saturating_sub(more);
        }
        let n = item + 3;
        let frame = format!(r#"{{"n":{n},"ack":{ack},"streamId":2,"data":"{text}"}}"#);
        raw.send(true, 1, frame.as_bytes()).await;
        (credit, ahead) = (credit - 1, ahead + 1);
    }
    let end = format!(r#"{{"n":{},"ack":{ack},"streamId":2,"close":true}}"#, ITEMS + 3);
    raw.send(true, 1, end.as_bytes()).await;
    let ended = loop {
        let frame = raw.json().await;
        if frame["close"] == true {
            break frame;
        }
    };
    assert_eq!(ended["data"], ITEMS * ITEM_BYTES);
    // 16 MB went through; what is ahead was kept twice, as it came and as it was read.
    let cost = PeakAlloc.peak_usage() - before;
    assert!(cost <= MIB, "{cost}");
    drop(sender);
    server.stop().await;
}

/// Sends frames that are items of the call 2, until the server ends it; says what that cost.
async fn sent_in_vain(server: &Running, frame: impl Fn(usize) -> (u8, Vec<u8>)) -> usize {
    let mut raw = measured(server).await;
    raw.send(true, 1, br#"{"n":2,"ack":1,"streamId":2,"action":"memory.ignore"}"#).await;
    assert_eq!(raw.json().await["credit"], 256);
    let before = PeakAlloc.current_usage();
    PeakAlloc.reset_peak_usage();
    for n in 3..3 + 256 {
        let (opcode, payload) = frame(n);
        raw.send(true, opcode, &payload).await;
    }
    let ended = loop {
        let frame = raw.json().await;
        if frame["close"] == true {
            break frame;
        }
    };
    assert_eq!(ended["code"], 429, "{ended}");
    PeakAlloc.peak_usage() - before
}

#[tokio::test]
async fn an_item_costs_no_more_than_its_frame_although_little_of_that_is_its_value() {
    let Test { server, sender, _alone, .. } = serving(config()).await;
    let more = "x".repeat(256 * KIB);
    let cost = sent_in_vain(&server, |n| {
        let frame = format!(r#"{{"n":{n},"ack":2,"streamId":2,"data":1,"more":"{more}"}}"#);
        (1, frame.into_bytes())
    });
    let cost = cost.await;
    assert!(cost <= 4 * MIB, "{cost}");

    // As many attachments as the JSON has room to name, and none has a byte.
    let bin = vec!["0"; 8 * KIB].join(",");
    let more = "x".repeat(96 * KIB);
    let cost = sent_in_vain(&server, |n| {
        let json =
            format!(r#"{{"n":{n},"ack":2,"streamId":2,"data":1,"more":"{more}","bin":[{bin}]}}"#);
        let length = u32::try_from(json.len()).unwrap_or_default();
        (2, [&length.to_le_bytes(), json.as_bytes()].concat())
    });
    let cost = cost.await;
    assert!(cost <= 4 * MIB, "{cost}");
    drop(sender);
    server.stop().await;
}
