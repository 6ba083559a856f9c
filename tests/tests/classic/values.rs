//! What the classic dialect has no form for is refused in words.

use igor::{BigInt, Bytes, Client, Code, Date, Hub, Input, Output, Registry};
use igor_tests::within;
use serde_json::json;

use crate::{Classic, serving_by, without_token};

const UNSENDABLE: &str =
    "it holds bytes, an exact integer or a date, which the classic dialect has no form for";

#[igor::action("values.bytes")]
fn bytes() -> Bytes {
    Bytes::from(vec![1, 2, 3])
}

#[igor::action("values.big")]
fn big() -> BigInt {
    BigInt::from(5)
}

/// Sends bytes without end, and hears when it is enough.
#[igor::action("values.many")]
async fn many(output: Output<Bytes>) -> igor::Result<()> {
    loop {
        output.send(Bytes::from(vec![1])).await?;
    }
}

#[igor::action("values.take_bytes")]
fn take_bytes(bytes: Bytes) {
    let _ = bytes;
}

#[igor::action("values.take_big")]
fn take_big(big: BigInt) {
    let _ = big;
}

#[igor::action("values.take_date")]
fn take_date(date: Date) {
    let _ = date;
}

#[igor::action("values.rows")]
async fn rows(title: String, mut rows: Input<u32>) -> igor::Result<String> {
    while rows.next().await?.is_some() {}
    Ok(title)
}

#[igor::event("values.drawn")]
struct Drawn {
    picture: Bytes,
}

#[igor::action("values.draw")]
fn draw(hub: Hub) {
    hub.all().send(&Drawn { picture: Bytes::from(vec![7]) });
}

#[igor::request("values.confirm", reply = bool)]
struct Confirm;

#[igor::action("values.ask")]
async fn ask(client: Client) -> String {
    match client.request(&Confirm).await {
        Ok(answer) => answer.to_string(),
        Err(error) => error.to_string(),
    }
}

async fn client() -> (crate::Test, Classic) {
    let registry = Registry::new()
        .action::<bytes>()
        .action::<big>()
        .action::<many>()
        .action::<take_bytes>()
        .action::<take_big>()
        .action::<take_date>()
        .action::<rows>()
        .action::<draw>()
        .action::<ask>();
    let test = serving_by(without_token(), registry).await;
    let client = Classic::open(&test.server).await;
    (test, client)
}

#[tokio::test]
async fn a_value_that_takes_a_binary_frame_ends_its_call() {
    let (test, mut client) = client().await;
    for action in ["values.bytes", "values.big", "values.many"] {
        let expected = [
            json!({ "streamId": action, "error": UNSENDABLE }),
            json!({ "streamId": action, "close": true }),
        ];
        assert_eq!(client.call(json!(action), action, json!(null)).await, expected);
    }
    // The one that never ends was stopped, which others than the caller can see.
    let stopped = async {
        while test.server.handle().stats().open_calls > 0 {
            tokio::task::yield_now().await;
        }
    };
    within("the end of the call", stopped).await;
}

#[tokio::test]
async fn plain_json_is_not_taken_for_what_takes_a_binary_frame() {
    let (_test, mut client) = client().await;
    for (action, data) in [
        ("bytes", json!("AQI=")),
        ("bytes", json!({ "$bin": 0 })),
        ("big", json!(5)),
        ("big", json!("5")),
        ("date", json!("2026-01-02T03:04:05.678Z")),
        ("date", json!(1_767_323_045)),
    ] {
        let error = client.refusal(&format!("values.take_{action}"), data).await;
        assert!(error.starts_with(&format!("`{action}`: ")), "{error}");
    }
}

#[tokio::test]
async fn an_event_that_takes_a_binary_frame_is_told_to_be_left_out() {
    let (_test, mut client) = client().await;
    client.send(json!({ "streamId": 1, "action": "values.draw" })).await;
    let error = format!("the event \"values.drawn\" is left out: {UNSENDABLE}");
    assert_eq!(client.next().await, json!({ "error": error, "code": 503 }));
    assert_eq!(client.next().await, json!({ "streamId": 1, "close": true }));
}

#[tokio::test]
async fn an_action_that_takes_a_stream_cannot_be_called() {
    let (test, mut client) = client().await;
    let error = client.refusal("values.rows", json!("a title")).await;
    let expected = "`values.rows` takes a stream `rows`, which the classic dialect cannot send";
    assert_eq!(error, expected);
    let counted = test.server.handle().stats().calls;
    assert!(counted.contains(&(Some(Code::BadData), 1)), "it counts as everybody's: {counted:?}");
}

#[tokio::test]
async fn who_asks_a_classic_client_is_told_that_it_cannot_be_asked() {
    let (_test, mut client) = client().await;
    let said = client.ask("values.ask", json!(null)).await;
    let expected = "unknown_action: the page did not answer `values.confirm`: a client that speaks \
                    classic cannot be asked";
    assert_eq!(said, expected);
}
