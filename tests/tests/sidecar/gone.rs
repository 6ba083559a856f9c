//! However the parent ends, the program ends too, and nothing listens any more.

use igor_tests::{Socket, within};
use serde_json::Value;
use tokio::process::Command;

use crate::program::{Program, address, gone, welcomed};

/// How the parent ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Signal(&'static str),
    Told(&'static str),
}

const ENDS: [End; 4] =
    [End::Signal("-KILL"), End::Signal("-TERM"), End::Told("crash"), End::Told("quit")];

#[tokio::test]
async fn it_ends_with_a_parent_that_started_it_directly() {
    for end in ENDS {
        ends_with("direct", end).await;
    }
}

#[tokio::test]
async fn it_ends_with_a_parent_that_started_it_behind_a_shell() {
    for end in ENDS {
        ends_with("shell", end).await;
    }
}

#[tokio::test]
async fn it_ends_although_somebody_else_holds_its_input() {
    for end in ENDS {
        ends_with("beside", end).await;
    }
}

async fn ends_with(how: &str, end: End) {
    let mut parent = Program::start(&["parent", how]);
    let line = parent.line().await;
    let (unrelated, ready) = line.split_once(' ').expect("two words");
    let ready: Value = serde_json::from_str(ready).expect("JSON");
    let process = ready["pid"].as_u64().expect("a process id");
    // It is in use: with a client, and with a call that never ends.
    let mut client = welcomed(address(&ready)).await;
    client.send(r#"{"n":1,"streamId":1,"action":"hold","credit":8}"#).await;
    assert_eq!(client.frame().await["data"], 1);

    match end {
        End::Signal(signal) => {
            let id = parent.child.id().expect("it runs").to_string();
            assert!(
                Command::new("kill").args([signal, &id]).status().await.expect("kill").success()
            );
        }
        End::Told(word) => parent.write(word).await,
    }
    gone(process).await;
    let again = within("an answer", Socket::open_by_way_of(address(&ready))).await;
    assert!(again.is_err(), "{how}, {end:?}: something still listens");
    if unrelated != "0" {
        let killed = Command::new("kill").arg(unrelated).status().await.expect("kill");
        assert!(killed.success(), "it lives on");
    }
}
