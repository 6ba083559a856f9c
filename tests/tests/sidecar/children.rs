//! What a bound program of Windows has started ends with it; on Unix that is its own affair.

use serde_json::json;

use crate::program::{Program, address, gone, welcomed};

#[tokio::test]
async fn what_a_killed_program_had_started_ends_too() {
    let (mut program, ready) = Program::told(json!({})).await;
    let mut client = welcomed(address(&ready)).await;
    client.send(r#"{"n":1,"streamId":1,"action":"start","credit":8}"#).await;
    let process = client.frame().await["data"].as_u64().expect("a process id");
    program.child.kill().await.expect("killed");
    gone(process).await;
}
