//! How a bound program ends when it is asked to, is left alone, or cannot.

use igor_tests::Received;
use serde_json::json;

use crate::program::{Program, address, welcomed};

#[tokio::test]
async fn running_calls_finish_when_it_is_told_to_end() {
    let (mut program, ready) = Program::told(json!({})).await;
    let mut client = welcomed(address(&ready)).await;
    client.send(r#"{"n":1,"streamId":1,"action":"finish","credit":8}"#).await;
    assert_eq!(client.frame().await["data"], 1);
    program.write(r#"{"end":true}"#).await;
    let mut finished = client.frame().await;
    while finished["streamId"] != 1 {
        finished = client.frame().await;
    }
    assert_eq!(finished["data"], "finished");
    assert!(matches!(client.next().await, Received::Closed(_)));
    assert_eq!(program.ended().await, Some(0));
}

#[tokio::test]
async fn it_ends_well_when_its_input_ends() {
    let (mut program, _) = Program::told(json!({})).await;
    program.input = None;
    assert_eq!(program.ended().await, Some(0));
}

#[tokio::test]
async fn it_is_cut_off_when_it_cannot_end() {
    let mut program = Program::start(&["--igor-sidecar", "stuck"]);
    program.tell(json!({})).await;
    program.input = None;
    assert_eq!(program.ended().await, Some(3));
}

#[tokio::test]
async fn it_ends_when_nobody_uses_it() {
    let (mut program, _) = Program::told(json!({ "idleMs": 50 })).await;
    assert_eq!(program.ended().await, Some(0));
}
