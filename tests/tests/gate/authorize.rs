//! A server that finds out itself who its clients are.

use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use igor::{Code, Config, Error, Handshake, Registry, Server, Session};
use igor_tests::{Identity, Raw, Running, config, result};
use serde_json::{Value, json};

#[derive(Clone, Debug, PartialEq)]
struct User {
    name: String,
    from: IpAddr,
}

/// The caller's name and from where it came, and how often it asked.
#[igor::action("who.am_i")]
fn who_am_i(user: igor::Identity<User>, asked: Session<u32>) -> (String, String, u32) {
    let asked = asked.write(|asked| {
        *asked += 1;
        *asked
    });
    (user.name.clone(), user.from.to_string(), asked)
}

fn registry() -> Registry {
    Registry::new().action::<who_am_i>()
}

/// Knows whoever shows `Bearer user <name>`, a cookie, or a header; nobody is called eve.
async fn who(client: Handshake) -> igor::Result<User> {
    let token = client.token().and_then(|token| token.strip_prefix("user "));
    let name = token.or_else(|| client.cookie("user")).or_else(|| client.header("x-user"));
    let name = name.ok_or_else(|| Error::new(Code::Unauthorized, "sign in first"))?.to_owned();
    match name.as_str() {
        "eve" => Err(Error::forbidden("eve is not welcome")),
        "oops" => panic!("on purpose, with a-secret"),
        "slow" => std::future::pending().await,
        _ if client.name().is_some_and(|chosen| chosen != name) => {
            Err(Error::forbidden(format!("you are `{name}`")))
        }
        _ => Ok(User { name, from: client.address() }),
    }
}

fn server(config: Config) -> Server {
    Server::new(config).registry(registry()).authorize(who)
}

async fn serve() -> Running {
    Running::start(server(config())).await
}

