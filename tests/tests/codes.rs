//! Every code of PROTOCOL.md's table that a server sends, with what causes it.
//!
//! `contract_mismatch` and `session_lost` are said by the client alone: their tests are in
//! `igor-client-ts/tests`.

use futures_util::{Stream, stream};
use igor::{Client, Code, Output, Registry, Scope, Server};
use igor_tests::{
    Bench, Identity, Page, Refused, Running, Socket, TOKEN, config, failure, result, within,
};
use serde_json::json;

#[igor::action("codes.echo")]
fn echo(text: String) -> String {
    text
}

#[igor::action("codes.hold")]
async fn hold(bench: Scope<Bench>) {
    bench.permit().await;
}

#[igor::action("codes.admins_only")]
fn admins_only(client: Client) -> igor::Result<()> {
    Err(igor::Error::forbidden(format!("`{}` is no admin", client.id())))
}

#[igor::data]
#[derive(Debug, thiserror::Error)]
#[error("there are {left} left")]
struct SoldOut {
    left: u32,
}

#[igor::action("codes.buy")]
fn buy(count: u32) -> Result<u32, SoldOut> {
    if count > 2 { Err(SoldOut { left: 2 }) } else { Ok(count) }
}

#[igor::data]
struct Reading {
    rows: Vec<Row>,
}

#[igor::data]
struct Row {
    seen_at: u64,
}

#[igor::action("codes.read")]
fn read(seen_at: u64) -> Reading {
    Reading { rows: vec![Row { seen_at: 1 }, Row { seen_at }] }
}

#[igor::action("codes.divide")]
fn divide(by: f64) -> f64 {
    1.0 / by
}

#[igor::action("codes.stream_nan")]
fn stream_nan() -> impl Stream<Item = f64> {
    stream::iter([1.0, f64::NAN, 2.0])
}

#[igor::action("codes.large")]
fn large(bytes: u32) -> String {
    "x".repeat(bytes as usize)
}

#[igor::action("codes.large_output")]
async fn large_output(bytes: u32, output: Output<String>) -> igor::Result<String> {
    let refused = output.send("x".repeat(bytes as usize)).await.expect_err("it is too large");
    output.send("small".into()).await?;
    Ok(refused.code().name().into())
}

#[igor::action("codes.panic")]
fn panic() {
    panic!("the secret of the house")
}

fn registry() -> Registry {
    Registry::new()
        .action::<echo>()
        .action::<hold>()
        .action::<admins_only>()
        .action::<buy>()
        .action::<read>()
        .action::<divide>()
        .action::<stream_nan>()
        .action::<large>()
        .action::<large_output>()
        .action::<panic>()
}

struct Test {
    server: Running,
    page: Page,
    bench: Bench,
}

async fn serving() -> Test {
    let (bench, _) = Bench::new();
    let mut config = config();
    config.wire.message_bytes = 10_000;
    config.calls.open = 2;
    let server = Server::new(config).registry(registry()).scope(bench.clone());
    let server = Running::start(server).await;
    Test { page: Page::open(&server).await, server, bench }
}

#[tokio::test]
async fn bad_frame() {
    let mut test = serving().await;
    test.page.socket.send("[]").await;
    let expected = json!({ "error": "a frame is a JSON object", "code": 400 });
    assert_eq!(test.page.loose_error().await, expected);
}

#[tokio::test]
async fn unauthorized() {
    let test = serving().await;
    let own = format!("http://{}", test.server.handle().address());
    for token in [None, Some("a-wrong-token-of-some-length")] {
        for origin in [None, Some(own.as_str())] {
            // The browser's `WebSocket` shows no status, so that it is told by a close code.
            let socket = Socket::open_with(&test.server, token, origin).await;
            assert_eq!(socket.expect("an upgrade").closed().await, 4401);
        }
    }
    let hostile =
        Socket::open_with(&test.server, Some(TOKEN), Some("https://hostile.example")).await;
    assert_eq!(hostile.err(), Some(Refused(403)));
}

#[tokio::test]
async fn forbidden() {
    let mut test = serving().await;
    let expected = failure(403, &format!("`{}` is no admin", test.page.client_id()));
    assert_eq!(test.page.ask("codes.admins_only", json!(null)).await, expected);

    let _ann = Page::named(&test.server, "ann").await;
    let mut socket = Socket::open(&test.server).await;
    socket.send(Identity::named("ann").hello()).await;
    assert_eq!(socket.frame().await["code"], 403);
}

#[tokio::test]
async fn unknown_action() {
    let mut test = serving().await;
    let expected = failure(404, "no action `codes.none`");
    assert_eq!(test.page.ask("codes.none", json!(null)).await, expected);
}

#[tokio::test]
async fn deadline_exceeded() {
    let mut test = serving().await;
    let id = test.page.call_with("codes.hold", json!({ "deadlineMs": 5 })).await;
    assert_eq!(test.page.last(id).await, failure(408, "the deadline of the call passed"));
}

#[tokio::test]
async fn too_large() {
    let mut test = serving().await;
    let refused = test.page.ask("codes.large", json!(10_000)).await;
    assert_eq!((&refused["code"], refused.get("data")), (&json!(413), None));
    let text = refused["error"].as_str().unwrap_or_default();
    assert_eq!(text, "a message is over the limit of 10000 bytes");

    let id = test.page.call("codes.large_output", json!(10_000)).await;
    assert_eq!(test.page.all(id).await, [json!({ "data": "small" }), result("too_large")]);

    test.page.socket.try_send("x".repeat(10_001)).await;
    assert_eq!(test.page.socket.closed().await, 4413);
}

