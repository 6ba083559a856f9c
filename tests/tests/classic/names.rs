//! Names: who may have them, and what comes with them.

use std::time::Duration;

use igor::{
    Client, Config, Error, Handshake, Hub, Output, PresenceChange, Registry, Server, SessionLimits,
};
use igor_tests::{Identity, Page, Raw, Running, config, within};
use serde_json::{Value, json};

use crate::{Classic, Test, registry, serving, serving_by, without_token};

/// Tells who comes and who goes.
#[igor::action("names.watch")]
async fn watch(hub: Hub, output: Output<String>) -> igor::Result<()> {
    let mut presence = hub.presence();
    output.send("watching".to_owned()).await?;
    while let Some(change) = presence.next().await {
        output.send(format!("{change:?}")).await?;
    }
    Ok(())
}

async fn trusting() -> Test {
    let classic = igor::Classic::DangerouslyTrustingNames;
    let config = Config { classic, ..without_token() };
    serving_by(config, registry().action::<watch>()).await
}

fn refused(error: &str) -> [Value; 2] {
    [json!({ "streamId": 0, "error": error, "code": 403 }), json!({ "streamId": 0, "close": true })]
}

async fn hello(client: &mut Classic) {
    client.ask("hello", json!({ "name": "Ann" })).await;
}

#[tokio::test]
async fn a_client_keeps_its_values_and_rooms_under_its_new_name() {
    let test = serving().await;
    let mut client = Classic::open(&test.server).await;
    hello(&mut client).await;
    client.call(json!(1), "enter", json!("lobby")).await;
    for name in ["anna", "bert", "bert"] {
        client.introduce(name).await;
        assert_eq!(client.ask("who", json!(null)).await, name);
        assert_eq!(client.ask("visits", json!(null)).await, 1);
        client
            .send(
                json!({ "streamId": 2, "action": "say", "data": { "room": "lobby", "text": "" } }),
            )
            .await;
        assert_eq!(client.next().await["action"], "said");
        client.all(&json!(2)).await;
    }
    let mut other = Classic::named(&test.server, "anna").await;
    assert_eq!(other.ask("visits", json!(null)).await, 0, "the name was left, its values were not");
}

#[tokio::test]
async fn a_call_that_runs_goes_on_over_a_new_name() {
    let mut test = serving().await;
    let mut client = Classic::open(&test.server).await;
    client.send(json!({ "streamId": 1, "action": "hold" })).await;
    assert_eq!(test.heard.next().await, "running");
    client.introduce("anna").await;
    test.bench.allow(1);
    let expected =
        [json!({ "streamId": 1, "data": "held" }), json!({ "streamId": 1, "close": true })];
    assert_eq!(client.all(&json!(1)).await, expected);
}

#[tokio::test]
async fn others_see_a_client_leave_under_one_name_and_come_under_another() {
    let test = trusting().await;
    let mut watcher = Classic::named(&test.server, "watcher").await;
    watcher.send(json!({ "streamId": 1, "action": "names.watch" })).await;
    assert_eq!(watcher.next().await["data"], "watching");
    let mut client = Classic::open(&test.server).await;
    let id = client.ask("who", json!(null)).await;
    let id = id.as_str().expect("text");
    client.introduce("anna").await;
    let mut next = Classic::open(&test.server).await;
    let next_id = next.ask("who", json!(null)).await;
    let next_id = next_id.as_str().expect("text");
    next.introduce("anna").await;
    for change in [
        PresenceChange::Arrived(id.into()),
        PresenceChange::Left(id.into()),
        PresenceChange::Arrived("anna".into()),
        PresenceChange::Arrived(next_id.into()),
        // Anna was there all the time.
        PresenceChange::Left(next_id.into()),
    ] {
        assert_eq!(watcher.next().await["data"], format!("{change:?}"));
    }
}

#[tokio::test]
async fn a_name_is_refused_while_its_session_is_kept() {
    let test = serving().await;
    let mut anna = Classic::named(&test.server, "anna").await;
    anna.0.close().await;
    let mut other = Classic::open(&test.server).await;
    hello(&mut other).await;
    let expected = refused("the name `anna` belongs to another client");
    assert_eq!(other.introduce("anna").await, expected);
    assert_eq!(other.ask("visits", json!(null)).await, 1, "it stays who it was");
}

#[tokio::test]
async fn a_trusted_name_takes_over_at_once() {
    let test = trusting().await;
    let mut before = Classic::named(&test.server, "anna").await;
    hello(&mut before).await;
    let mut after = Classic::named(&test.server, "anna").await;
    assert_eq!(before.0.closed().await, 4409);
    assert_eq!(after.ask("visits", json!(null)).await, 1);
    assert_eq!(test.server.handle().stats().sessions, 2);
}

#[tokio::test]
async fn a_session_that_is_held_by_a_key_is_never_had_by_its_name() {
    let test = trusting().await;
    let mut identity = Identity::named("anna");
    // This server asks for no token; one that is shown is not looked at.
    let mut page = Page::load(&test.server, &mut identity).await;
    let mut other = Classic::open(&test.server).await;
    let expected = refused("the name `anna` belongs to another client");
    assert_eq!(other.introduce("anna").await, expected);
    let answer = page.ask("who", json!(null)).await;
    assert_eq!(answer["data"], "anna");
    let own = other.ask("who", json!(null)).await;
    let mut thief = Classic::open(&test.server).await;
    let text = format!("the name `{}` belongs to another client", own.as_str().expect("text"));
    let answer = thief.introduce(own.as_str().expect("text")).await;
    assert_eq!(answer, refused(&text), "one that the server has made is no name");
}