/// Connects with these headers and says hello; answers with the server's first frame.
async fn enter(server: &Running, hello: &Value, headers: &[(&'static str, &str)]) -> (Value, Raw) {
    let mut raw = Raw::connect(server).await;
    let mut all = vec![("Host", server.handle().address().to_string())];
    all.push(("Sec-WebSocket-Protocol", "igor.1".to_owned()));
    all.extend(headers.iter().map(|(name, value)| (*name, (*value).to_owned())));
    raw.shake_hands("/", &all).await;
    let head = raw.head().await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    raw.send(true, 1, hello.to_string().as_bytes()).await;
    (raw.json().await, raw)
}

/// Asks who the caller is, as the first call of its page.
async fn am_i(raw: &mut Raw) -> Value {
    raw.send(true, 1, br#"{"n":1,"streamId":1,"action":"who.am_i"}"#).await;
    let mut reply = raw.json().await;
    let fields = reply.as_object_mut().expect("a frame");
    fields.retain(|field, _| !matches!(field.as_str(), "n" | "ack" | "streamId"));
    reply
}

/// The reply to who the caller is.
fn is(name: &str, from: &str, asked: u32) -> Value {
    result(json!([name, from, asked]))
}

#[tokio::test]
async fn whatever_the_program_goes_by_an_action_knows_who_calls() {
    let server = serve().await;
    let cookies = ("Cookie", "theme=dark; user=ann");
    for headers in [[("Authorization", "Bearer user ann")], [cookies], [("X-User", "ann")]] {
        let (welcome, mut raw) = enter(&server, &Identity::new().hello(), &headers).await;
        assert!(welcome["data"]["clientId"].is_string(), "{welcome}");
        assert_eq!(am_i(&mut raw).await, is("ann", "127.0.0.1", 1));
    }
}

#[tokio::test]
async fn who_is_nobody_is_told_so_and_runs_nothing() {
    let server = serve().await;
    let hello = || Identity::named("ann").hello();
    for (headers, hello, text, code) in [
        (&[][..], hello(), "sign in first", 401),
        (&[("Authorization", "Bearer ann")], hello(), "sign in first", 401),
        (&[("X-User", "eve")], Identity::new().hello(), "eve is not welcome", 403),
        (&[("X-User", "bert")], hello(), "you are `bert`", 403),
    ] {
        let (refusal, mut raw) = enter(&server, &hello, headers).await;
        let expected = json!({
            "action": "igor.welcome", "error": text, "code": code, "close": true,
        });
        assert_eq!(refusal, expected);
        raw.send(true, 1, br#"{"n":1,"streamId":1,"action":"who.am_i"}"#).await;
        assert_eq!(raw.closed().await, Some(4000 + code));
    }
}

#[tokio::test]
async fn the_gate_stands_before_it_and_the_token_does_not() {
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&asked);
    let server = Server::new(config()).registry(registry()).authorize(move |client| {
        counted.fetch_add(1, Ordering::SeqCst);
        who(client)
    });
    let server = Running::start(server).await;
    let host = ("Host", server.handle().address().to_string());
    for (header, value) in [("Origin", "http://evil.example"), ("Host", "evil.example")] {
        let mut raw = Raw::connect(&server).await;
        let cookie = ("Cookie", "user=ann".to_owned());
        raw.shake_hands("/", &[host.clone(), (header, value.to_owned()), cookie]).await;
        assert!(raw.head().await.starts_with("HTTP/1.1 4"));
    }
    assert_eq!(asked.load(Ordering::SeqCst), 0);
    assert_eq!(server.handle().token(), None);
    assert!(!server.handle().link().contains('#'), "there is no code to exchange");
    enter(&server, &Identity::new().hello(), &[("X-User", "ann")]).await;
    assert_eq!(asked.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn who_comes_back_is_looked_at_again() {
    let known = Arc::new(Mutex::new(vec!["ann", "bert"]));
    let list = Arc::clone(&known);
    let server = Server::new(config()).registry(registry()).authorize(move |client| {
        let name = client.cookie("user").unwrap_or_default().to_owned();
        let is_known = list.lock().expect("no panic").contains(&name.as_str());
        let from = client.address();
        async move {
            let nobody = || Error::new(Code::Unauthorized, "not any more");
            is_known.then_some(User { name, from }).ok_or_else(nobody)
        }
    });
    let server = Running::start(server).await;
    let (ann, bert) = ([("Cookie", "user=ann")], [("Cookie", "user=bert")]);
    let mut identity = Identity::new();
    let (welcome, mut raw) = enter(&server, &identity.hello(), &ann).await;
    identity.key = welcome["data"]["key"].as_str().expect("a key").to_owned();
    let client = welcome["data"]["clientId"].clone();
    assert_eq!(am_i(&mut raw).await, is("ann", "127.0.0.1", 1));

    known.lock().expect("no panic").retain(|name| *name != "ann");
    let (refusal, _) = enter(&server, &identity.hello_to_resume(1), &ann).await;
    assert_eq!((&refusal["code"], &refusal["error"]), (&json!(401), &json!("not any more")));

    known.lock().expect("no panic").push("ann");
    let (welcome, _) = enter(&server, &identity.hello_to_resume(1), &ann).await;
    let same = (&welcome["data"]["resumed"], &welcome["data"]["clientId"]);
    assert_eq!(same, (&json!(true), &client));
    identity.key = welcome["data"]["key"].as_str().expect("a key").to_owned();

    // With the key of ann's session, but as somebody else: nothing of hers is left.
    let (welcome, mut raw) = enter(&server, &identity.hello(), &bert).await;
    assert_ne!(welcome["data"]["clientId"], client);
    assert_eq!(am_i(&mut raw).await, is("bert", "127.0.0.1", 1));
}

#[tokio::test]
async fn a_function_that_panics_or_hangs_is_no_way_in() {
    let mut config = config();
    config.connection.authorize = Duration::from_millis(50);
    let server = Running::start(server(config)).await;
    for (user, code) in [("oops", 500), ("slow", 429)] {
        let hello = Identity::new().hello();
        let (refusal, mut raw) = enter(&server, &hello, &[("X-User", user)]).await;
        assert_eq!((&refusal["code"], &refusal["close"]), (&json!(code), &json!(true)));
        assert!(!refusal.to_string().contains("secret"), "{refusal}");
        assert_eq!(raw.closed().await, Some(4429));
    }
    enter(&server, &Identity::new().hello(), &[("X-User", "ann")]).await;
}

#[tokio::test]
async fn only_a_proxy_of_the_server_says_from_where_a_client_comes() {
    let shown = [("X-User", "ann"), ("X-Forwarded-For", "1.2.3.4, 198.51.100.7")];
    for (proxies, from) in [(vec![], "127.0.0.1"), (vec![[127, 0, 0, 1].into()], "198.51.100.7")] {
        let server = Running::start(server(Config { proxies, ..config() })).await;
        let (_, mut raw) = enter(&server, &Identity::new().hello(), &shown).await;
        assert_eq!(am_i(&mut raw).await, is("ann", from, 1));
    }
}

#[tokio::test]
async fn an_action_that_asks_who_calls_needs_somebody_who_finds_out() {
    let refused = |server: Server| async {
        let error = server.registry(registry()).bind().await.expect_err("refused");
        error.message().to_owned()
    };
    let nobody = refused(Server::new(config())).await;
    let other = refused(Server::new(config()).authorize(|_| async { Ok(1) })).await;
    for text in [nobody, other] {
        assert!(text.starts_with("`user` of the action `who.am_i` ("), "{text}");
        assert!(text.ends_with("User`: say who is with `.authorize(…)`"), "{text}");
    }
}
