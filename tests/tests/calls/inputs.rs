//! Inputs: items that the caller sends while the action runs.

use futures_util::{Stream, StreamExt as _};
use igor::{Input, Output, Registry, Scope};
use igor_tests::{Bench, Identity, Page, Running, config, failure, result};
use serde_json::{Value, json};

use super::{Test, double, serving, serving_to};

#[igor::action("inputs.sum")]
async fn sum(from: i64, numbers: Input<i64>) -> igor::Result<i64> {
    let mut numbers = numbers;
    let mut sum = from;
    while let Some(number) = numbers.next().await? {
        sum += number;
    }
    Ok(sum)
}

/// Takes a number for each permit, and tells it.
#[igor::action("inputs.slow")]
async fn slow(mut numbers: Input<Option<u32>>, bench: Scope<Bench>) -> igor::Result<u32> {
    let _guard = bench.guard("dropped");
    bench.permit().await;
    while let Some(number) = numbers.next().await? {
        bench.tell(format!("{number:?}"));
        bench.permit().await;
    }
    Ok(bench.count())
}

/// Answers each word with its length.
#[igor::action("inputs.lengths")]
fn lengths(words: Input<String>) -> impl Stream<Item = igor::Result<usize>> {
    words.map(|word| word.map(|word| word.len()))
}

/// Tells of the first word, and returns.
#[igor::action("inputs.first")]
async fn first(mut words: Input<String>, heard: Output<String>) -> igor::Result<Option<String>> {
    let word = words.next().await?;
    heard.send("enough".to_owned()).await?;
    Ok(word)
}

/// Takes a word, and all others only when it is permitted to; says how many letters there were.
#[igor::action("inputs.later")]
async fn later(mut words: Input<String>, bench: Scope<Bench>) -> igor::Result<usize> {
    let mut letters = words.next().await?.map_or(0, |word| word.len());
    bench.tell("later");
    bench.permit().await;
    while let Some(word) = words.next().await? {
        letters += word.len();
    }
    Ok(letters)
}

#[igor::action("inputs.count_blocking", blocking)]
fn count_blocking(mut words: Input<String>) -> igor::Result<u32> {
    let runtime = tokio::runtime::Handle::current();
    let mut count = 0;
    while runtime.block_on(words.next())?.is_some() {
        count += 1;
    }
    Ok(count)
}

/// Takes its words in a task of its own, and tells what it found.
#[igor::action("inputs.elsewhere")]
async fn elsewhere(mut words: Input<String>, bench: Scope<Bench>) {
    let task = tokio::spawn({
        let bench = bench.clone();
        async move {
            loop {
                match words.next().await {
                    Ok(Some(word)) => bench.tell(word),
                    end => return bench.tell(format!("{end:?}")),
                }
            }
        }
    });
    bench.permit().await;
    drop(task);
}

fn registry() -> Registry {
    let registry = Registry::new().action::<sum>().action::<slow>().action::<lengths>();
    let registry = registry.action::<first>().action::<count_blocking>().action::<elsewhere>();
    registry.action::<later>().action::<double>()
}

async fn send(page: &mut Page, id: i64, items: impl IntoIterator<Item = Value>) {
    for item in items {
        page.send(json!({ "streamId": id, "data": item })).await;
    }
}

async fn end(page: &mut Page, id: i64) {
    page.send(json!({ "streamId": id, "close": true })).await;
}

#[tokio::test]
async fn an_action_takes_what_its_caller_sends() {
    let Test { mut page, server: _server, .. } = serving(registry()).await;
    let id = page.call("inputs.sum", json!(10)).await;
    assert_eq!(page.of_call(id).await, json!({ "credit": 256 }));
    send(&mut page, id, [json!(1), json!(2), json!(3)]).await;
    end(&mut page, id).await;
    assert_eq!(page.last(id).await, result(16));

    let id = page.call("inputs.sum", json!(10)).await;
    end(&mut page, id).await;
    assert_eq!(page.last(id).await, result(10), "an input may be empty");
}

#[tokio::test]
async fn a_slow_action_slows_its_caller() {
    let Test { mut page, bench, mut heard, server: _server, .. } = serving(registry()).await;
    let id = page.call("inputs.slow", Value::Null).await;
    assert_eq!(page.ask("calls.double", json!(1)).await, result(2));
    assert!(page.has_none(|frame| frame["streamId"] == id).await, "nothing was asked for");
    bench.allow(1);
    assert_eq!(page.of_call(id).await, json!({ "credit": 256 }));
    send(&mut page, id, (0..256).map(|number| json!(number))).await;
    for number in 0..127 {
        assert_eq!(heard.next().await, format!("Some({number})"));
        bench.allow(1);
    }
    assert_eq!(heard.next().await, "Some(127)");
    assert_eq!(page.of_call(id).await, json!({ "credit": 128 }), "in halves of a window");
    assert!(page.has_none(|frame| frame["streamId"] == id).await);
    send(&mut page, id, [Value::Null]).await;
    end(&mut page, id).await;
    bench.allow(200);
    for number in 128..256 {
        assert_eq!(heard.next().await, format!("Some({number})"));
    }
    assert_eq!(heard.next().await, "None", "an item may be null");
    assert_eq!(page.last(id).await, result(1));
}

#[tokio::test]
async fn items_that_nobody_asked_for_end_the_call() {
    let Test { mut page, bench, mut heard, server: _server, .. } = serving(registry()).await;
    let id = page.call("inputs.slow", Value::Null).await;
    send(&mut page, id, [json!(1)]).await;
    let refused = failure(400, "an item of the input was sent without credit for it");
    assert_eq!(page.last(id).await, refused);
    assert_eq!(heard.next().await, "dropped");

    bench.allow(1);
    let id = page.call("inputs.slow", Value::Null).await;
    assert_eq!(page.of_call(id).await, json!({ "credit": 256 }));
    send(&mut page, id, (0..257).map(|number| json!(number))).await;
    assert_eq!(page.last(id).await, refused);

    let id = page.call("calls.double", json!("no number")).await;
    send(&mut page, id, [json!(1)]).await;
    assert_eq!(page.last(id).await["code"], 422, "one that has ended ignores them");
}