#[tokio::test]
async fn a_page_cannot_have_the_name_of_a_classic_client() {
    let test = trusting().await;
    let _anna = Classic::named(&test.server, "anna").await;
    let mut socket = igor_tests::Socket::open(&test.server).await;
    socket.send(Identity::named("anna").hello()).await;
    let answer = socket.frame().await;
    assert_eq!((&answer["code"], &answer["close"]), (&json!(403), &json!(true)));
}

#[tokio::test]
async fn what_is_no_name_is_refused() {
    let test = serving().await;
    let mut client = Classic::open(&test.server).await;
    let empty = client.introduce("").await;
    assert_eq!(empty, refused("`client_id` has 1 to 128 bytes"));
    let unseen = client.introduce("an\u{200b}na").await;
    let text = "`client_id` has the invisible character `\\u{200b}`";
    assert_eq!(unseen, refused(text));
    for data in [json!(null), json!({}), json!({ "client_id": 1 }), json!("anna")] {
        let frames = client.call(json!(0), "introduce_self", data).await;
        assert_eq!((&frames[0]["code"], frames.len()), (&json!(400), 2), "{frames:?}");
    }
}

#[tokio::test]
async fn a_name_is_free_when_the_grace_of_its_session_is_over() {
    let session = SessionLimits { grace: Duration::from_millis(1), ..Default::default() };
    let registry = registry().action::<watch>();
    let test = serving_by(Config { session, ..without_token() }, registry).await;
    let mut watcher = Classic::named(&test.server, "watcher").await;
    let mut anna = Classic::named(&test.server, "anna").await;
    hello(&mut anna).await;
    watcher.send(json!({ "streamId": 1, "action": "names.watch" })).await;
    assert_eq!(watcher.next().await["data"], "watching");
    anna.0.close().await;
    let left = format!("{:?}", PresenceChange::Left("anna".into()));
    assert_eq!(watcher.next().await["data"], left);
    let mut next = Classic::named(&test.server, "anna").await;
    assert_eq!(next.ask("visits", json!(null)).await, 0);
}

/// Knows whoever says in a header who they are; with a name of theirs, or with none.
async fn who(client: Handshake) -> igor::Result<String> {
    let nobody = || Error::new(igor::Code::Unauthorized, "sign in first");
    let user = client.header("x-user").ok_or_else(nobody)?;
    match client.name() {
        Some(name) if !name.starts_with(user) => Err(Error::forbidden(format!("you are {user}"))),
        Some("ann-oops") => panic!("on purpose"),
        _ => Ok(user.to_owned()),
    }
}

#[igor::action("names.user")]
fn user(user: igor::Identity<String>, client: Client) -> String {
    format!("{} as {}", *user, client.id())
}

/// Connects as this user; the first frame is what the server said, if it spoke first.
async fn enter(server: &Running, user: Option<&str>) -> Raw {
    let mut raw = Raw::connect(server).await;
    let mut headers = vec![("Host", server.handle().address().to_string())];
    headers.extend(user.map(|user| ("X-User", user.to_owned())));
    raw.shake_hands("/", &headers).await;
    let head = raw.head().await;
    assert!(head.starts_with("HTTP/1.1 101 ") && !head.contains("websocket-protocol"), "{head}");
    raw
}

async fn say(raw: &mut Raw, message: Value) -> Value {
    raw.send(true, 1, message.to_string().as_bytes()).await;
    let answer = heard(raw).await;
    assert_eq!(answer["streamId"], message["streamId"]);
    if answer["close"] != true {
        assert_eq!(heard(raw).await["close"], true);
    }
    answer
}

/// The next message, past pings.
async fn heard(raw: &mut Raw) -> Value {
    let text = async {
        loop {
            if let (1, text) = raw.frame().await.expect("a frame") {
                return serde_json::from_slice(&text).expect("JSON");
            }
        }
    };
    within("a message", text).await
}

#[tokio::test]
async fn a_program_that_knows_its_users_is_asked_again_about_a_name() {
    let server =
        Server::new(Config { classic: igor::Classic::DangerouslyTrustingNames, ..config() });
    let server = server.registry(Registry::new().action::<user>()).authorize(who);
    let server = Running::start(server).await;
    let mut nobody = enter(&server, None).await;
    assert_eq!(heard(&mut nobody).await, json!({ "error": "sign in first", "code": 401 }));
    assert_eq!(within("a close", nobody.closed()).await, Some(4401));

    let introduce = |name: &str| json!({ "streamId": 0, "action": "introduce_self", "data": { "client_id": name } });
    let ask = json!({ "streamId": 1, "action": "names.user" });
    let mut ann = enter(&server, Some("ann")).await;
    let bert = say(&mut ann, introduce("bert")).await;
    assert_eq!((&bert["error"], &bert["code"]), (&json!("you are ann"), &json!(403)));
    let oops = say(&mut ann, introduce("ann-oops")).await;
    assert!(oops["error"].as_str().is_some_and(|text| text.starts_with("internal error ")));
    assert_eq!(oops["code"], 503);
    assert_eq!(say(&mut ann, introduce("annabel")).await["close"], true);
    assert_eq!(say(&mut ann, ask.clone()).await["data"], "ann as annabel");

    // A user whose name begins as hers, and who is not she.
    let mut anna = enter(&server, Some("anna")).await;
    let taken = say(&mut anna, introduce("annabel")).await;
    assert_eq!((&taken["code"], taken["error"].is_string()), (&json!(403), true));
    let mut again = enter(&server, Some("ann")).await;
    assert_eq!(say(&mut again, introduce("annabel")).await["close"], true);
    assert_eq!(within("a close", ann.closed()).await, Some(4409));
}
