//! Requests: the server asks, a page answers.

use std::time::Duration;

use igor::{Client, ClientId, Code, Config, Executed, Hub, ProcessContext, Registry, Scope};
use igor_tests::{Bench, Identity, Page, Running, config, failure, result};
use serde_json::{Value, json};

use super::{Test, serving_to};

/// Asks whoever sits in front of the page.
#[igor::request("confirm", reply = bool)]
struct Confirm {
    question: String,
}

#[igor::request("hurry", reply = (), timeout = "50ms")]
struct Hurry;

fn really() -> Confirm {
    Confirm { question: "really?".to_owned() }
}

/// What came of a request, as one line.
fn said(answer: Result<bool, igor::Error>) -> String {
    match answer {
        Ok(answer) => answer.to_string(),
        Err(error) => match error.executed() {
            Some(executed) => format!("{error} ({executed:?})"),
            None => error.to_string(),
        },
    }
}

/// Asks the caller, and says what came of it.
#[igor::action("requests.ask")]
async fn ask(client: Client) -> String {
    said(client.request(&really()).await)
}

/// Asks somebody else, and tells the test what came of it.
#[igor::action("requests.ask_of")]
async fn ask_of(id: ClientId, hub: Hub, bench: Scope<Bench>) {
    let _guard = bench.guard("asked");
    bench.tell(said(hub.client(&id).request(&really()).await));
}

#[igor::action("requests.hurry")]
async fn hurry(client: Client) -> igor::Result<()> {
    client.request(&Hurry).await
}

/// Asks a client for each permit, until there is one.
#[igor::process("asker")]
#[derive(Default)]
struct Asker;

impl igor::Process for Asker {
    async fn run(&mut self, cx: &ProcessContext) -> igor::Result<()> {
        let bench: Scope<Bench> = cx.scope()?;
        bench.permit().await;
        for id in cx.clients() {
            bench.tell(said(cx.hub().client(&id).request(&really()).await));
        }
        Ok(())
    }
}

async fn serving_by(config: Config) -> Test {
    let registry = Registry::new().action::<ask>().action::<ask_of>().action::<hurry>();
    let registry = registry.process::<Asker>().request::<Confirm>().request::<Hurry>();
    serving_to(Identity::named("ann"), registry, config).await
}

async fn serving() -> Test {
    serving_by(config()).await
}

/// The next request that the page is asked, without its number.
async fn asked(page: &mut Page) -> Value {
    page.find(|frame| frame["action"] == "confirm" || frame["action"] == "hurry").await
}

fn really_as(id: i64) -> Value {
    json!({ "streamId": id, "action": "confirm", "data": { "question": "really?" } })
}

#[tokio::test]
async fn a_page_is_asked_and_its_answer_arrives() {
    let Test { mut page, server: _server, .. } = serving().await;
    for (id, answer) in [(-1, true), (-2, false)] {
        let call = page.call("requests.ask", Value::Null).await;
        assert_eq!(asked(&mut page).await, really_as(id));
        page.send(json!({ "streamId": id, "data": answer, "close": true })).await;
        assert_eq!(page.last(call).await, result(answer.to_string()));
    }
}

