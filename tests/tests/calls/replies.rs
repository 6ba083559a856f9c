//! What actions return, and their outputs on the way.

use std::pin::Pin;

use futures_util::stream::{self, Stream, StreamExt as _};
use igor::Registry;
use igor_tests::{failure, result};
use serde_json::{Value, json};

use super::{Test, assert_is_internal, double, serving, up_to, with_progress};

#[igor::action("calls.nothing")]
fn nothing() {}

#[igor::data]
#[derive(Debug, thiserror::Error)]
enum SayError {
    #[error("say who you are first")]
    Nameless,
    #[error("a line has at most {limit} characters")]
    TooLong { limit: u32 },
}

type Said<T> = Result<T, SayError>;

#[igor::action("calls.say")]
fn say(text: String) -> Result<String, SayError> {
    match text.len() {
        0 => Err(SayError::Nameless),
        1..=5 => Ok(text),
        _ => Err(SayError::TooLong { limit: 5 }),
    }
}

#[igor::action("calls.say_by_alias")]
async fn say_by_alias(text: String) -> Said<String> {
    say(text)
}

#[igor::action("calls.say_nothing")]
fn say_nothing(text: String) -> Said<()> {
    say(text).map(drop)
}

#[igor::action("calls.not_by_three")]
fn not_by_three(number: u32) -> igor::Result<u32> {
    match number % 3 {
        0 => Err(igor::Error::forbidden("not by three")),
        1 => Ok(number),
        _ => Err(igor::Error::internal("the secret of the house")),
    }
}

#[tokio::test]
async fn an_action_returns_nothing_a_value_or_a_result() {
    let registry = Registry::new()
        .action::<nothing>()
        .action::<double>()
        .action::<say>()
        .action::<say_by_alias>()
        .action::<say_nothing>()
        .action::<not_by_three>();
    let Test { mut page, server: _server, .. } = serving(registry).await;
    assert_eq!(page.ask("calls.nothing", json!(null)).await, result(()));
    assert_eq!(page.ask("calls.double", json!(2)).await, result(4));
    let mut nameless = failure(450, "say who you are first");
    nameless["data"] = json!("Nameless");
    let mut too_long = failure(450, "a line has at most 5 characters");
    too_long["data"] = json!({ "TooLong": { "limit": 5 } });
    // An alias of `Result` is a `Result`, never data of the shape `{"Ok": …}`.
    for (action, said) in [
        ("calls.say", json!("hi")),
        ("calls.say_by_alias", json!("hi")),
        ("calls.say_nothing", json!(null)),
    ] {
        assert_eq!(page.ask(action, json!("hi")).await, result(said));
        assert_eq!(page.ask(action, json!("")).await, nameless);
        assert_eq!(page.ask(action, json!("too long")).await, too_long);
    }
    assert_eq!(page.ask("calls.not_by_three", json!(1)).await, result(1));
    assert_eq!(page.ask("calls.not_by_three", json!(3)).await, failure(403, "not by three"));
    let hidden = page.ask("calls.not_by_three", json!(2)).await;
    assert_is_internal(&hidden);
}

#[igor::action("calls.up_to_boxed")]
fn up_to_boxed(end: u32) -> Pin<Box<dyn Stream<Item = u32> + Send>> {
    Box::pin(up_to(end))
}

#[igor::action("calls.up_to_checked")]
async fn up_to_checked(end: u32) -> Said<impl Stream<Item = u32>> {
    if end > 5 { Err(SayError::TooLong { limit: 5 }) } else { Ok(up_to(end)) }
}

#[tokio::test]
async fn an_action_returns_a_stream_or_a_result_of_one() {
    let registry =
        Registry::new().action::<up_to>().action::<up_to_boxed>().action::<up_to_checked>();
    let Test { mut page, server: _server, .. } = serving(registry).await;
    for action in ["calls.up_to", "calls.up_to_boxed", "calls.up_to_checked"] {
        let id = page.call(action, json!(3)).await;
        let expected: Vec<Value> =
            (0..3).map(|item| json!({ "data": item })).chain([json!({ "close": true })]).collect();
        assert_eq!(page.all(id).await, expected, "{action}");
        let id = page.call(action, json!(0)).await;
        assert_eq!(page.all(id).await, [json!({ "close": true })], "{action}");
    }
    let id = page.call("calls.up_to_checked", json!(6)).await;
    let mut expected = failure(450, "a line has at most 5 characters");
    expected["data"] = json!({ "TooLong": { "limit": 5 } });
    assert_eq!(page.all(id).await, [expected]);
}

#[igor::action("calls.up_to_failing")]
fn up_to_failing(end: u32) -> impl Stream<Item = igor::Result<u32>> {
    let failed = async { Err(igor::Error::forbidden("no further")) };
    up_to(end).map(Ok).chain(stream::once(failed))
}

#[tokio::test]
async fn a_stream_that_fails_in_its_middle_ends_with_the_error() {
    let registry = Registry::new().action::<up_to_failing>();
    let Test { mut page, server: _server, .. } = serving(registry).await;
    let id = page.call("calls.up_to_failing", json!(2)).await;
    let expected = [json!({ "data": 0 }), json!({ "data": 1 }), failure(403, "no further")];
    assert_eq!(page.all(id).await, expected);
}

#[tokio::test]
async fn outputs_come_in_order_and_before_the_result() {
    let Test { mut page, server: _server, .. } =
        serving(Registry::new().action::<with_progress>()).await;
    let id = page.call("calls.with_progress", json!(3)).await;
    let expected = [
        json!({ "data": "step 0" }),
        json!({ "data": "step 1" }),
        json!({ "data": "step 2" }),
        result(3),
    ];
    assert_eq!(page.all(id).await, expected);
}
