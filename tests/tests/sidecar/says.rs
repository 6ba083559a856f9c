//! What a bound program is told and what it says: one line, and never the token.

use std::collections::HashSet;
use std::fs;
use std::net::TcpListener;

use igor_tests::{TOKEN, within};
use serde_json::json;

use crate::program::{BINARY, Program, address, welcomed};

#[tokio::test]
async fn it_says_one_line_on_standard_output() {
    let (mut program, ready) = Program::told(json!({})).await;
    assert_eq!(ready["igor"], "igor.1");
    assert_eq!(ready["pid"], program.child.id().expect("it runs"));
    assert!(ready["contract"].as_str().is_some_and(|hash| !hash.is_empty()), "{ready}");
    assert_eq!(ready.as_object().expect("an object").len(), 4, "{ready}");
    drop(welcomed(address(&ready)).await);
    program.input = None;
    assert_eq!(program.ended().await, Some(0));
    let (output, log) = program.rest().await;
    assert_eq!(output, "", "what the program prints goes to standard error");
    assert!(log.contains("bound to 127.0.0.1:") && log.contains("ended"), "{log}");
}

#[tokio::test]
async fn one_that_nobody_listens_to_says_so() {
    let mut program = Program::start(&["--igor-sidecar", "unheard"]);
    let ready = program.tell(json!({})).await;
    assert_eq!(ready["igor"], "igor.1");
    program.input = None;
    program.ended().await;
    let (_, log) = program.rest().await;
    assert!(log.starts_with("igor: nobody listens to the log"), "{log}");
    assert_eq!(log.lines().count(), 1, "{log}");
}

#[tokio::test]
async fn the_token_is_nowhere_to_be_seen() {
    let (mut program, ready) = Program::told(json!({})).await;
    #[cfg(target_os = "linux")]
    for file in ["cmdline", "environ"] {
        let process = program.child.id().expect("it runs");
        let text = fs::read(format!("/proc/{process}/{file}")).expect("it is ours");
        assert!(!text.is_empty() && !String::from_utf8_lossy(&text).contains(TOKEN), "{file}");
    }
    drop(welcomed(address(&ready)).await);
    program.input = None;
    program.ended().await;
    let (output, log) = program.rest().await;
    assert!(log.contains("TRACE") || log.contains("DEBUG"), "all there is to log: {log}");
    assert!(!ready.to_string().contains(TOKEN) && !output.contains(TOKEN) && !log.contains(TOKEN));
}

#[tokio::test]
async fn fifty_side_by_side_have_fifty_ports() {
    let programs: Vec<_> = (0..50).map(|_| Program::start(&["--igor-sidecar"])).collect();
    let mut ports = HashSet::new();
    let mut running = Vec::new();
    for mut program in programs {
        ports.insert(address(&program.tell(json!({})).await).port());
        running.push(program);
    }
    assert_eq!(ports.len(), 50);
}

#[tokio::test]
async fn a_port_that_is_free_again_is_taken_again() {
    let (mut program, ready) = Program::told(json!({})).await;
    let port = address(&ready).port();
    program.child.kill().await.expect("killed");
    let (_again, ready) = Program::told(json!({ "port": port })).await;
    // Another program may have been faster; then it is the same as with one that is taken.
    let is_taken = TcpListener::bind(("127.0.0.1", port)).is_err();
    assert!(address(&ready).port() == port || is_taken);
}

#[tokio::test]
async fn a_port_that_is_taken_is_no_trouble() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let port = taken.local_addr().expect("an address").port();
    let (_program, ready) = Program::told(json!({ "port": port })).await;
    assert_ne!(address(&ready).port(), port);
    welcomed(address(&ready)).await;
}

#[tokio::test]
async fn there_is_one_for_each_user_where_that_is_asked_for() {
    let home = std::env::temp_dir().join(format!("igor-sidecar-{}", std::process::id()));
    let start = || {
        let mut command = tokio::process::Command::new(BINARY);
        Program::spawn(command.arg("--igor-sidecar").env("XDG_STATE_HOME", &home))
    };
    let (mut first, mut second, mut third) = (start(), start(), start());
    address(&first.tell(json!({ "single": true })).await);
    let refused = second.tell(json!({ "single": true })).await;
    assert!(refused["refused"].as_str().expect("why").contains("runs already"), "{refused}");
    assert_eq!(second.ended().await, Some(1));
    address(&third.tell(json!({})).await);
    first.child.kill().await.expect("killed");
    let mut fourth = start();
    address(&fourth.tell(json!({ "single": true })).await);
    let _ = fs::remove_dir_all(home);
}

#[tokio::test]
async fn what_it_cannot_do_it_says_in_its_one_line() {
    for (line, why) in [
        (r#"{"token":"short"}"#, "at least 16 bytes"),
        (r#"{"token":"a-token-for-tests-only","origins":["*"]}"#, "`*` is not an origin"),
        ("a-token-for-tests-only", "not understood at column"),
    ] {
        let mut program = Program::start(&["--igor-sidecar"]);
        program.write(line).await;
        let said = program.line().await;
        assert!(said.contains(r#""refused":"#) && said.contains(why), "{said}");
        assert_eq!(program.ended().await, Some(1));
        let (_, log) = program.rest().await;
        assert!(log.contains(why) && !log.contains("a-token-for-tests-only"), "{log}");
    }
}

#[tokio::test]
async fn a_sidecar_that_would_ignore_its_parents_token_is_refused() {
    let server = igor::Server::new(igor::Config::sidecar());
    let server = server.authorize(|_client| async { Ok("anybody".to_owned()) });
    let refused = within("a refusal", server.bind()).await.map(|_| ()).expect_err("refused");
    assert!(refused.message().contains("leave `authorize` out"), "{refused}");
}