#[tokio::test]
async fn what_the_page_cannot_answer_is_told_in_words() {
    let Test { mut page, server: _server, .. } = serving().await;
    let refusals = [
        (
            json!({ "error": "nobody handles it", "code": 404 }),
            "unknown_action: the page did not answer `confirm`: nobody handles it",
        ),
        (
            json!({ "error": "it threw: TypeError: x is undefined", "code": 500 }),
            "internal: the page did not answer `confirm`: it threw: TypeError: x is undefined",
        ),
        (
            json!({ "error": "no code", "code": 999 }),
            "internal: the page did not answer `confirm`: no code",
        ),
        (
            json!({ "data": "yes" }),
            "bad_data: the page's answer to `confirm` does not fit: `answer`: invalid type: string \
             \"yes\", expected a boolean",
        ),
        (
            json!({ "data": null }),
            "bad_data: the page's answer to `confirm` does not fit: `answer`: invalid type: null, \
             expected a boolean",
        ),
    ];
    for (mut answer, expected) in refusals {
        let call = page.call("requests.ask", Value::Null).await;
        answer["streamId"] = asked(&mut page).await["streamId"].clone();
        answer["close"] = json!(true);
        page.send(answer).await;
        assert_eq!(page.last(call).await, result(expected));
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_not_waited_for() {
    let Test { mut page, server: _server, .. } = serving().await;
    let call = page.call("requests.hurry", Value::Null).await;
    assert_eq!(asked(&mut page).await, json!({ "streamId": -1, "action": "hurry", "data": null }));
    let late = "the page did not answer `hurry` within 50ms";
    assert_eq!(page.last(call).await, failure(408, late));
    page.find(|frame| *frame == json!({ "streamId": -1, "cancel": true })).await;
    // An answer that crosses with it is late and no mistake.
    page.send(json!({ "streamId": -1, "data": null, "close": true })).await;
    assert!(page.has_none(|frame| frame.get("streamId").is_none()).await);
}

#[tokio::test]
async fn a_request_that_nobody_waits_for_any_more_is_taken_back() {
    let Test { mut page, server: _server, .. } = serving().await;
    let call = page.call("requests.ask", Value::Null).await;
    assert_eq!(asked(&mut page).await["streamId"], -1);
    page.send(json!({ "streamId": call, "cancel": true })).await;
    page.find(|frame| *frame == json!({ "streamId": -1, "cancel": true })).await;
}

#[tokio::test]
async fn an_answer_is_taken_once_and_only_to_what_was_asked() {
    let Test { mut page, server: _server, .. } = serving().await;
    let call = page.call("requests.ask", Value::Null).await;
    asked(&mut page).await;
    for answer in [true, false] {
        page.send(json!({ "streamId": -1, "data": answer, "close": true })).await;
    }
    assert_eq!(page.last(call).await, result("true"));
    page.send(json!({ "streamId": -2, "data": true, "close": true })).await;
    let expected = json!({ "error": "there was no request with `streamId` -2", "code": 400 });
    assert_eq!(page.loose_error().await, expected);
}

#[tokio::test]
async fn a_request_survives_a_lost_connection_and_is_asked_once() {
    let Test { server, mut identity, mut page, mut heard, .. } = serving().await;
    let mut other = Page::open(&server).await;
    let call = other.call("requests.ask_of", json!("ann")).await;
    assert_eq!(asked(&mut page).await, really_as(-1));
    page.resume(&server, &mut identity).await;
    page.send(json!({ "streamId": -1, "data": true, "close": true })).await;
    assert_eq!(heard.next().await, "true");
    other.last(call).await;
    assert!(page.has_none(|frame| frame["action"] == "confirm").await);

    // One that is asked while the client is away waits for it.
    page.socket.close().await;
    other.call("requests.ask_of", json!("ann")).await;
    page.resume(&server, &mut identity).await;
    assert_eq!(asked(&mut page).await, really_as(-2));
    page.send(json!({ "streamId": -2, "data": false, "close": true })).await;
    assert_eq!([heard.next().await, heard.next().await], ["asked", "false"]);
}

#[tokio::test]
async fn a_page_that_is_loaded_anew_owes_no_answers() {
    let Test { server, mut identity, mut page, mut heard, .. } = serving().await;
    let mut other = Page::open(&server).await;
    let lost = "session_lost: client `ann` did not answer `confirm`: its page was left or loaded \
                anew before it answered";
    other.call("requests.ask_of", json!("ann")).await;
    asked(&mut page).await;
    page = Page::load(&server, &mut identity).await;
    assert_eq!(heard.next().await, format!("{lost} (Unknown)"));
    assert_eq!(heard.next().await, "asked");

    // Of one that was asked while no socket was there it is known that nobody saw it.
    page.socket.close().await;
    let call = other.call("requests.ask_of", json!("ann")).await;
    assert!(other.has_none(|frame| frame["streamId"] == call).await);
    page = Page::load(&server, &mut identity).await;
    let told = heard.next().await;
    assert!(told.starts_with(lost), "{told}");
    // Ids begin again, and an answer to the page before is none to this one.
    other.call("requests.ask_of", json!("ann")).await;
    assert_eq!(asked(&mut page).await, really_as(-1));
}

#[tokio::test]
async fn a_client_whose_grace_is_over_is_lost_to_who_asks() {
    let mut config = config();
    config.session.grace = Duration::from_millis(50);
    let Test { server, mut page, mut heard, .. } = serving_by(config).await;
    let mut other = Page::open(&server).await;
    other.call("requests.ask_of", json!("ann")).await;
    asked(&mut page).await;
    page.socket.close().await;
    let lost = "session_lost: client `ann` did not answer `confirm`: its session ended before it \
                answered (Unknown)";
    assert_eq!(heard.next().await, lost);
    assert_eq!(heard.next().await, "asked");

    other.call("requests.ask_of", json!("ann")).await;
    let nobody = "session_lost: there is no client `ann` to ask `confirm` (No)";
    assert_eq!(heard.next().await, nobody);
}

#[tokio::test]
async fn a_client_that_is_closed_for_good_is_lost_at_once() {
    let Test { server, mut page, mut heard, .. } = serving().await;
    let mut other = Page::open(&server).await;
    other.call("requests.ask_of", json!("ann")).await;
    asked(&mut page).await;
    page.socket.close_with(4410).await;
    let told = heard.next().await;
    assert!(told.starts_with("session_lost: ") && told.contains("its session ended"), "{told}");
}

#[tokio::test]
async fn a_process_asks_too() {
    let Test { mut page, bench, mut heard, server: _server, .. } = serving().await;
    bench.allow(1);
    let request = asked(&mut page).await;
    assert_eq!(request, really_as(-1));
    page.send(json!({ "streamId": -1, "data": true, "close": true })).await;
    assert_eq!(heard.next().await, "true");
}

#[tokio::test]
async fn a_client_is_asked_so_much_at_once_and_no_more() {
    let mut config = config();
    config.requests.open = 1;
    let Test { mut page, server: _server, .. } = serving_by(config).await;
    page.call("requests.ask", Value::Null).await;
    asked(&mut page).await;
    let refused = "overloaded: 1 requests wait for an answer of the client already";
    assert_eq!(page.ask("requests.ask", Value::Null).await, result(refused));
}

#[tokio::test]
async fn an_error_without_a_number_reaches_another_client_as_an_id_only() {
    #[igor::action("requests.pass_on")]
    async fn pass_on(id: ClientId, hub: Hub) -> igor::Result<bool> {
        let answer = hub.client(&id).request(&really()).await;
        assert_eq!(answer.as_ref().map_err(|error| error.code()), Err(Code::SessionLost));
        assert_eq!(answer.as_ref().err().and_then(|error| error.executed()), Some(Executed::No));
        answer
    }
    let server = Running::serve(Registry::new().action::<pass_on>()).await;
    let mut page = Page::open(&server).await;
    super::assert_is_internal(&page.ask("requests.pass_on", json!("nobody")).await);
}
