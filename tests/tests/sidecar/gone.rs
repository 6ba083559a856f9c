//! However the parent ends, the program ends too, and nothing listens any more.

use igor_tests::{Socket, within};
use serde_json::Value;

use crate::program::{Program, address, end, gone, welcomed};

/// How the parent ends.
#[derive(Clone, Copy, Debug)]
enum End {
    Killed,
    /// By a signal that it could have heard.
    #[cfg(unix)]
    Terminated,
    Told(&'static str),
}

const ENDS: &[End] = &[
    End::Killed,
    #[cfg(unix)]
    End::Terminated,
    End::Told("crash"),
    End::Told("quit"),
];

#[tokio::test]
async fn it_ends_with_a_parent_that_started_it_directly() {
    for &end in ENDS {
        ends_with("direct", end).await;
    }
}

#[tokio::test]
async fn it_ends_with_a_parent_that_started_it_behind_a_shell() {
    for &end in ENDS {
        ends_with("shell", end).await;
    }
}

#[tokio::test]
async fn it_ends_although_somebody_else_holds_its_input() {
    for &end in ENDS {
        ends_with("beside", end).await;
    }
}

async fn ends_with(how: &str, how_it_ends: End) {
    let mut parent = Program::start(&["parent", how]);
    let line = parent.line().await;
    let (unrelated, ready) = line.split_once(' ').expect("two words");
    let ready: Value = serde_json::from_str(ready).expect("JSON");
    let process = ready["pid"].as_u64().expect("a process id");
    // It is in use: with a client, and with a call that never ends.
    let mut client = welcomed(address(&ready)).await;
    client.send(r#"{"n":1,"streamId":1,"action":"hold","credit":8}"#).await;
    assert_eq!(client.frame().await["data"], 1);

    match how_it_ends {
        End::Killed => parent.child.start_kill().expect("killed"),
        #[cfg(unix)]
        End::Terminated => {
            use rustix::process::{Pid, Signal, kill_process};
            let id = parent.child.id().and_then(|id| i32::try_from(id).ok());
            kill_process(id.and_then(Pid::from_raw).expect("it runs"), Signal::TERM).expect("told");
        }
        End::Told(word) => parent.write(word).await,
    }
    gone(process).await;
    let again = within("an answer", Socket::open_by_way_of(address(&ready))).await;
    assert!(again.is_err(), "{how}, {how_it_ends:?}: something still listens");
    match unrelated.parse().expect("a process id") {
        0 => {}
        unrelated => end(unrelated).await,
    }
}