#[tokio::test]
async fn bad_data() {
    let mut test = serving().await;
    let expected = failure(422, "`text`: invalid type: integer `5`, expected a string");
    assert_eq!(test.page.ask("codes.echo", json!(5)).await, expected);
}

#[tokio::test]
async fn overloaded() {
    let mut test = serving().await;
    for _ in 0..2 {
        test.page.call("codes.hold", json!(null)).await;
    }
    let mut expected = failure(429, "2 calls are open already");
    expected["retryAfterMs"] = json!(100);
    assert_eq!(test.page.ask("codes.echo", json!("x")).await, expected);
}

#[tokio::test]
async fn action_failed() {
    let mut test = serving().await;
    let mut expected = failure(450, "there are 2 left");
    expected["data"] = json!({ "left": 2 });
    assert_eq!(test.page.ask("codes.buy", json!(3)).await, expected);
    assert_eq!(test.page.ask("codes.buy", json!(2)).await, result(2));
}

#[tokio::test]
async fn unsendable() {
    let mut test = serving().await;
    let beyond = |path: &str, number: u64| {
        let text = format!(
            "`{path}`: {number} is beyond the integers that JavaScript holds exactly \
             (±(2^53−1)); send it as a string"
        );
        failure(452, &text)
    };
    let number = (1_u64 << 53) + 1;
    let refused = test.page.ask("codes.read", json!(number)).await;
    assert_eq!(refused, beyond("rows[1].seen_at", number));
    let number = (1_u64 << 53) - 1;
    let expected = json!({ "rows": [{ "seen_at": 1 }, { "seen_at": number }] });
    assert_eq!(test.page.ask("codes.read", json!(number)).await, result(expected));
    let text = "JSON has no number inf; send the `None` of an `Option`";
    assert_eq!(test.page.ask("codes.divide", json!(0)).await, failure(452, text));

    let id = test.page.call("codes.stream_nan", json!(null)).await;
    let text = "JSON has no number NaN; send the `None` of an `Option`";
    assert_eq!(test.page.all(id).await, [json!({ "data": 1.0 }), failure(452, text)]);
}

#[tokio::test]
async fn cancelled() {
    let mut test = serving().await;
    let id = test.page.call("codes.hold", json!(null)).await;
    test.page.send(json!({ "streamId": id, "cancel": true })).await;
    assert_eq!(test.page.last(id).await, failure(499, "the caller cancelled"));
}

#[tokio::test]
async fn internal() {
    let mut test = serving().await;
    let failed = test.page.ask("codes.panic", json!(null)).await;
    assert_eq!(failed["code"], 500);
    let text = failed["error"].as_str().unwrap_or_default();
    assert!(text.starts_with("internal error ") && !text.contains("secret"), "{text}");
}

#[tokio::test]
async fn shutting_down() {
    let mut test = serving().await;
    let held = test.page.call("codes.hold", json!(null)).await;
    // The call is known to be open before the server is told to end.
    assert_eq!(test.page.ask("codes.echo", json!("x")).await, result("x"));
    test.server.handle().stop();
    let goodbye = test.page.event("igor.goodbye").await;
    assert_eq!(goodbye["data"]["reason"], "shutdown");
    let retry_after = goodbye["data"]["retryAfterMs"].as_u64();
    assert!(retry_after.is_some_and(|millis| millis <= 2000), "{goodbye}");
    // The last that it runs is told, so that who calls it meanwhile knows which are for the next.
    assert_eq!(goodbye["data"]["lastCall"], held + 1);
    let expected = failure(503, "the server is going down");
    assert_eq!(test.page.ask("codes.echo", json!("x")).await, expected);
    // What was begun before may end.
    test.bench.allow(1);
    assert_eq!(test.page.last(held).await, result(()));
    assert_eq!(test.page.socket.closed().await, 4503);
    within("the end of the server", test.server.stop()).await;
}

/// The codes that the client raises by itself, with the tests that show it.
#[test]
fn contract_mismatch_and_session_lost_are_shown_by_the_tests_of_the_client() {
    for (code, file) in
        [(Code::ContractMismatch, "status.test.ts"), (Code::SessionLost, "lost.test.ts")]
    {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../igor-client-ts/tests");
        let text = std::fs::read_to_string(format!("{folder}/{file}")).expect("it is there");
        assert!(text.contains(&format!("\"{}\"", code.name())), "no `{code}` in {file}");
    }
}

/// PROTOCOL.md's table is the set of [`Code`]s, number by number and name by name.
#[test]
fn the_table_of_the_protocol_has_every_code_and_no_other() {
    let text = include_str!("../../PROTOCOL.md");
    let row = |line: &str| {
        let mut cells = line.split('|').map(str::trim).skip(1);
        let (number, name) = (cells.next()?.parse::<u16>().ok(), cells.next()?);
        let name = name.strip_prefix('`')?.strip_suffix('`')?;
        let is_code = number.is_some_and(|number| number < 1000) || line.starts_with("| –");
        is_code.then(|| (number, name.to_owned()))
    };
    let told: Vec<_> = text.lines().filter_map(row).collect();
    let codes: Vec<_> =
        Code::ALL.iter().map(|code| (code.number(), code.name().to_owned())).collect();
    assert_eq!(told, codes);
}