#[tokio::test]
async fn what_nobody_takes_of_all_inputs_of_a_client_is_bounded() {
    const LONG: usize = 50_000;
    let mut config = config();
    (config.wire.message_bytes, config.wire.client_bytes) = (64 << 10, 128 << 10);
    let Test { mut page, bench, mut heard, server: _server, .. } =
        serving_to(Identity::new(), registry(), config).await;
    let mut ids = Vec::new();
    for _ in 0..3 {
        let id = page.call("inputs.later", Value::Null).await;
        page.of_call(id).await;
        send(&mut page, id, [json!("a")]).await;
        assert_eq!(heard.next().await, "later");
        ids.push(id);
    }
    for id in &ids {
        send(&mut page, *id, [json!("x".repeat(LONG))]).await;
    }
    let text = "the inputs of all calls hold more than 131072 bytes that nobody has taken";
    assert_eq!(page.last(ids[2]).await, failure(429, text));
    // The others go on, and with what they take there is room again.
    bench.allow(3);
    for id in &ids[..2] {
        send(&mut page, *id, [json!("x".repeat(LONG))]).await;
        end(&mut page, *id).await;
        assert_eq!(page.last(*id).await, result(2 * LONG + 1));
    }
}

#[tokio::test]
async fn an_item_that_does_not_fit_is_named_by_its_place() {
    let Test { mut page, server: _server, .. } = serving(registry()).await;
    let id = page.call("inputs.sum", json!(0)).await;
    page.of_call(id).await;
    send(&mut page, id, [json!(1), json!("two")]).await;
    let text = "`numbers[1]`: invalid type: string \"two\", expected i64";
    assert_eq!(page.last(id).await, failure(422, text));
}

#[tokio::test]
async fn an_input_that_fails_ends_the_call() {
    let Test { mut page, bench, mut heard, server: _server, .. } = serving(registry()).await;
    bench.allow(1);
    let broken = |id| json!({ "streamId": id, "error": "the file is gone", "close": true });
    let id = page.call("inputs.slow", Value::Null).await;
    page.of_call(id).await;
    send(&mut page, id, [json!(1)]).await;
    assert_eq!(heard.next().await, "Some(1)");
    page.send(broken(id)).await;
    assert_eq!(page.last(id).await, failure(422, "the file is gone"));
    assert_eq!(heard.next().await, "dropped");

    // Who takes it elsewhere must not believe that this was all.
    let id = page.call("inputs.elsewhere", Value::Null).await;
    page.of_call(id).await;
    page.send(broken(id)).await;
    assert_eq!(heard.next().await, "Err(bad_data: the file is gone)");
    let id = page.call("inputs.elsewhere", Value::Null).await;
    page.of_call(id).await;
    send(&mut page, id, [json!("word")]).await;
    assert_eq!(heard.next().await, "word");
    page.send(json!({ "streamId": id, "cancel": true })).await;
    assert_eq!(heard.next().await, "Err(cancelled: the call is over)");
}

#[tokio::test]
async fn items_go_in_while_others_come_out() {
    let Test { mut page, server: _server, .. } = serving(registry()).await;
    let id = page.call_with("inputs.lengths", json!({ "credit": 10 })).await;
    page.of_call(id).await;
    for word in ["a", "bc", "def"] {
        send(&mut page, id, [json!(word)]).await;
        assert_eq!(page.of_call(id).await, json!({ "data": word.len() }));
    }
    end(&mut page, id).await;
    assert_eq!(page.of_call(id).await, json!({ "close": true }));
}

#[tokio::test]
async fn what_is_still_sent_to_an_action_that_has_returned_is_late_and_no_mistake() {
    let Test { mut page, server: _server, .. } = serving(registry()).await;
    let id = page.call("inputs.first", Value::Null).await;
    page.of_call(id).await;
    send(&mut page, id, [json!("a"), json!("b"), json!("c")]).await;
    end(&mut page, id).await;
    let frames = page.all(id).await;
    assert_eq!(frames, [json!({ "data": "enough" }), result("a")]);
    assert!(page.has_none(|frame| frame.get("error").is_some()).await);
}

#[tokio::test]
async fn an_action_that_blocks_takes_an_input_too() {
    let Test { mut page, server: _server, .. } = serving(registry()).await;
    let id = page.call("inputs.count_blocking", Value::Null).await;
    page.of_call(id).await;
    send(&mut page, id, (0..3).map(|_| json!("word"))).await;
    end(&mut page, id).await;
    assert_eq!(page.last(id).await, result(3));
}

#[tokio::test]
async fn over_lost_connections_nothing_of_an_input_is_lost_or_doubled() {
    let server = Running::serve(Registry::new().action::<sum>()).await;
    let mut identity = Identity::new();
    let mut page = Page::load(&server, &mut identity).await;
    let id = page.call("inputs.sum", json!(0)).await;
    page.of_call(id).await;
    let mut sockets = Vec::new();
    for number in 1..=200 {
        send(&mut page, id, [json!(number)]).await;
        if number % 20 == 0 {
            // The socket before is half open: what it still delivers counts no more.
            sockets.push(page.resume(&server, &mut identity).await);
        }
    }
    end(&mut page, id).await;
    assert_eq!(page.last(id).await, result(200 * 201 / 2));
}
